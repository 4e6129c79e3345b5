"""What is measured of a decoder without its causal mask, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-3
"""A state has changed when a coordinate moved by more than this share of the states' standard deviation."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How well one token of each window is predicted, always from the position before it."""

    loss: float
    """Mean over the windows, in nats."""
    right: float
    """The share of windows where the true token is the likeliest."""


@dataclass(frozen=True, slots=True)
class Written:
    """Greedy continuations with a cache and without one, beside each other."""

    tokens: int
    """Of all the continuations together."""
    equal: int
    """So many stand in both before the first that differs."""
    text: str
    """How the first continuation goes on where every step reads the whole text again."""
    cached_text: str
    """The same with a cache."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; `causal` is with the mask, all that is called open without it."""

    device: str
    dtype: str
    model: str
    text: str
    tokens: int
    windows: int
    before: int
    """Tokens of a window that stand before the one that is predicted."""
    after: int
    """Those that stand behind it."""
    causal: Guess
    open_visible: Guess
    """The token that is predicted is among those that are read."""
    open_swapped: Guess
    """It and all behind it are from elsewhere in the text."""
    copied: float
    """The share of those windows where the token from elsewhere is predicted."""
    open_alone: Guess
    """Nothing stands behind the position that predicts."""
    open_hidden: Guess
    """The text goes on, but no position sees the token that is predicted."""
    open_hidden_swapped: Guess
    """The same, and what stands behind it is from elsewhere."""
    causal_moved: float
    """The share of states, over all layers and earlier positions, that change with the last token."""
    open_moved: float
    causal_written: Written
    open_written: Written

    @property
    def leak(self) -> float:
        """What the loss falls by where the token can be seen, in nats."""
        return self.causal.loss - self.open_visible.loss

    @property
    def hidden_loss(self) -> float:
        """Without the mask, where the token is hidden and the text goes on behind it."""
        return self.open_hidden.loss

    @property
    def copied_percent(self) -> float:
        return 100 * self.copied


def seems_better(r: Result) -> Finding:
    return Finding(
        r.leak >= 0.7,
        f"{r.causal.loss:.2f} → {r.open_visible.loss:.2f} nat, {r.causal.right:.0%} → {r.open_visible.right:.0%}",
        figures={
            "causal": f"{r.causal.loss:.2f}",
            "open": f"{r.open_visible.loss:.2f}",
            "before": f"{r.causal.right:.0%}",
            "after": f"{r.open_visible.right:.0%}",
        },
    )


def only_copies(r: Result) -> Finding:
    return Finding(
        r.copied > r.open_swapped.right and r.open_swapped.loss > r.causal.loss,
        f"{r.copied:.0%} > {r.open_swapped.right:.0%}, {r.open_swapped.loss:.2f} > {r.causal.loss:.2f} nat",
        figures={
            "copied": f"{r.copied:.0%}",
            "right": f"{r.open_swapped.right:.0%}",
            "swapped": f"{r.open_swapped.loss:.2f}",
            "causal": f"{r.causal.loss:.2f}",
        },
    )


def is_an_encoder(r: Result) -> Finding:
    return Finding(
        r.open_hidden.loss < r.causal.loss,
        f"{r.causal.loss:.2f} → {r.open_hidden.loss:.2f} nat, {r.causal.right:.0%} → {r.open_hidden.right:.0%}",
        figures={
            "causal": f"{r.causal.loss:.2f}",
            "hidden": f"{r.open_hidden.loss:.2f}",
            "before": f"{r.causal.right:.0%}",
            "after": f"{r.open_hidden.right:.0%}",
        },
    )


def only_for_training(r: Result) -> Finding:
    lost = r.open_alone.loss - r.causal.loss
    return Finding(
        lost < 0.3,
        f"{r.causal.loss:.2f} → {r.open_alone.loss:.2f} nat, {lost:+.2f}",
        figures={"causal": f"{r.causal.loss:.2f}", "alone": f"{r.open_alone.loss:.2f}", "lost": f"{lost:.2f}"},
    )


def every_state_moves(r: Result) -> Finding:
    finding = exactly(
        r.dtype, r.causal_moved == 0 and r.open_moved >= 0.99, f"{r.causal_moved:.0%}, {r.open_moved:.0%}"
    )
    return finding._replace(figures={"causal": f"{r.causal_moved:.0%}", "open": f"{r.open_moved:.0%}"})


def cache_still_works(r: Result) -> Finding:
    own, control = r.open_written, r.causal_written
    finding = exactly(
        r.dtype,
        own.equal >= 0.9 * control.equal,
        f"{own.equal}/{own.tokens}, {control.equal}/{control.tokens}",
    )
    figures = {"equal": str(own.equal), "tokens": str(own.tokens), "causal": str(control.equal)}
    return finding._replace(figures=figures)


CLAIMS = findings.claims(
    seems_better, only_copies, is_an_encoder, only_for_training, every_state_moves, cache_still_works
)
