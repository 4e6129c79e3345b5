"""How the loss falls with parameters and data, on a language whose entropy is known, and the formulas put beside it."""
