"""What the user reads, as tables."""
