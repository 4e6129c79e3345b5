"""Shares of cross-attention by module, the models side by side, and the five published T5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.cross_attention.result import LAYERS, Cost, Result, flops, parameters
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import Ratio, big
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("self", "cross", "ffn")


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Shares by module: of parameters, of work, of the time at three pairs of lengths and step by step."""
    labels = words.labels(lang)
    shares = [
        (
            labels[kind],
            *(f"{result.encoder_decoder.share(kind, of):.0%}" for of in (parameters, flops)),
            *(f"{seconds.spent.share(kind):.0%}" for seconds in result.seconds),
            f"{result.decoding.share(kind):.0%}",
        )
        for kind in KINDS
    ]
    header = (labels["module"], labels["parameters"], labels["work"], *_lengths(result), labels["decoding"])
    return terminal.table(header, shares, title=labels["shares"])


def _lengths(result: Result) -> list[str]:
    """Tokens of source and target."""
    return [f"{seconds.source} + {seconds.target}" for seconds in result.seconds]


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The models side by side, then the five T5."""
    labels = words.labels(lang)
    lengths = _lengths(result)
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
    header = (labels["published"], labels["parameters"], labels["of-parameters"], labels["of-work"])
    columns = (labels["model"], labels["layers"], labels["parameters"], "FLOP", *lengths)
    return terminal.table(columns, models, title=labels["times"]), "", terminal.table(header, family)


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
        labels["work"]: {kind: counted.share(kind, flops) for kind in KINDS},
        **{f"{seconds.source}\n+ {seconds.target}": dict(seconds.spent.shares) for seconds in result.seconds},
        labels["decoding"]: dict(result.decoding.shares),
    }
    below = [0.0] * len(columns)
    for kind, shade in zip(KINDS, ("white", "black", "lightgray"), strict=True):
        heights = [column[kind] for column in columns.values()]
        left.bar(list(columns), heights, bottom=below, label=labels[kind], color=shade, edgecolor="black")
        below = [a + b for a, b in zip(below, heights, strict=True)]
    left.set_ylabel(labels["share"])
    left.set_xlabel(labels["columns"])
    left.tick_params(axis="x", labelsize=8)
    left.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.1))
    sizes = [size.parameters for size in result.family]
    lines = [
        terminal.Series(labels["of-parameters"], sizes, [size.cross_parameters for size in result.family]),
        terminal.Series(labels["of-work"], sizes, [size.cross_flops for size in result.family]),
    ]
    plots.draw(right, lines, x_label=labels["parameters"], y_label=labels["family"], log_x=True)
    right.set_ylim(0, 0.6)
    right.legend(frameon=False, loc="upper right")
    return drawn
