"""Shares of cross-attention by module, the models side by side, and the five published T5."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.cross_attention.claims import LAYERS, Cost, Result, flops, parameters
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import Ratio, big
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("self", "cross", "ffn")


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Shares by module, then the models side by side, then the five T5."""
    labels = words.labels(lang)
    shares = [
        (
            labels[kind],
            *(f"{result.encoder_decoder.share(kind, of):.1%}" for of in (parameters, flops)),
            *(f"{seconds.spent.share(kind):.0%}" for seconds in result.seconds),
            f"{result.decoding.share(kind):.0%}",
        )
        for kind in KINDS
    ]
    lengths = [f"{seconds.source} + {seconds.target}" for seconds in result.seconds]
    large, small = result.same_parameters, result.same_work
    models = [
        (labels["encoder-decoder"], f"{LAYERS} + {LAYERS}", *_costs(result.encoder_decoder), *["1" for _ in lengths]),
        (
            labels["equal-parameters"],
            f"{large.layers}",
            *_costs(large),
            *_ratios(s.same_parameters for s in result.seconds),
        ),
        (labels["equal-work"], f"{small.layers}", *_costs(small), *_ratios(s.same_work for s in result.seconds)),
    ]
    family = [
        (size.name, big(size.parameters), f"{size.cross_parameters:.1%}", f"{size.cross_flops:.1%}")
        for size in result.family
    ]
    counts = (labels["parameters"], "FLOP")
    header = (labels["published"], labels["parameters"], labels["of-parameters"], labels["of-work"])
    return Group(
        terminal.table((labels["module"], *counts, *lengths, labels["decoding"]), shares, title=labels["shares"]),
        "",
        terminal.table((labels["model"], "L", *counts, *lengths), models, title=labels["times"]),
        "",
        terminal.table(header, family),
    )


def _ratios(ratios: Iterable[Ratio]) -> list[str]:
    return [f"{ratio.value:.2f}" for ratio in ratios]


def _costs(cost: Cost) -> tuple[str, str]:
    return big(cost.parameters), big(cost.matrix_flops)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Shares by module as bars, and the share of cross-attention over the size of T5."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], panels=2)
    counted = result.encoder_decoder
    columns = {
        labels["parameters"]: {kind: counted.share(kind, parameters) for kind in KINDS},
        "FLOP": {kind: counted.share(kind, flops) for kind in KINDS},
        **{f"{seconds.source}\n+ {seconds.target}": dict(seconds.spent.shares) for seconds in result.seconds},
        labels["decoding"]: dict(result.decoding.shares),
    }
    below = [0.0] * len(columns)
    for kind, shade in zip(KINDS, ("white", "black", "lightgray"), strict=True):
        heights = [column[kind] for column in columns.values()]
        left.bar(list(columns), heights, bottom=below, label=labels[kind], color=shade, edgecolor="black")
        below = [a + b for a, b in zip(below, heights, strict=True)]
    left.set_ylabel(labels["shares"])
    left.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.1))
    sizes = [size.parameters for size in result.family]
    lines = [
        terminal.Series(labels["of-parameters"], sizes, [size.cross_parameters for size in result.family]),
        terminal.Series(labels["of-work"], sizes, [size.cross_flops for size in result.family]),
    ]
    plots.draw(right, lines, x_label=labels["parameters"], y_label=labels["cross"], log_x=True)
    right.set_ylim(0, 0.6)
    return drawn
