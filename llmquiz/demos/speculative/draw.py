"""Who wrote which word, what the target refuses, and tokens and time over the number of proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.speculative.claims import in_batch, speedups
from llmquiz.demos.speculative.formulas import tokens_per_call
from llmquiz.demos.speculative.result import USUAL_GAMMA, Result, Sample
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

Labels = Mapping[str, str]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """How fast each way writes, beside the target alone."""
    labels = words.labels(lang)
    ways = [(labels["bar"].format(count=way.gamma), way) for way in result.ways]
    ways.append((labels["bar-untrained"].format(count=result.untrained.gamma), result.untrained))
    bars = [
        (
            name,
            way.speedup.value,
            f"×{way.speedup.value:.2f}  {labels['bar-calls'].format(tokens=f'{way.tokens_per_call:.1f}')}",
        )
        for name, way in ways
    ]
    name = labels["bar-batch"].format(count=USUAL_GAMMA, batch=f"{result.batched.batch:,}")
    bars.append((name, (gain := in_batch(result).value), f"×{gain:.2f}"))
    return terminal.titled(labels["speedups"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Who wrote what, what the target refuses, and tokens and times against the formula."""
    labels = words.labels(lang)
    return (
        Text(f"{labels['sample']}\n{marked(result.sample)}\n"),
        Text(labels["bars"]),
        terminal.bars([(labels[kind], overlap, f"{overlap:.3f}") for kind, overlap in result.overlap.kinds]),
        "",
        terminal.curves(_tokens(result, labels), x_label=labels["proposals"], y_label=labels["per-call"], height=9),
        "",
        _ways(result, labels),
        "",
        _other_ways(result, labels),
        "",
        _seeds(result, labels),
    )


def marked(sample: Sample) -> str:
    """The text, the target's own words in brackets."""
    own = set(sample.own)
    return f"{sample.prompt} | " + " ".join(f"[{word}]" if i in own else word for i, word in enumerate(sample.words))


def _ways(result: Result, labels: Labels) -> Table:
    rows = [
        (
            f"γ={way.gamma}",
            f"{way.tokens_per_call:.2f}",
            f"{tokens_per_call(result.acceptance, way.gamma):.2f}",
            str(way.speedup),
            f"×{gain.by_formula:.2f}",
            f"×{gain.with_check:.2f}",
        )
        for way, gain in zip(result.ways, speedups(result), strict=True)
    ]
    header = [labels[key] for key in ("per-call", "formula", "speedup", "formula", "with-check")]
    return terminal.table(("", *header), rows)


def _other_ways(result: Result, labels: Labels) -> Table:
    rows = [
        (labels["untrained"], f"{result.untrained.tokens_per_call:.2f}", str(result.untrained.speedup)),
        (labels["greedy"], f"{result.greedy_way.tokens_per_call:.2f}", str(result.greedy_way.speedup)),
    ]
    return terminal.table((f"γ={USUAL_GAMMA}", labels["per-call"], labels["speedup"]), rows)


def _seeds(result: Result, labels: Labels) -> Table:
    rows = [
        (
            f"{pair.seed}",
            f"{pair.target_loss:.3f}",
            f"{pair.draft_loss:.3f}",
            f"{pair.target_colors:.0%}",
            f"{pair.draft_colors:.0%}",
            f"{pair.acceptance:.3f}",
        )
        for pair in result.seeds
    ]
    header = ("seed", "target-loss", "draft-loss", "target-colors", "draft-colors", "overlap")
    return terminal.table([labels[key] for key in header], rows)


def _tokens(result: Result, labels: Labels) -> list[terminal.Series]:
    """Tokens a call over the number of proposals."""
    gammas = [way.gamma for way in result.ways]
    foreseen = [tokens_per_call(result.acceptance, gamma) for gamma in gammas]
    return [
        terminal.Series(labels["measured"], gammas, [way.tokens_per_call for way in result.ways]),
        terminal.Series(labels["formula"], gammas, foreseen),
    ]


def _speeds(result: Result, labels: Labels) -> list[terminal.Series]:
    """Speed-up over the number of proposals."""
    gammas, gains = [way.gamma for way in result.ways], speedups(result)
    return [
        terminal.Series(labels["measured"], gammas, [gain.measured for gain in gains]),
        terminal.Series(labels["formula"], gammas, [gain.by_formula for gain in gains]),
        terminal.Series(labels["with-check"], gammas, [gain.with_check for gain in gains]),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Tokens a call and speed-up over the number of proposals."""
    labels = words.labels(lang)
    drawn, (calls, speed) = plots.blank(words.title[lang], panels=2)
    plots.draw(calls, _tokens(result, labels), x_label=labels["proposals"], y_label=labels["per-call"])
    plots.draw(speed, _speeds(result, labels), x_label=labels["proposals"], y_label=labels["speedup"])
    speed.axhline(1, color="black", linewidth=0.8)
    for axes in (calls, speed):
        axes.set_ylim(bottom=0)
    return drawn
