"""Parallel training: one masked pass gives the loss of every position, and which objectives make use of it."""
