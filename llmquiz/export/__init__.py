"""Content and the log in the formats of other programs."""
