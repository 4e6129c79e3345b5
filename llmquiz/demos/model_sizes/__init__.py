"""Sizes of published models, counted from their configurations: parameters, bytes, cache, training work."""
