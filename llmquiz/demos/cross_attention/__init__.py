"""Cross-attention: what it costs, what an encoder–decoder costs beside a decoder, and whether it is the bottleneck."""
