"""Attention: one sentence through decoder, encoder and encoder–decoder; who sees whom, how evenly, in which order."""
