"""Maps of who moves whom, and what one changed token moves in a longer text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.causal_mask.claims import SHORT, Influence, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Six maps of who moves whom, and the longer text."""
    labels = words.labels(lang)
    maps = [
        terminal.heat(_moved(influence), title=terminal.cut(labels[influence.name], 24), top=1)
        for influence in result.maps
    ]
    rows = [
        (f"{swap.model} ({swap.attention})", labels[swap.side], f"{swap.before}/{swap.changed}", f"{swap.furthest:.1e}")
        for swap in result.swaps
    ]
    header = (labels["swapped"], labels["side"], labels["moved"], labels["furthest"])
    return Group(
        Text(f"{labels['decoder']}: {result.model}"),
        Text(labels["maps"]),
        "",
        terminal.side_by_side(*maps[:3], gap=2),
        "",
        terminal.side_by_side(*maps[3:], gap=2),
        "",
        terminal.table(header, rows),
    )


def _moved(influence: Influence) -> list[list[float]]:
    """Black where the output moved, however far: the size of a move says little in a random model."""
    return [[float(move > 0) for move in row] for row in influence.change]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """How far each output moves in the decoder, in the encoder, and in the decoder without its mask."""
    labels = words.labels(lang)
    maps = [result.map_of(name) for name in ("decoder", "encoder", "without-mask")]
    drawn, panels = plots.blank(words.title[lang], panels=3)
    for axes, influence in zip(panels, maps, strict=True):
        furthest = max(max(row) for row in influence.change)
        shades = [[0.25 + 0.75 * move / furthest if move > 0 else 0 for move in row] for row in influence.change]
        axes.imshow(shades, cmap="Greys", vmin=0, vmax=1, extent=(0.5, SHORT + 0.5, SHORT + 0.5, 0.5))
        axes.set_title(f"{labels[influence.name]}\n{influence.pairs}/{SHORT**2}")
        axes.set_xlabel(labels["changed"])
        axes.set_ylabel(labels["looking"])
    drawn.supxlabel(labels["shades"])
    return drawn
