"""Greedy, temperature, top-k, top-p, min-p and beam on the same distributions."""
