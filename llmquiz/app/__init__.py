"""The use cases: what a command does, told once and shared by every way to call it."""
