"""The key-value cache: the same tokens from a fraction of the work, for memory that grows with the text."""
