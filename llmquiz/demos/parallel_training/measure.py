"""Parallel training: one masked pass gives the loss of every position, and which objectives make use of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import duration
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.parallel_training import objectives, prefix_passes
from llmquiz.demos.parallel_training.objectives import RawText, Share
from llmquiz.demos.parallel_training.prefix_passes import ROUNDING, Copying, Gradients, Losses, Saving
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Losses, gradients and times of one pass against many, then where each objective has its loss."""
    model = tiny.llama(init=0.2, n_layers=2, device=device, dtype=dtype)
    lengths = (16, 32, 64) if quick else (16, 32, 64, 128)
    ids = tiny.random_tokens(model, 1, lengths[-1] + 1, seed=seed)
    losses = prefix_passes.losses_of(model, ids)
    progress(0.1)
    savings = prefix_passes.savings(model, ids[:, :-1], lengths, 3, part(progress, 0.1, 0.7))
    gradients = prefix_passes.gradients_of(16, seed, device)
    shares, raw = objectives.shares(seed, device)
    progress(0.8)
    copying = prefix_passes.copying(seed, device, part(progress, 0.8, 1.0))
    percent = {share.objective: 100 * share.of_computed for share in shares}
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(model),
        positions_one=losses.positions_one,
        positions_separate=losses.positions_separate,
        saving=savings[-1].apart.value,
        percent_next_token=percent["next-token"],
        percent_masked=percent["masked-tokens"],
        percent_spans=percent["spans"],
        losses=losses,
        gradients=gradients,
        savings=savings,
        copying=copying,
        shares=shares,
        raw=raw,
    )


def same_losses(r: Result) -> Finding:
    L = r.losses.length
    holds = r.losses.same == L and r.losses.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{r.losses.same}/{L}, max|Δ| {r.losses.gap:.1e} ≤ {ROUNDING:g}")


def mask_needed(r: Result) -> Finding:
    """A few may agree by chance."""
    L = r.losses.length
    return exactly(r.dtype, r.losses.same_without_mask <= 0.1 * L < r.losses.same, f"{r.losses.same_without_mask}/{L}")


def same_gradient(r: Result) -> Finding:
    g = r.gradients
    return Finding(g.gap <= ROUNDING, f"max|Δ| {g.gap:.1e} ≤ {ROUNDING:g} (n={g.parameters:,}, L={g.length})")


def fewer_positions(r: Result) -> Finding:
    L = r.losses.length
    holds = r.positions_one == L and r.positions_separate == L * (L + 1) // 2
    return Finding(holds, f"{r.positions_one:,} = L, {r.positions_separate:,} = L(L+1)/2")


def faster(r: Result) -> Finding:
    return reaching(r.savings[-1].apart, 8)


def grows(r: Result) -> Finding:
    first, last = r.savings[0], r.savings[-1]
    holds = last.apart.reaches(first.apart.value)
    measured = f"×{first.apart.value:.3g} (L={first.length}) < ×{last.apart.value:.3g} (L={last.length})"
    return Finding(holds, measured, "" if holds is not None else "too-noisy")


def steps_stay(r: Result) -> Finding:
    L, found = r.losses.length, reaching(r.savings[-1].stepwise, 3)
    counted = r.losses.calls_cached == L and r.losses.positions_cached == L
    return found._replace(holds=found.holds if counted else False, measured=f"{L}:1, {found.measured}")


def copies(r: Result) -> Finding:
    """Judged on the median of the last ten steps."""
    hidden, shown = median(r.copying.with_mask[-10:]), median(r.copying.without_mask[-10:])
    holds = hidden >= 0.95 * r.copying.entropy and shown <= 0.5 * r.copying.entropy
    return Finding(holds, f"{hidden:.2f} ≈ ln {r.copying.vocab} = {r.copying.entropy:.2f}, −mask: {shown:.2f}")


def _share(r: Result, objective: str) -> Share:
    return next(one for one in r.shares if one.objective == objective)


def _counted(share: Share) -> str:
    return f"{share.loss:,}/{share.computed:,} = {share.of_computed:.1%}"


def next_token(r: Result) -> Finding:
    """All but the last of each text, which has no next token."""
    share = _share(r, "next-token")
    return Finding(share.loss == share.computed - share.text // r.raw.text, _counted(share))


def masked_tokens(r: Result) -> Finding:
    """Drawn at random: 15 % give or take four standard deviations."""
    share = _share(r, "masked-tokens")
    spread = 4 * (0.15 * 0.85 / share.computed) ** 0.5
    return Finding(abs(share.of_computed - 0.15) <= spread, _counted(share))


def target_side(r: Result) -> Finding:
    spans, half, texts = _share(r, "spans"), _share(r, "second-half"), _share(r, "spans").text // r.raw.text
    holds = spans.loss == texts * r.raw.target and half.loss * 2 == half.computed
    return Finding(holds, f"{r.raw.target}/{r.raw.source + r.raw.target} = {spans.of_computed:.1%}, {_counted(half)}")


def paired_data(r: Result) -> Finding:
    from_text = r.raw.restored == r.raw.text
    return Finding(not from_text, f"{r.raw.text} → {r.raw.source} + {r.raw.target}, {r.raw.restored}/{r.raw.text}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-losses": same_losses,
    "same-gradient": same_gradient,
    "fewer-positions": fewer_positions,
    "faster": faster,
    "grows": grows,
    "steps-stay": steps_stay,
    "mask-needed": mask_needed,
    "copies": copies,
    "next-token": next_token,
    "masked-tokens": masked_tokens,
    "target-side": target_side,
    "paired-data": paired_data,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """What one pass saves, what training becomes without the mask, and where the loss falls."""
    labels = {key: text[lang] for key, text in words.words.items()}
    times = [
        (str(one.length), duration(one.seconds.median), str(one.apart), str(one.stepwise)) for one in result.savings
    ]
    shares = [
        (f"{labels[one.objective]} ({one.model})", one.of_computed, f"{one.of_computed:.1%}") for one in result.shares
    ]
    header = (labels["length"], labels["one-pass"], labels["apart"], labels["stepwise"])
    return Group(
        Text(f"{result.model}, {labels['forward']}"),
        terminal.table(header, times),
        "",
        terminal.curves(_training(result, labels), x_label=labels["step"], y_label=labels["loss"], height=9),
        "",
        Text(labels["share"]),
        terminal.bars(shares),
    )


def _training(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    copying = result.copying
    steps = list(range(1, len(copying.with_mask) + 1))
    return [
        terminal.Series(labels["with-mask"], steps, copying.with_mask),
        terminal.Series(labels["without-mask"], steps, copying.without_mask),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The saving against the length, and the loss with and without the mask."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (saving, training) = plots.blank(words.title[lang], panels=2)
    lengths = [one.length for one in result.savings]
    lines = [
        terminal.Series(labels["apart"], lengths, [one.apart.value for one in result.savings]),
        terminal.Series(labels["stepwise"], lengths, [one.stepwise.value for one in result.savings]),
        terminal.Series("L", lengths, lengths),
        terminal.Series("(L+1)/2", lengths, [(length + 1) / 2 for length in lengths]),
    ]
    plots.draw(saving, lines, x_label=labels["length"], y_label=labels["times"], log_x=True, log_y=True)
    plots.draw(training, _training(result, labels), x_label=labels["step"], y_label=labels["loss"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
