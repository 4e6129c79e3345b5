"""Retrieval by sentence vectors: what a causal mask, the way of pooling and the loss have to do with it."""
