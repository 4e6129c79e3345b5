"""Both sides of a gap: an encoder, a decoder, and a decoder trained to fill in; then whole texts from the encoder."""
