"""One objective for six tasks: a decoder, an encoder–decoder, and an encoder with a head for each task."""
