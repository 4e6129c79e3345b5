"""In-context learning in small models: the texts, the arms that are compared, and their training."""
