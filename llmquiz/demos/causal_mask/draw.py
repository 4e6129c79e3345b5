"""Maps of who moves whom, and what one changed token moves in a longer text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.causal_mask.result import SHORT, Influence, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FIRST = ("decoder", "without-mask", "encoder")
"""The maps that make the point; the others are shown further down."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Which outputs move, in a decoder with its mask and without, and in an encoder."""
    labels = words.labels(lang)
    return Group(Text(labels["maps"], style="dim"), _maps(result, labels, FIRST))


def _maps(result: Result, labels: Mapping[str, str], names: Sequence[str]) -> RenderableType:
    """Maps side by side, with the number of outputs that moved."""
    maps = [
        terminal.heat(
            _moved(result.map_of(name)),
            title=labels["count"].format(name=labels[name], count=result.map_of(name).pairs),
            top=1,
            numbered=False,
        )
        for name in names
    ]
    return terminal.side_by_side(*maps, gap=2)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The other maps, how far the outputs moved, one change in a longer text, and the text."""
    labels = words.labels(lang)
    others = [influence.name for influence in result.maps if influence.name not in FIRST]
    rows = [
        (f"{swap.model} ({swap.attention})", labels[swap.side], f"{swap.before}/{swap.changed}", _far(swap.furthest))
        for swap in result.swaps
    ]
    header = (labels["swapped"], labels["side"], labels["moved"], labels["furthest"])
    parts: list[RenderableType] = [_maps(result, labels, others), ""]
    if result.tokens:
        shades = _shades(result.map_of("decoder"))
        parts += [terminal.heat(shades, rows=result.tokens, title=labels["shades"], top=1), ""]
    parts += [terminal.table(header, rows), "", Text(f"{labels['decoder']}: {result.model}")]
    if result.text:
        parts += ["", Text(labels["read"], style="bold"), Text(result.text, style="dim")]
    return parts


def _far(move: float) -> str:
    return f"{move:.1e}" if move else "0"


def _shades(influence: Influence) -> list[list[float]]:
    """How far each output moved, from 0 to 1; what moved at all is not white."""
    furthest = max(max(row) for row in influence.change)
    return [[0.25 + 0.75 * move / furthest if move > 0 else 0 for move in row] for row in influence.change]


def _moved(influence: Influence) -> list[list[float]]:
    """Black where the output moved, however far: the size of a move says little in a random model."""
    return [[float(move > 0) for move in row] for row in influence.change]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """How far each output moves in the decoder, in the decoder without its mask, and in the encoder."""
    labels = words.labels(lang)
    drawn, panels = plots.blank(words.title[lang], panels=3)
    for axes, influence in zip(panels, map(result.map_of, FIRST), strict=True):
        axes.imshow(_shades(influence), cmap="Greys", vmin=0, vmax=1, extent=(0.5, SHORT + 0.5, SHORT + 0.5, 0.5))
        axes.set_title(f"{labels[influence.name]}\n{influence.pairs}/{SHORT**2}")
        worded = result.tokens and influence.name != "encoder" and "".join(result.tokens).isascii()
        names = result.tokens if worded else range(1, SHORT + 1)
        axes.set_xticks(range(1, SHORT + 1), names, rotation=90 if worded else 0)
        axes.set_yticks(range(1, SHORT + 1), names)
        axes.set_xlabel(labels["changed"])
    panels[0].set_ylabel(labels["looking"])
    panels[1].set_xlabel(f"{labels['changed']}\n{labels['shades']}")
    return drawn
