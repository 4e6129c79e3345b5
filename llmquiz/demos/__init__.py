"""Live experiments on models of the real `transformers` classes, a folder each; `lab` is what they share."""
