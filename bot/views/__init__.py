"""What people are shown: result to text and keyboard, pure."""
