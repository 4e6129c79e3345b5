"""What the user reads, as blocks, and the backends that show them."""
