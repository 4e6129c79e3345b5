"""Steps written out, an answer at once, dots in the place of steps: is the number of ones odd?

One small Llama learns the parity of up to ten bits, in ways that share size, data, steps and sweep; one goes on longer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.chain_of_thought import answers
from llmquiz.demos.chain_of_thought.answers import BEFORE, Flips, Sample, Way
from llmquiz.demos.chain_of_thought.language import SLOTS, WAYS, tested
from llmquiz.demos.chain_of_thought.train import TRAINING
from llmquiz.demos.lab import plots, terminal, tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEHIND = 0.85
"""With less than this share right, ten bits are called not learnt; a coin gets 0.5."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in bits."""

    device: str
    dtype: str
    model: str
    parameters: int
    ways: tuple[Way, ...]
    """In the order of WAYS."""
    flips: Flips
    samples: tuple[Sample, ...]
    steps_percent: float
    """Right of ten bits, with steps."""
    dots_percent: float
    """With as many dots."""
    steps_passes: int
    """One after another for an answer about ten bits, with steps."""
    answers_turned_percent: float
    """By one flipped step, averaged over its places."""

    def way(self, name: str) -> Way:
        """The model of that name."""
        return next(one for one in self.ways if one.name == name)


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    text: str | None = None,
    live: bool = False,
) -> Result:
    """Accuracy over length, passes, what flips do, and samples (or the user's own row)."""
    rows = [answers.bits_of(text)] if text is not None else [tested(6, 2)[1:], tested(SLOTS, 2)[1:]]
    ready = 0.9 if live else 0.1
    models = training.models(
        TRAINING, device=device, dtype=dtype, seed=seed, live=live, progress=part(progress, 0, ready)
    )
    most = 128 if quick else 256
    ways = []
    for i, (name, model) in enumerate(models.items()):
        ways.append(answers.way(name, model, most))
        part(progress, ready, 0.97)((i + 1) / len(models))
    flips = answers.flips(models["steps"], models["long"], most)
    by_name = {one.name: one for one in ways}
    samples = tuple(answers.sample(models, row) for row in rows)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(models["steps"]),
        parameters=tiny.parameters(models["steps"]),
        ways=tuple(ways),
        flips=flips,
        samples=samples,
        steps_percent=100 * by_name["steps"].by_bits[-1],
        dots_percent=100 * by_name["dots"].by_bits[-1],
        steps_passes=by_name["steps"].passes,
        answers_turned_percent=100 * fmean(flips.step),
    )


def cost(r: Result) -> Finding:
    """Steps: one pass each and one for the end; dots: the same positions at once."""
    steps, dots, direct = (r.way(name) for name in ("steps", "dots", "direct"))
    holds = (
        steps.passes == SLOTS + 1
        and dots.passes == direct.passes == 1
        and steps.positions == dots.positions == direct.positions + SLOTS
    )
    figures = f"{steps.passes} > {dots.passes} = {direct.passes}"
    return Finding(holds, f"{figures}; {steps.positions} = {dots.positions} = {direct.positions} + {SLOTS}")


def steps_learn(r: Result) -> Finding:
    steps = r.way("steps")
    return Finding(min(*steps.by_bits, *steps.seeds) >= 0.97, _shown(steps))


def direct_behind(r: Result) -> Finding:
    return _behind(r.way("direct"))


def dots_behind(r: Result) -> Finding:
    return _behind(r.way("dots"))


def labels_behind(r: Result) -> Finding:
    return _behind(r.way("labels"))


def _behind(one: Way) -> Finding:
    return Finding(max(one.by_bits[-1], *one.seeds) < BEHIND, _shown(one))


def _shown(one: Way) -> str:
    return f"n={SLOTS}: {one.by_bits[-1]:.0%} ({_seeds(one)})"


def _seeds(one: Way) -> str:
    return " / ".join(f"{share:.0%}" for share in one.seeds)


def direct_later(r: Result) -> Finding:
    """More training, and nothing is written."""
    long = r.way("long")
    return Finding(min(long.by_bits[-1], *long.seeds) >= 0.9, _shown(long))


def needs_100b(r: Result) -> Finding:
    """Contradicted by a gain in a model that is a millionth of that size."""
    without, steps = r.way("direct").by_bits[-1], r.way("steps").by_bits[-1]
    return Finding(steps < without + 0.1 or r.parameters > 1e11, f"N={r.parameters:,}: {without:.0%} → {steps:.0%}")


def steps_used(r: Result) -> Finding:
    least = min(r.flips.step)
    return Finding(least >= 0.95, f"{least:.0%}–{max(r.flips.step):.0%} ≥ 95%")


def state_is_written(r: Result) -> Finding:
    """Bits whose step is written no longer matter, those to come do."""
    past, future = r.flips.bit[:BEFORE], r.flips.bit[BEFORE:]
    return Finding(max(past) <= 0.05 and min(future) >= 0.95, f"{max(past):.0%} ≤ 5%, {min(future):.0%} ≥ 95%")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "cost": cost,
    "steps-learn": steps_learn,
    "direct-behind": direct_behind,
    "dots-behind": dots_behind,
    "labels-behind": labels_behind,
    "direct-later": direct_later,
    "needs-100b": needs_100b,
    "steps-used": steps_used,
    "state-is-written": state_is_written,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Accuracy over length, costs and seeds, what flips do, and what was written."""
    labels = {key: text[lang] for key, text in words.words.items()}
    costs = [
        (
            labels[one.name],
            str(one.passes),
            str(one.positions),
            str(one.trained),
            f"{one.rate:g}",
            "/".join(f"{100 * share:.0f}" for share in one.seeds),
            "/".join(f"{steps}" if steps else "–" for steps in one.learnt),
        )
        for one in result.ways
    ]
    heading = ("passes", "positions", "trained", "rate", "seeds", "learnt")
    parts: list[RenderableType] = [
        terminal.curves(lengths(result, labels), x_label=labels["bits"], y_label=labels["right"], height=10),
        "",
        result.model,
        terminal.table(("", *(labels[key] for key in heading)), costs),
        "",
        terminal.heat(
            (result.flips.bit, result.flips.bit_direct),
            rows=(labels["after-five"], labels["long"]),
            title=labels["flip-bit"],
            top=1.0,
            labels=24,
        ),
        f"{labels['flip-step']}: {' '.join(f'{100 * share:.0f}' for share in result.flips.step)}",
    ]
    for one in result.samples:
        rows = [
            (labels[name], "·" * (SLOTS if way == "dots" else 0) + text, "=" if right else "≠")
            for (name, way), text, right in zip(WAYS.items(), one.written, one.right, strict=True)
        ]
        parts += ["", terminal.table((f"{one.bits}?", labels["written"], one.answer), rows)]
    return Group(*parts)


def lengths(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent right over the number of bits."""
    places = range(1, SLOTS + 1)
    return [terminal.Series(labels[one.name], places, [100 * share for share in one.by_bits]) for one in result.ways]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Accuracy over length, and the share of answers that a flipped bit turns."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (accuracy, turned) = plots.blank(words.title[lang], panels=2)
    plots.draw(accuracy, lengths(result, labels), x_label=labels["bits"], y_label=labels["right"])
    places = range(1, SLOTS + 1)
    shares = (("after-five", result.flips.bit), ("long", result.flips.bit_direct))
    series = [terminal.Series(labels[name], places, [100 * one for one in found]) for name, found in shares]
    plots.draw(turned, series, x_label=labels["place"], y_label=labels["turned"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
