"""The arms of the comparison: for each of two tasks, what reads the text and which of its tokens carry loss.

The mapping: examples of a mapping that is new in every text, then an input whose label is asked. Induction: random
tokens that repeat with a period. Without torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SHOTS = 8
"""At most so many examples of the mapping before the one that is asked."""
PERIODS = range(4, 9)
"""Of the tokens that repeat."""


class Reader(StrEnum):
    """What reads a text."""

    decoder = "decoder"
    """Llama."""
    opened = "opened"
    """The same Llama without its causal mask."""
    encoder = "encoder"
    """BERT."""
    two_stacks = "two-stacks"
    """T5: the encoder reads the first tokens, the decoder the rest."""


@dataclass(frozen=True, slots=True)
class MappingArm:
    """One way to learn the mapping."""

    reader: Reader
    asked: float
    """Share of the labels that carry loss; 0: the last one alone."""
    split: bool = False
    """An example is two tokens."""
    questions: bool = False
    """And what is asked are eight inputs behind the examples, without labels in between."""


@dataclass(frozen=True, slots=True)
class InductionArm:
    """One way to learn what comes next in tokens that repeat."""

    reader: Reader
    asked: float
    """Share of the tokens that carry loss; 0: the last one alone."""
    questions: bool = False
    """One period is given, then its tokens are asked in another order: what stood behind each?"""


MAPPING = {
    "decoder": MappingArm(Reader.decoder, 1.0),
    "decoder-last": MappingArm(Reader.decoder, 0.0),
    "bidirectional": MappingArm(Reader.opened, 0.5),
    "encoder": MappingArm(Reader.encoder, 0.5),
    "encoder-15": MappingArm(Reader.encoder, 0.15),
    "encoder-slot": MappingArm(Reader.encoder, 0.0),
    "encoder-decoder": MappingArm(Reader.two_stacks, 1.0),
    "split-decoder": MappingArm(Reader.decoder, 1.0, split=True),
    "split-decoder-last": MappingArm(Reader.decoder, 0.0, split=True),
    "split-encoder-decoder": MappingArm(Reader.two_stacks, 1.0, split=True),
    "split-causal": MappingArm(Reader.decoder, 1.0, split=True, questions=True),
    "split-bidirectional": MappingArm(Reader.opened, 1.0, split=True, questions=True),
}
INDUCTION = {
    "induction-decoder": InductionArm(Reader.decoder, 1.0),
    "induction-decoder-last": InductionArm(Reader.decoder, 0.0),
    "induction-encoder-15": InductionArm(Reader.encoder, 0.15),
    "induction-encoder-50": InductionArm(Reader.encoder, 0.5),
    "induction-encoder-slot": InductionArm(Reader.encoder, 0.0),
    "induction-encoder-decoder": InductionArm(Reader.two_stacks, 1.0),
    "induction-causal": InductionArm(Reader.decoder, 1.0, questions=True),
    "induction-bidirectional": InductionArm(Reader.opened, 1.0, questions=True),
}

JOINED = ("decoder", "encoder", "encoder-slot", "encoder-decoder")
"""Shipped, of the mapping with examples of one token."""
SPLIT = ("split-decoder", "split-bidirectional")
"""Shipped, of the mapping with examples of two tokens."""
COPIERS = ("induction-decoder", "induction-encoder-slot", "induction-encoder-decoder", "induction-bidirectional")
"""Shipped, of induction."""
