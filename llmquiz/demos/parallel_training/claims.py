"""What is measured of training in parallel, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio, Times

ROUNDING = 1e-3
"""Relative to the largest loss or gradient: far above what float32 loses here."""


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss of every position of one text, in nats."""

    length: int
    one_pass: tuple[float, ...]
    gap: float
    """Largest difference from the losses of separate prefixes, relative to the largest loss."""
    same: int
    """Positions whose loss is that of the prefix by itself, up to rounding."""
    same_without_mask: int
    """The same where the one pass runs without the causal mask."""
    positions_one: int
    """Computed in one pass over the whole text."""
    positions_separate: int
    """Computed over all prefixes."""
    calls_cached: int
    positions_cached: int
    """Computed in steps of one token with a cache."""


@dataclass(frozen=True, slots=True)
class Gradients:
    """The gradient of the mean loss, from one backward pass and added up over one for each prefix."""

    length: int
    parameters: int
    gap: float
    """Largest difference, relative to the largest coordinate."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Seconds against one pass over L tokens."""

    length: int
    apart: Varies[Ratio]
    """L separate prefixes."""
    stepwise: Varies[Ratio]
    """L steps with a cache."""
    seconds: Varies[Times]
    """Of the one pass."""


@dataclass(frozen=True, slots=True)
class Copying:
    """Next-token training on random tokens, of which nothing can be learned."""

    vocab: int
    """Different tokens in the text."""
    entropy: float
    """Its ln: the lowest loss that can be had without seeing the answer, in nats."""
    with_mask: tuple[float, ...]
    """Step by step."""
    without_mask: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """An objective, and where its loss falls."""

    objective: str
    model: str
    text: int
    """Tokens of raw text in all."""
    computed: int
    """Positions that the model computes for them, on both sides."""
    loss: int
    """Positions whose output receives a gradient."""

    @property
    def of_computed(self) -> float:
        return self.loss / self.computed


@dataclass(frozen=True, slots=True)
class RawText:
    """Training pairs made from text alone."""

    text: int
    source: int
    target: int
    restored: int
    """Tokens of the text that come back when the target's spans are put into the source's gaps."""
    loss: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens, losses in nats."""

    device: str
    dtype: str
    model: str
    positions_one: int
    """Computed for the loss of every position of the longest text."""
    positions_separate: int
    saving: Varies[float]
    """Seconds of the separate prefixes over seconds of one pass, for the longest text."""
    percent_next_token: float
    """Positions that carry loss, of all that are computed."""
    percent_masked: float
    percent_spans: float
    losses: Losses
    gradients: Gradients
    savings: tuple[Saving, ...]
    copying: Copying
    shares: tuple[Share, ...]
    raw: RawText

    def share(self, objective: str) -> Share:
        """The share of that objective."""
        return next(share for share in self.shares if share.objective == objective)


def same_losses(r: Result) -> Finding:
    L = r.losses.length
    holds = r.losses.same == L and r.losses.gap <= ROUNDING
    finding = exactly(r.dtype, holds, f"{r.losses.same}/{L}, max|Δ| {r.losses.gap:.1e} ≤ {ROUNDING:g}")
    figures = {"same": f"{r.losses.same}", "length": f"{L}", "gap": f"{r.losses.gap:.1g}"}
    return finding._replace(figures=figures)


def same_gradient(r: Result) -> Finding:
    g = r.gradients
    return Finding(
        g.gap <= ROUNDING,
        f"max|Δ| {g.gap:.1e} ≤ {ROUNDING:g} (n={g.parameters:,}, L={g.length})",
        figures={"gap": f"{g.gap:.1g}", "parameters": f"{g.parameters:,}", "length": f"{g.length}"},
    )


def fewer_positions(r: Result) -> Finding:
    L = r.losses.length
    return Finding(
        r.positions_one == L and r.positions_separate == L * (L + 1) // 2,
        f"{r.positions_one:,} = L, {r.positions_separate:,} = L(L+1)/2",
        figures={"one_pass": f"{r.positions_one:,}", "separate": f"{r.positions_separate:,}", "losses": f"{L}"},
    )


def faster(r: Result) -> Finding:
    last = r.savings[-1]
    figures = {"length": f"{last.length}", "times": f"{last.apart.value:.3g}"}
    return reaching(last.apart, 8)._replace(figures=figures)


def grows(r: Result) -> Finding:
    first, last = r.savings[0], r.savings[-1]
    holds = last.apart.reaches(first.apart.value)
    measured = f"×{first.apart.value:.3g} (L={first.length}) < ×{last.apart.value:.3g} (L={last.length})"
    figures = {
        "short": f"{first.length}",
        "long": f"{last.length}",
        "first": f"{first.apart.value:.3g}",
        "last": f"{last.apart.value:.3g}",
    }
    return unless_noisy(holds, measured)._replace(figures=figures)


def steps_stay(r: Result) -> Finding:
    L, stepwise = r.losses.length, r.savings[-1].stepwise
    slower = reaching(stepwise, 3)
    counted = r.losses.calls_cached == L and r.losses.positions_cached == L
    return slower._replace(
        holds=slower.holds if counted else False,
        measured=f"{L}:1, {slower.measured}",
        figures={"length": f"{r.savings[-1].length}", "times": f"{stepwise.value:.3g}"},
    )


def mask_needed(r: Result) -> Finding:
    """A few may agree by chance."""
    L, same = r.losses.length, r.losses.same_without_mask
    finding = exactly(r.dtype, same <= 0.1 * L < r.losses.same, f"{same}/{L}")
    return finding._replace(figures={"same": f"{same}", "length": f"{L}"})


def copies(r: Result) -> Finding:
    """Judged on the median of the last ten steps."""
    hidden, shown = median(r.copying.with_mask[-10:]), median(r.copying.without_mask[-10:])
    return Finding(
        hidden >= 0.95 * r.copying.entropy and shown <= 0.5 * r.copying.entropy,
        f"{hidden:.2f} ≈ ln {r.copying.vocab} = {r.copying.entropy:.2f}, −mask: {shown:.2f}",
        figures={
            "hidden": f"{hidden:.2f}",
            "shown": f"{shown:.2f}",
            "vocab": f"{r.copying.vocab}",
            "entropy": f"{r.copying.entropy:.2f}",
        },
    )


def next_token(r: Result) -> Finding:
    """All but the last of each text, which has no next token."""
    share = r.share("next-token")
    holds = share.loss == share.computed - share.text // r.raw.text
    return Finding(holds, _counted(share), figures=_figures(share))


def masked_tokens(r: Result) -> Finding:
    """Drawn at random: 15 % give or take four standard deviations."""
    share = r.share("masked-tokens")
    spread = 4 * (0.15 * 0.85 / share.computed) ** 0.5
    return Finding(abs(share.of_computed - 0.15) <= spread, _counted(share), figures=_figures(share))


def target_side(r: Result) -> Finding:
    spans, half = r.share("spans"), r.share("second-half")
    computed = r.raw.source + r.raw.target
    return Finding(
        spans.loss == spans.text // r.raw.text * r.raw.target and half.loss * 2 == half.computed,
        f"{r.raw.target}/{computed} = {spans.of_computed:.1%}, {_counted(half)}",
        figures={
            "loss": f"{r.raw.target}",
            "computed": f"{computed}",
            "spans": f"{spans.of_computed:.0%}",
            "half": f"{half.of_computed:.0%}",
        },
    )


def _counted(share: Share) -> str:
    return f"{share.loss:,}/{share.computed:,} = {share.of_computed:.1%}"


def _figures(share: Share) -> Mapping[str, str]:
    return {"loss": f"{share.loss:,}", "computed": f"{share.computed:,}", "share": f"{share.of_computed:.1%}"}


def paired_data(r: Result) -> Finding:
    return Finding(
        r.raw.restored != r.raw.text,
        f"{r.raw.text} → {r.raw.source} + {r.raw.target}, {r.raw.restored}/{r.raw.text}",
        figures={
            "text": f"{r.raw.text}",
            "source": f"{r.raw.source}",
            "target": f"{r.raw.target}",
            "restored": f"{r.raw.restored}",
        },
    )


CLAIMS = findings.claims(
    same_losses,
    same_gradient,
    fewer_positions,
    faster,
    grows,
    steps_stay,
    mask_needed,
    copies,
    next_token,
    masked_tokens,
    target_side,
    paired_data,
)
