"""Where a token stands, told in five ways: what each is worth beyond the trained length, and what stretching mends."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, shipped, terminal, tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.positions import language, placing, relative_positions
from llmquiz.demos.positions.placing import STRETCHES, TRAINED, WAYS
from llmquiz.demos.positions.train import MARKS, TIMES, TRAINING, held_out
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = (1, *MARKS)
"""Times the trained length, in tables and claims."""
WRITES = (("rope", ""), ("rope", "YaRN"), ("alibi", ""))
WRITTEN = 3
"""Times the trained length."""
SAME = 1e-12
"""Of the largest score: rounding in float64."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Loss by length, in nats a letter."""

    name: str
    """A way, or how RoPE is stretched."""
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The same figure of three trainings."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Writing:
    """Texts that a model wrote letter by letter."""

    name: str
    text: str
    """The first of them."""
    inside: float
    """Share of words that exist, within the trained length."""
    beyond: float
    """Behind twice that length."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    parameters: tuple[int, ...]
    """Of each way."""
    lengths: tuple[int, ...]
    """Letters shown, of which the last ones are judged."""
    floors: tuple[float, ...]
    """Nats a letter of a prediction by the urn's own rule."""
    guess: float
    """Of all letters equally likely."""
    ways: tuple[Curve, ...]
    stretches: tuple[Curve, ...]
    seeds: tuple[Spread, ...]
    """From the cards: `NAME 2x` and so on, and what a few steps of tuning do."""
    drift: float
    drift_own_angles: float
    drift_sinusoidal: float
    written: tuple[Writing, ...]
    rope_perplexity: float
    """At eight times the trained length: among so many equally likely letters RoPE is as good as choosing."""
    alibi_share: float
    """Percent of what eight times the context is worth that ALiBi gets."""


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Losses of the shipped models by length, RoPE stretched four ways, scores along diagonals, and what is written."""
    models = training.models(TRAINING, device=device, dtype=dtype)
    lengths = tuple(round(t * TRAINED) for t in (SHOWN if quick else TIMES))
    ids = held_out(24 if quick else 64, TIMES[-1], seed)
    progress(0.1)
    ways, stretches = _curves(models, ids, lengths, part(progress, 0.1, 0.7))
    floors = placing.floors(ids, lengths)
    alibi, rope = (next(one.losses for one in ways if one.name == name) for name in ("alibi", "rope"))
    written = _written(models, seed, part(progress, 0.7, 1.0))
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(models["rope"]),
        parameters=tuple(tiny.parameters(models[way]) for way in WAYS),
        lengths=lengths,
        floors=floors,
        guess=math.log(len(language.LETTERS)),
        ways=ways,
        stretches=stretches,
        seeds=seeds(),
        drift=relative_positions.drift("rope", models["rope"], lengths[-1]),
        drift_own_angles=relative_positions.drift("rope", models["rope"], lengths[-1], own_angles=True),
        drift_sinusoidal=relative_positions.drift("sinusoidal", models["sinusoidal"], lengths[-1]),
        written=written,
        rope_perplexity=math.exp(rope[-1]),
        alibi_share=100 * (alibi[0] - alibi[-1]) / (floors[0] - floors[-1]),
    )


def _curves(
    models: Mapping[str, Any], ids: Any, lengths: Sequence[int], progress: Progress
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    found = []
    asked = [(way, "") for way in WAYS] + [("rope", how) for how in STRETCHES]
    for i, (way, how) in enumerate(asked):
        found.append(Curve(how or way, placing.losses(way, models[way], ids, lengths, how)))
        progress((i + 1) / len(asked))
    return tuple(found[: len(WAYS)]), tuple(found[len(WAYS) :])


def _written(models: Mapping[str, Any], seed: int, progress: Progress) -> tuple[Writing, ...]:
    begun, found = held_out(2, 0.25, seed)[:, :-1], []
    for i, (way, how) in enumerate(WRITES):
        with placing.stretched(models[way], how, WRITTEN) if how else nullcontext():
            texts = placing.write(way, models[way], begun, WRITTEN * TRAINED, seed)
        inside, beyond = (
            [language.known(text[a:b]) for text in texts] for a, b in ((0, TRAINED), (2 * TRAINED, WRITTEN * TRAINED))
        )
        shares = [sum(right for right, _ in part) / max(1, sum(n for _, n in part)) for part in (inside, beyond)]
        found.append(Writing(how or way, texts[0], *shares))
        progress((i + 1) / len(WRITES))
    return tuple(found)


def seeds() -> tuple[Spread, ...]:
    """Least and greatest of three trainings, from the cards."""
    found = []
    for way in WAYS:
        runs = [run["figures"] for run in shipped.card(TRAINING.demo, way)["runs"]]
        for key in runs[0]:
            values = [run[key] for run in runs]
            plain = key[0].isdigit() or key.startswith("tuned")
            found.append(Spread(f"{way} {key}" if plain else key, min(values), max(values)))
    return tuple(found)


def _at(r: Result, name: str, times: int) -> float:
    losses = next(one.losses for one in (*r.ways, *r.stretches) if one.name == name)
    return losses[r.lengths.index(times * TRAINED)]


def _series(r: Result, name: str, *times: int) -> str:
    return f"{name} " + " → ".join(f"{_at(r, name, t):.2f}" for t in times)


def offset_only(r: Result) -> Finding:
    holds = r.drift <= SAME < r.drift_own_angles < 1e-4 and r.drift_sinusoidal > 0.1
    figures = f"max|Δ| {r.drift:.0e} ≤ {SAME:g} (float64), {r.drift_own_angles:.0e} (float32)"
    return Finding(holds, f"{figures}; sinusoidal {r.drift_sinusoidal:.1f}")


def all_learn(r: Result) -> Finding:
    best, worst = r.floors[0], max(_at(r, way, 1) for way in WAYS)
    figures = f"{best:.2f} ≤ {worst:.2f} ≤ {best:.2f} + 0.2 (ln {len(language.LETTERS)} = {r.guess:.2f})"
    return Finding(worst <= best + 0.2, figures)


def extrapolates(r: Result) -> Finding:
    return Finding(_at(r, "rope", 8) <= _at(r, "rope", 1) + 0.1, _series(r, "rope", *SHOWN))


def added_break(r: Result) -> Finding:
    names = ("learned", "sinusoidal")
    holds = all(_at(r, name, 4) >= _at(r, name, 1) + 1 for name in names)
    return Finding(holds, ", ".join(_series(r, name, 1, 4) for name in names))


def alibi_holds(r: Result) -> Finding:
    worst = max(_at(r, "alibi", t) for t in MARKS)
    return Finding(worst <= _at(r, "alibi", 1) + 0.02, _series(r, "alibi", *SHOWN))


def alibi_gains_nothing(r: Result) -> Finding:
    floor = f"{r.floors[0]:.2f} → {r.floors[-1]:.2f}"
    return Finding(r.alibi_share < 10, f"{_series(r, 'alibi', 1, 8)} ({floor}): {r.alibi_share:.0f} %")


def stretching_helps(r: Result) -> Finding:
    holds = all(_at(r, how, 4) <= _at(r, "rope", 4) - 1 for how in ("NTK 4", "YaRN"))
    return Finding(holds, "4×: " + ", ".join(f"{name} {_at(r, name, 4):.2f}" for name in ("rope", "NTK 4", "YaRN")))


def interpolation_alone(r: Result) -> Finding:
    plain, interpolated, yarn = _at(r, "rope", 1), _at(r, "PI", 2), _at(r, "YaRN", 2)
    holds = interpolated >= max(plain, yarn) + 0.5
    return Finding(holds, f"1×: rope {plain:.2f}; 2×: PI {interpolated:.2f}, YaRN {yarn:.2f}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "offset-only": offset_only,
    "all-learn": all_learn,
    "extrapolates": extrapolates,
    "added-break": added_break,
    "alibi-holds": alibi_holds,
    "alibi-gains-nothing": alibi_gains_nothing,
    "stretching-helps": stretching_helps,
    "interpolation-alone": interpolation_alone,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Loss over length, the table with three seeds, and what is written."""
    labels = {key: text[lang] for key, text in words.words.items()}
    return Group(
        terminal.curves(_lines(result, labels), x_label=labels["shown"], y_label=labels["nats"], height=14),
        "",
        terminal.table(
            (labels["length"], *(f"{t}×" for t in SHOWN), *(f"{labels['seeds']} {t}×" for t in MARKS)),
            _rows(result, labels),
        ),
        "",
        terminal.table((labels["tuned"], "8×"), _tunings(result, labels)),
        "",
        *(_sample(one, labels) for one in result.written),
    )


def _name(name: str, labels: Mapping[str, str]) -> str:
    return f"RoPE + {name}" if name in STRETCHES else labels[name]


def _lines(r: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    known = [terminal.Series(labels["floor"], r.lengths, r.floors)]
    return [terminal.Series(_name(one.name, labels), r.lengths, one.losses) for one in r.ways] + known


def _rows(r: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    spread, rows = {one.name: one for one in r.seeds}, []
    for one in (*r.ways, *r.stretches):
        three = (spread[f"{one.name} {t}x"] for t in MARKS)
        here = (f"{_at(r, one.name, t):.2f}" for t in SHOWN)
        rows.append((_name(one.name, labels), *here, *(f"{of.low:.2f}–{of.high:.2f}" for of in three)))
    floors = (f"{r.floors[r.lengths.index(t * TRAINED)]:.2f}" for t in SHOWN)
    return [*rows, (labels["floor"], *floors, *("" for _ in MARKS))]


def _tunings(r: Result, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    named = {"rope tuned 8x": labels["rope"], "PI tuned 8x": "RoPE + PI", "YaRN tuned 8x": "RoPE + YaRN"}
    found = [(named[one.name], one) for one in r.seeds if one.name in named]
    return [(name, f"{one.low:.2f}–{one.high:.2f}") for name, one in found]


def _sample(one: Writing, labels: Mapping[str, str]) -> Text:
    text = "\n".join(one.text[i : i + TRAINED].replace(" ", "_") for i in range(0, len(one.text), TRAINED))
    shares = f"{labels['words']} {one.inside:.0%} → {one.beyond:.0%}"
    return Text(f"{_name(one.name, labels)} ({shares})\n{text}\n", no_wrap=True)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The five ways, and RoPE stretched."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (ways, stretched) = plots.blank(words.title[lang], panels=2)
    rope = next(one for one in result.ways if one.name == "rope")
    lines = [terminal.Series(_name(one.name, labels), result.lengths, one.losses) for one in (rope, *result.stretches)]
    plots.draw(ways, _lines(result, labels), x_label=labels["shown"], y_label=labels["nats"])
    plots.draw(stretched, lines, x_label=labels["shown"], y_label=labels["nats"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
