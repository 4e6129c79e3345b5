"""Open answers, point by point."""
