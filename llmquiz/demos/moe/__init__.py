"""Mixture of experts: parameters of a large model, arithmetic of a small one, and what that does not save."""
