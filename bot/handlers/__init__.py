"""What people type and press, one module per task of a person."""
