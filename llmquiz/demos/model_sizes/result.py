"""What is counted of published models; without torch."""

from __future__ import annotations

from dataclasses import dataclass


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
class Result:
    """Everything that was counted; all bytes are decimal where shown in GB."""

    device: str
    dtype: str
    sizes: tuple[Size, ...]
    steps: tuple[Work, ...]
    mixtral_billion_parameters: float
    gpt3_context_cache_gb: float
    """One sequence of 2,048 tokens in 16 bits."""

    def size(self, name: str) -> Size:
        """The model of that name."""
        return next(size for size in self.sizes if size.name == name)

    def step(self, name: str) -> Work:
        """The training step of that model."""
        return next(step for step in self.steps if step.name == name)
