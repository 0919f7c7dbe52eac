"""Everything that is reached by URL."""
