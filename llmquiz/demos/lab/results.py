"""What the measurements that demos share come to, as values; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times


@dataclass(frozen=True, slots=True)
class SameText:
    """One text written in three ways."""

    prompt: int
    new: int
    tokens: tuple[int, ...]
    """What the model wrote with the cache."""
    equal: int
    """So many of them are those written without a cache."""
    gap: float
    """Largest difference between the logits with and without the cache, relative to the largest logit."""
    positions_with: int
    positions_without: int
    empty_start_equal: int
    """Tokens that come out right where the cache starts empty and only the prompt's last token is fed."""
    empty_start_gap: float
    """Difference of its first logits, as `gap`."""
    cache_bytes: int
    cache_bytes_formula: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of decoding without a cache over seconds with one."""

    total: Varies[Ratio]
    last: Varies[Ratio]
    """Over the last ten tokens."""
    seconds_with: Varies[tuple[float, ...]]
    """Median of each step."""
    seconds_without: Varies[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """A question on a context whose keys and values are still there."""

    context: int
    question: int
    positions: int
    """Computed for it."""
    gap: float
    """From the logits of reading everything again, as in SameText."""
    speedup: Varies[Ratio]


@dataclass(frozen=True, slots=True)
class TwoCaches:
    """An encoder–decoder after `target` steps on `source` tokens."""

    source: int
    target: int
    layers: int
    """Of the decoder; the encoder has as many."""
    self_bytes: int
    self_bytes_formula: int
    cross_bytes: int
    cross_bytes_formula: int
    cross_positions: int
    """Positions for which cross-attention keys were computed, over all layers and steps."""
    same_depth_bytes: int
    """What a decoder with as many layers in all keeps for source and target together."""
    gap: float
    """Step by step against one pass, relative to the largest logit."""


@dataclass(frozen=True, slots=True)
class Overtaking:
    """Where the cache of a model outgrows its weights."""

    name: str
    weight_bytes: int
    token_bytes: int
    """What the cache grows by with every token of a sequence."""
    tokens: int
    """The first number of tokens, over all sequences of a batch, whose cache takes at least what the weights take."""


@dataclass(frozen=True, slots=True)
class Size:
    """One model, counted; 0 where there is no such thing or it was not published."""

    name: str
    family: str
    parameters: int
    published: float
    active: int
    """Parameters that a token passes through: all but the experts not chosen."""
    published_active: float
    bytes_by_format: tuple[int, ...]
    """In 32, 16, 8 and 4 bits a parameter; the last by arithmetic, without the scales that quantizing adds."""
    published_bytes: int
    heads: int
    kv_heads: int
    token_bytes: int
    """What the cache grows by with each token generated, 2 bytes a number."""
    source_token_bytes: int
    """What an encoder–decoder keeps of each token of the source."""
    formula_bytes: int
    """`token_bytes` by the formula."""
    context: int
    tokens: float
    published_work: float

    @property
    def context_bytes(self) -> int:
        """The cache of one sequence as long as the context, the source of an encoder–decoder as long again."""
        return self.context * (self.token_bytes + self.source_token_bytes)

    @property
    def work(self) -> float:
        """Operations of pretraining: 6 · active parameters · tokens; half where a token passes one stack of two."""
        return (3 if self.family == "encoder-decoder" else 6) * self.active * self.tokens


@dataclass(frozen=True, slots=True)
class Work:
    """Operations of one training step, counted op by op: matrix products of the forward and the backward pass."""

    name: str
    tokens: int
    """Of one sequence, source and target together."""
    total: int
    attention: int
    """Of these, products of queries with keys and of weights with values; the masked half is counted too."""
    parameters: int

    @property
    def per_parameter(self) -> float:
        """Operations a token and parameter."""
        return self.total / self.tokens / self.parameters


@dataclass(frozen=True, slots=True)
class Score:
    """Of one model on the exam."""

    loss: float
    """Expected, in nats a token."""
    right: float
    """Share of tokens where the model's first choice is the language's."""
    in_a_row: tuple[float, ...]
    """Share of stretches where that is so at every token; one for each of `_ladder.LENGTHS`."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One size at one amount of data."""

    name: str
    parameters: int
    """N, the shared embedding counted once."""
    without_embedding: int
    """As Kaplan counts."""
    tokens: int
    """D."""
    scores: tuple[Score, ...]
    """The weights of this run first, then the further seeds of the card."""

    @property
    def mean_loss(self) -> float:
        """Over the seeds."""
        return sum(score.loss for score in self.scores) / len(self.scores)

    @property
    def mean_right(self) -> float:
        """Over the seeds."""
        return sum(score.right for score in self.scores) / len(self.scores)


@dataclass(frozen=True, slots=True)
class Weights:
    """Attention weights over all layers and heads."""

    layers: int
    heads: int
    future: float
    """The largest weight on a later position."""
    sum_error: float
    """How far a row is from adding up to 1, at most."""
    itself: tuple[float, ...]
    """Position by position, the weight on itself, averaged over layers and heads."""


@dataclass(frozen=True, slots=True)
class MaskCode:
    """A way to write the mask, tried alone and inside a model."""

    size: int
    """Rows of the mask tried alone."""
    nan_entries: int
    nan_rows: int
    """After the softmax of random scores plus the mask."""
    logits: int
    nan_logits: int
    gap: float
    """Of the model's logits from those with its own mask, relative to the largest; 0 where they are NaN."""


@dataclass(frozen=True, slots=True)
class Late:
    """The last key of one attention head changed, the future masked before or after the softmax."""

    rows: int
    """Outputs before the last."""
    moved_before: int
    """So many of them moved with the mask before the softmax."""
    moved_after: int
    smallest_sum: float
    """Of the weights of a row that was masked after the softmax."""


@dataclass(frozen=True, slots=True)
class OnePass:
    """The logits of one pass over T tokens, against T prefixes and against steps with a cache."""

    length: int
    prefixes: float
    """Largest difference, relative to the largest logit."""
    steps: float
    written: int
    """Tokens that the model wrote itself in the place of the text's second half."""
    same: int
    """So many of them are those of the text."""
    astray: float
    """Difference of the last logits after its own half from those after the text's."""


@dataclass(frozen=True, slots=True)
class AtLength:
    """A text of so many tokens, read by either model and written by the decoder."""

    tokens: int
    encode: Varies[Times]
    decoder_reads: Varies[Ratio]
    """Over the encoder's pass."""
    writes: Varies[Ratio]
    """Over the encoder's pass."""
    write: Varies[Times]


@dataclass(frozen=True, slots=True)
class AtBatch:
    """So many texts at once."""

    batch: int
    encode_rate: Varies[float]
    """Tokens a second."""
    write_rate: Varies[float]
    step: Varies[float]
    """Seconds until every text has its next token: what one reader waits."""


@dataclass(frozen=True, slots=True)
class Batching:
    """What a batch is worth."""

    tokens: int
    """Of each text."""
    sizes: tuple[AtBatch, ...]
    write_gain: Varies[Ratio]
    """Tokens a second of the largest batch over those of a single text."""
    encode_gain: Varies[Ratio]
    gap_closed: Varies[Ratio]
    """How much more writing gains than reading."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Calls of a model, and positions computed in them."""

    calls: int
    positions: int
