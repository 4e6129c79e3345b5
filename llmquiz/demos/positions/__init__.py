"""Where a token stands, told in five ways: what each is worth beyond the trained length, and what stretching mends."""
