"""The sentence, a map of each architecture's attention, every head's evenness, and the words in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.demos.attention.claims import Attention, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Labels = Mapping[str, str]
BESIDE = 10
"""Tokens of which three maps fit into 76 columns."""


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The sentence, three maps of it, every head's evenness, and the words in another order."""
    labels = words.labels(lang)
    # a sentence that two models split alike is shown once
    sentences = dict.fromkeys(
        " ".join(f"{i} {token} " for i, token in enumerate(tokens, 1)) for tokens in result.tokens
    )
    shuffled = [
        (labels[model.kind], model.model, str(model.layers), f"{model.with_positions:.1e}", f"{model.without:.1e}")
        for model in result.order.models
    ]
    header = (labels["shuffled"], labels["model"], labels["layers"], labels["with"], labels["without"])
    return Group(
        Text("; ".join(result.models)),
        *(Text(sentence) for sentence in sentences),
        Text(labels["rows"]),
        "",
        *_maps(result, labels),
        "",
        Text(labels["evenness"]),
        _evenness(result, labels),
        "",
        terminal.table(header, shuffled),
    )


def _maps(result: Result, labels: Labels) -> Sequence[Table | Text]:
    """Side by side where they fit, else below each other, each row with its word."""
    maps = []
    widest = max(len(tokens) for tokens in result.tokens)
    for (title, rows), tokens in zip(_pictures(result, labels), result.tokens, strict=True):
        room = 0 if widest <= BESIDE else min(12, terminal.WIDTH - 4 - 2 * len(tokens))
        maps.append(terminal.heat(rows, title=title, top=1, rows=tokens if room else (), labels=room))
    if widest <= BESIDE:
        return [terminal.side_by_side(*maps, gap=2)]
    return [part for map_ in maps for part in (map_, Text())][:-1]


def _pictures(result: Result, labels: Labels) -> list[tuple[str, list[list[float]]]]:
    """A title and the weights of each model's sharpest head, 1 being the largest of its row."""
    decoder, encoder, source, target, cross = map(result.attention, ("decoder", "encoder", "source", "target", "cross"))
    # the encoder-decoder's two texts as one: the source sees itself, the target sees the source and its own past
    joint = [[*row, *[0.0] * len(target.weights)] for row in source.weights]
    joint += [[*across, *own] for across, own in zip(cross.weights, target.weights, strict=True)]
    titles = [f"{labels[shown.kind]}, L{shown.layer + 1} H{shown.head + 1}" for shown in (decoder, encoder)]
    maps = (decoder.weights, encoder.weights, joint)
    scaled = [[[_shade(weight / max(row)) for weight in row] for row in rows] for rows in maps]
    return list(zip((*titles, labels["encoder-decoder"]), scaled, strict=True))


def _shade(share: float) -> float:
    """Whatever is seen at all is drawn: blank is only what is masked."""
    return max(share, 0.01) if share > 0 else 0.0


def _evenness(result: Result, labels: Labels) -> RenderableType:
    """A row a layer (at most twelve of them), every head of up to six, else the least and the most."""
    depth = max(len(attention.evenness) for attention in result.kinds)
    layers = range(depth) if depth <= 12 else [round(i * (depth - 1) / 11) for i in range(12)]
    rows = [(f"L{layer + 1}", *(heads_of(attention, layer) for attention in result.kinds)) for layer in layers]
    return terminal.table(("", *(labels[attention.kind] for attention in result.kinds)), rows)


def heads_of(attention: Attention, layer: int) -> str:
    """The evenness of a layer's heads in percent; "" where the model has no such layer."""
    if layer >= len(attention.evenness):
        return ""
    percents = [int(100 * share) for share in attention.evenness[layer]]
    if len(percents) > 6:
        return f"{min(percents)}–{max(percents)}"
    return " ".join(f"{percent:2}" for percent in percents)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The three maps, with the words at their edges."""
    labels = words.labels(lang)
    drawn, panels = plots.blank(words.title[lang], panels=3)
    for axes, (title, rows), tokens in zip(panels, _pictures(result, labels), result.tokens, strict=True):
        shades = [[0.15 + 0.85 * share if share else 0 for share in row] for row in rows]
        axes.imshow(shades, cmap="Greys", vmin=0, vmax=1)
        axes.set_title(title)
        names = tokens if "".join(tokens).isascii() or plots.installed_chinese_fonts() else range(1, len(tokens) + 1)
        axes.set_xticks(range(len(tokens)), names, rotation=90)
        axes.set_yticks(range(len(tokens)), names)
    drawn.supxlabel(labels["rows"])
    return drawn
