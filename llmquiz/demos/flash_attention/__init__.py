"""FlashAttention: exact attention that never holds the score matrix, and what it leaves as it was."""
