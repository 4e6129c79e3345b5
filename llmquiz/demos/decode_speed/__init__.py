"""How fast decoding can be: the bytes of the weights against the arithmetic on them, and what a loop adds."""
