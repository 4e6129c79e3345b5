"""The causal mask: what it hides, what it leaves open, and the code that makes it or breaks it."""
