"""Graders of the user's own: an encoder, a language model on a server."""
