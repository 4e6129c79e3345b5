"""PagedAttention: the same tokens from a cache in blocks, and how many more requests the same memory holds."""
