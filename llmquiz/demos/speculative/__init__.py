"""Speculative decoding with a trained draft and target: the same text, fewer calls, and when it does not pay."""
