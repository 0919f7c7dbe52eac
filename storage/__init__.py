"""The database: encrypted as a file, sealed by column, one module of queries per subject."""
