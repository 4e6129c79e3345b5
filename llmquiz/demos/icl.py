"""In-context learning by decoder, encoder and encoder–decoder: is it the mask, the loss on every token, or neither?

The mapping of `_mapping` is new in every text, so that a label can only be known from the examples in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos import _figures, _mapping, _mapping_text, _models, _plots, _train
from llmquiz.demos._demo import Demo, Finding, Progress, part
from llmquiz.demos._mapping import ARMS, SHOTS
from llmquiz.demos._mapping_text import Answer
from llmquiz.demos._mapping_training import TRAINING
from llmquiz.texts import Lang
from llmquiz.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEAR = 0.95
"""Share of the best possible that counts as reached."""
SHOWN = (1, 2, 4, 8)
"""Examples, in the table."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model asked here."""

    arm: str
    model: str
    parameters: int
    right: tuple[float, ...]
    """Share of right labels after 1 to 8 examples."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The three seeds of an arm, as its card has them; after 8 examples."""

    arm: str
    rate: float
    steps: int
    right: tuple[float, ...]
    """At the end of the training, of each seed."""
    learned_at: tuple[int, ...]
    """The first noted step with at least four fifths right, of each seed; 0: none."""
    course: tuple[tuple[float, ...], ...]
    """Along the training of each seed, at equal distances from the first step on."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; accuracies as shares."""

    device: str
    dtype: str
    best: tuple[float, ...]
    """What can be reached after 1 to 8 examples."""
    copying: float
    """What copying the label of any example reaches."""
    trained: tuple[Trained, ...]
    untrained: float
    """The decoder after 8 examples before its training."""
    encoder_percent: float
    """Of the masked encoder after 8 examples."""
    runs: tuple[Runs, ...]
    read: str
    """A text."""
    answers: tuple[Answer, ...]
    """What each model of one-token examples writes."""

    def of(self, arm: str) -> Trained:
        """The trained model of an arm."""
        return next(one for one in self.trained if one.arm == arm)

    def seeds(self, arm: str) -> Runs:
        """The runs of an arm."""
        return next(one for one in self.runs if one.arm == arm)


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
    """Every shipped model on fresh mappings; the other seeds and the models beside them from the cards."""
    read = _mapping_text.parsed(text) if text else _mapping_text.drawn(seed)
    count, share = (1000 if quick else 2000), (0.9 if live else 0.1)
    models = _train.models(
        TRAINING, device=device, dtype=dtype, seed=seed, live=live, progress=part(progress, 0.0, share)
    )
    trained = []
    for i, (name, model) in enumerate(models.items()):
        right = tuple(_mapping.right(name, model, k, seed=2 + seed, count=count) for k in range(1, SHOTS + 1))
        trained.append(Trained(name, _models.describe(model), _models.parameters(model), right))
        progress(share + (1 - share) * (i + 1) / len(models))
    fresh = _mapping.untrained("decoder", seed).to(device)
    answers = (_mapping_text.answer(name, model, read) for name, model in models.items() if not ARMS[name].split)
    return Result(
        device=device,
        dtype=dtype,
        best=tuple(_mapping.best(k) for k in range(1, SHOTS + 1)),
        copying=_mapping.copying(SHOTS),
        trained=tuple(trained),
        untrained=_mapping.right("decoder", fresh, SHOTS, seed=2 + seed, count=count),
        encoder_percent=100 * next(one for one in trained if one.arm == "encoder").right[-1],
        runs=tuple(runs()),
        read=_mapping_text.written(read),
        answers=tuple(answers),
    )


def runs() -> list[Runs]:
    """Every arm's three seeds, from the cards of the shipped models."""
    cards = {name: _train.card(TRAINING.demo, name) for name in TRAINING.models}
    found = {name: card["runs"] for name, card in cards.items()}
    for card in cards.values():
        found |= {name: one["runs"] for name, one in card.get("beside", {}).items()}
    return [_runs(name, found[name]) for name in ARMS]


def _runs(arm: str, found: Sequence[Mapping[str, Any]]) -> Runs:
    right = tuple(run["figures"][f"k={SHOTS}"] for run in found)
    course = tuple(tuple(run["course"]["right"]) for run in found)
    steps = found[0]["steps"]
    return Runs(arm, found[0]["rate"], steps, right, tuple(learned_at(one, steps) for one in course), course)


def learned_at(course: Sequence[float], steps: int) -> int:
    """The first noted step with at least four fifths right; 0 where there is none."""
    return next((round(i * steps / len(course)) for i, right in enumerate(course) if right >= 0.8), 0)


JOINED = ("decoder", "encoder", "encoder-slot", "encoder-decoder")
COMPARED = ("decoder", "encoder-decoder", "encoder")
"""In the first picture of the training."""
SPLIT = ("split-decoder", "split-decoder-last")
"""In the second."""


def equal_size(r: Result) -> Finding:
    sizes = [one.parameters for one in r.trained]
    return Finding(max(sizes) <= 1.05 * min(sizes), f"{min(sizes):,} – {max(sizes):,}")


def all_reach(r: Result) -> Finding:
    """Here and with every seed."""
    least = NEAR * r.best[-1]
    shown, holds = [], True
    for name in JOINED:
        found = (r.of(name).right[-1], *r.seeds(name).right)
        holds = holds and min(found) >= least
        shown.append(f"{min(found):.0%}")
    return Finding(holds, f"{', '.join(shown)} ≥ {least:.0%}")


def with_examples(r: Result) -> Finding:
    gaps = [max(abs(a - b) for a, b in zip(r.of(name).right, r.best, strict=True)) for name in JOINED]
    return Finding(max(gaps) <= 0.07, f"k=1…{SHOTS}: max|Δ| {', '.join(f'{gap:.1%}' for gap in gaps)} ≤ 7%")


def bert_cannot(r: Result) -> Finding:
    """It could, if it got beyond halfway from copying any label to the best."""
    halfway = (r.copying + r.best[-1]) / 2
    found = [min(r.of(name).right[-1], *r.seeds(name).right) for name in ("encoder", "encoder-slot")]
    return Finding(max(found) < halfway, f"{found[0]:.0%}, {found[1]:.0%} (≠ < {halfway:.0%})")


def by_nature(r: Result) -> Finding:
    halfway = (r.copying + r.best[-1]) / 2
    return Finding(r.untrained >= halfway, f"{r.untrained:.0%} (≠ ≥ {halfway:.0%}) → {r.of('decoder').right[-1]:.0%}")


def one_loss(r: Result) -> Finding:
    least = NEAR * r.best[-1]
    found = [r.seeds(name).right for name in ("decoder-last", "encoder-slot")]
    return Finding(min(map(min, found)) >= least, f"{_percent(found[0])}; {_percent(found[1])} ≥ {least:.0%}")


def _percent(shares: Sequence[float]) -> str:
    return "/".join(f"{100 * share:.0f}" for share in shares) + "%"


def without_mask(r: Result) -> Finding:
    """Reached, and not later than after one and a half times the decoder's steps."""
    twin, decoder = r.seeds("bidirectional"), r.seeds("decoder")
    holds = min(twin.right) >= NEAR * r.best[-1] and 0 < max(twin.learned_at) <= 1.5 * max(decoder.learned_at)
    figures = f"{_steps(twin)} ≤ 1.5 × {_steps(decoder)}"
    return Finding(holds and min(twin.learned_at) > 0, f"{_percent(twin.right)}; {figures}")


def loss_matters(r: Result) -> Finding:
    """Every seed of one is right more often than every seed of the other, by a tenth."""
    dense, last = r.seeds("split-decoder").right, r.seeds("split-decoder-last").right
    return Finding(min(dense) >= max(last) + 0.1, f"{_percent(dense)} > {_percent(last)}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "equal-size": equal_size,
    "all-reach": all_reach,
    "with-examples": with_examples,
    "bert-cannot": bert_cannot,
    "by-nature": by_nature,
    "one-loss": one_loss,
    "without-mask": without_mask,
    "loss-matters": loss_matters,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Accuracy over examples, then over training, then what the models write."""
    labels = {key: text[lang] for key, text in words.words.items()}
    rows = [
        (labels[one.arm], *(f"{100 * one.right[k - 1]:.0f}" for k in SHOWN), _percent(result.seeds(one.arm).right))
        for one in result.trained
        if one.arm in JOINED
    ]
    rows.append((labels["possible"], *(f"{100 * result.best[k - 1]:.0f}" for k in SHOWN), ""))
    arms = [(labels[r.arm], f"{r.steps:,}", f"{r.rate:g}", _percent(r.right), _steps(r)) for r in result.runs]
    told = [f"{labels[one.arm]}: {one.token} ({one.probability:.0%})" for one in result.answers]
    return Group(
        _plots.table((labels["right"], *(f"k={k}" for k in SHOWN), labels["seeds"]), rows),
        "",
        _plots.table(
            (labels["arm"], labels["steps"], labels["rate"], labels["seeds"], labels["learned"]),
            arms,
        ),
        "",
        _plots.curves(courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"], height=9),
        _plots.curves(courses(result, labels, SPLIT), x_label=labels["step"], y_label=labels["percent"], height=9),
        "",
        Text(f"{labels['reads']}: {result.read}"),
        Text("\n".join(told)),
    )


def _steps(found: Runs) -> str:
    return " ".join(str(step) if step else "–" for step in found.learned_at)


def courses(result: Result, labels: Mapping[str, str], arms: Sequence[str]) -> list[_plots.Series]:
    """Percent right after eight examples over the steps of the training, the mean of the seeds."""
    made = []
    for found in map(result.seeds, arms):
        means = [100 * sum(point) / len(point) for point in zip(*found.course, strict=True)]
        xs = [i * found.steps / len(means) for i in range(len(means))]
        made.append(_plots.Series(labels[found.arm], xs, means))
    return made


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Accuracy over examples, and over training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (shots, training, split) = _figures.blank(words.title[lang], panels=3)
    ks = range(1, SHOTS + 1)
    series = [
        _plots.Series(labels[one.arm], ks, [100 * share for share in one.right])
        for one in result.trained
        if one.arm in JOINED
    ]
    series.append(_plots.Series(labels["possible"], ks, [100 * share for share in result.best]))
    _figures.draw(shots, series, x_label=labels["examples"], y_label=labels["percent"])
    _figures.draw(training, courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"])
    _figures.draw(split, courses(result, labels, SPLIT), x_label=labels["step"], y_label=labels["percent"])
    return made


DEMO: Demo[Result] = Demo(measure, CLAIMS, render, figure)
