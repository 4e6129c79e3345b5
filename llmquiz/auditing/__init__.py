"""The parts of `check` that look inside one entry."""
