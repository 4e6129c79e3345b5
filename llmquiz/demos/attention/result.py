"""What is measured of attention and of the order of words, as values; without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """One head; layers and heads are counted from 0."""

    layer: int
    head: int
    share: float
    """Of its attention, what goes where it was looked for: the mean over all rows that can look there."""
    weights: tuple[tuple[float, ...], ...]
    """Row i, column j is how much position i gives to position j."""


@dataclass(frozen=True, slots=True)
class Attention:
    """One kind of attention in one model, over all of its heads, and two of them in full."""

    kind: str
    seen: tuple[tuple[bool, ...], ...]
    """Row i, column j: whether any head lets position i give weight to position j."""
    pairs: int
    """All of them."""
    future: float
    """The largest weight right of the diagonal, in any head."""
    sum_error: float
    """How far the weights of a row are from adding up to 1, at most."""
    evenness: tuple[tuple[float, ...], ...]
    """Layer by layer, head by head: the entropy of a row over the most it can be, averaged over rows."""
    over_most: float
    """The largest entropy of a row beyond the logarithm of the positions that it sees, in bits."""
    to_first: Head
    """That which gives most to the first position, the first row left out."""
    to_previous: Head
    """That which gives most to the position before; it says nothing where one text looks at another."""

    @property
    def visible(self) -> tuple[int, ...]:
        """Row by row, positions that get any weight, in any head."""
        return tuple(map(sum, self.seen))


@dataclass(frozen=True, slots=True)
class OneBlock:
    """BERT's own weights once as an encoder, once in its decoder mode, which has the causal mask."""

    parameters_encoder: int
    parameters_decoder: int
    masked: float
    """How far the outputs of the decoder mode are from the encoder's, relative to the largest."""
    opened: float
    """The same with the mask lifted."""


@dataclass(frozen=True, slots=True)
class Shuffled:
    """One model whose words were put into other orders."""

    kind: str
    model: str
    layers: int
    with_positions: float
    """The furthest that the outputs looked at moved, relative to the largest."""
    without: float
    """The same in a model whose positions were taken away."""


@dataclass(frozen=True, slots=True)
class WordOrder:
    """What each architecture makes of it; `orders` is 0 where the words are too few or too alike to change places."""

    orders: int
    encoder: Shuffled
    """Each word's output, wherever the word went."""
    one_layer: Shuffled
    """A decoder's last output, the words before it in another order."""
    decoder: Shuffled
    source: Shuffled
    """All outputs of an encoder–decoder, the source in another order."""

    @property
    def models(self) -> tuple[Shuffled, ...]:
        """All four, as they are listed."""
        return self.encoder, self.one_layer, self.decoder, self.source


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    models: tuple[str, str, str]
    """Decoder, encoder, encoder–decoder."""
    given: str
    """The family whose model --model replaced, or ""."""
    tokens: tuple[tuple[str, ...], ...]
    """As each of the three reads the sentence."""
    pairs_decoder: int
    """Pairs of a position that looks and one that it sees."""
    pairs_encoder: int
    pairs_encoder_decoder: int
    percent_even: float
    """Mean entropy of attention in untrained models, of the most that it can be."""
    least_even: float
    """The same for the sharpest of their heads, as a share."""
    kinds: tuple[Attention, ...]
    one_block: OneBlock
    order: WordOrder

    def attention(self, kind: str) -> Attention:
        """That of "decoder", "encoder", "source", "target" or "cross"."""
        return next(attention for attention in self.kinds if attention.kind == kind)
