"""When an item comes back and which is asked next; the only door to `fsrs`. Pure."""
