"""The school's rules: pure, without I/O, clock, logging or framework."""
