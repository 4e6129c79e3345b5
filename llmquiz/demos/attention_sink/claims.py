"""What is measured of a sliding window and of the first token, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

MUCH = 0.3
"""A head whose queries give at least this share of their attention to one position has a sink there."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The text read through a window that keeps its first tokens."""

    first: int
    """So many of the first tokens stay visible."""
    loss: float
    """Mean over the tokens that are predicted from beyond the window, in nats."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    text: str
    tokens: int
    window: int
    """Tokens that each token sees, itself included."""
    full_loss: float
    """Without a window, over the same tokens."""
    kept: tuple[Kept, ...]
    """By the number of first tokens, none of them first."""
    other_loss: float
    """With one token kept that is not the first: the mean over several."""
    heads: int
    sink_heads: int
    """Those that give at least `MUCH` to the first token, averaged over the queries behind it."""
    share: float
    """Of all attention, what goes to the first token."""
    swapped_share: float
    """The same where another token stands first."""
    strongest: tuple[int, int, float]
    """Layer and head, counted from 0, and the share of the first token there."""
    first_norm: float
    """Of the state of the first token in the middle layer."""
    usual_norm: float
    """The median over the other tokens."""

    @property
    def alone(self) -> float:
        """The loss of the window alone."""
        return self.kept[0].loss

    @property
    def mended(self) -> float:
        """What the first token alone brings back of what the window lost, as a share."""
        return (self.alone - self.kept[1].loss) / (self.alone - self.full_loss)

    @property
    def mended_by_other(self) -> float:
        """What another token alone brings back."""
        return (self.alone - self.other_loss) / (self.alone - self.full_loss)


def window_breaks(r: Result) -> Finding:
    lost = r.alone - r.full_loss
    return Finding(
        lost >= 0.5,
        f"{r.alone:.2f} − {r.full_loss:.2f} = {lost:.2f} nat (W={r.window}, T={r.tokens})",
        figures={"alone": f"{r.alone:.2f}", "full": f"{r.full_loss:.2f}", "window": str(r.window)},
    )


def one_token_mends(r: Result) -> Finding:
    return Finding(
        r.mended >= 0.5,
        f"{r.alone:.2f} → {r.kept[1].loss:.2f} nat, {r.mended:.0%}",
        figures={"alone": f"{r.alone:.2f}", "kept": f"{r.kept[1].loss:.2f}", "share": f"{r.mended:.0%}"},
    )


def any_token_mends(r: Result) -> Finding:
    return Finding(
        r.mended_by_other >= 0.5,
        f"{r.alone:.2f} → {r.other_loss:.2f} nat, {r.mended_by_other:.0%}",
        figures={"other": f"{r.other_loss:.2f}", "share": f"{r.mended_by_other:.0%}"},
    )


def many_heads_look_there(r: Result) -> Finding:
    return Finding(
        r.sink_heads >= r.heads / 3,
        f"{r.sink_heads}/{r.heads} ≥ {MUCH:.0%}, Σ {r.share:.0%}",
        figures={"sinks": str(r.sink_heads), "heads": str(r.heads), "share": f"{r.share:.0%}"},
    )


def meaning_makes_it(r: Result) -> Finding:
    return Finding(
        r.swapped_share < r.share / 2,
        f"{r.share:.0%} → {r.swapped_share:.0%}",
        figures={"share": f"{r.share:.0%}", "swapped": f"{r.swapped_share:.0%}"},
    )


def its_state_is_large(r: Result) -> Finding:
    times = r.first_norm / r.usual_norm
    return Finding(
        times >= 10,
        f"{r.first_norm:,.0f} / {r.usual_norm:,.0f} = ×{times:.0f}",
        figures={"first": f"{r.first_norm:,.0f}", "usual": f"{r.usual_norm:,.0f}", "times": f"{times:.0f}"},
    )


CLAIMS = findings.claims(
    window_breaks, one_token_mends, any_token_mends, many_heads_look_there, meaning_makes_it, its_state_is_large
)
