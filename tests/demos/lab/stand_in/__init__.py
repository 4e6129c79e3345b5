"""The smallest thing that can be run as a demo."""
