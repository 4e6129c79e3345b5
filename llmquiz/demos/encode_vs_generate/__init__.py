"""Encoding against generating: one pass over a text, or a pass for every token; and three ways to classify."""
