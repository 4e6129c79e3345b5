"""What two demos share."""
