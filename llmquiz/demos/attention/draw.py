"""Who sees whom in each architecture, two heads of a given model, every head's evenness, and another order of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.attention.result import Attention, Head, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.real import FAMILIES
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Labels = Mapping[str, str]
BESIDE = 10
"""Tokens of which three maps fit into 76 columns."""
MUCH = 0.3
"""A head that gives at least this share of its attention to one place is named after it."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The three masks; of a given model its two heads that are easiest to name."""
    labels = words.labels(lang)
    if not result.given:
        return Group(Text(labels["filled"], style="dim"), _masks(result, labels))
    tokens = result.tokens[FAMILIES.index(result.given)]
    maps = [
        terminal.heat(
            [[_shade(weight) for weight in row[:BESIDE]] for row in head.weights[:BESIDE]],
            rows=tokens[: min(BESIDE, len(head.weights))],
            title=title,
            top=1,
            numbered=False,
        )
        for title, head in _heads(result, labels)
    ]
    return Group(Text(labels["shades"], style="dim"), terminal.side_by_side(*maps, gap=6))


def _masks(result: Result, labels: Labels) -> RenderableType:
    """All three, at ten places of the sentence where it is longer."""
    tokens = result.tokens[0]
    count = min(BESIDE, len(tokens))
    places = [round(i * (len(tokens) - 1) / (count - 1)) for i in range(count)]
    maps = [
        terminal.heat(
            [[rows[i][j] for j in places] for i in places],
            rows=() if number else [tokens[i] for i in places],
            title=title,
            top=1,
            numbered=False,
            labels=8,
        )
        for number, (title, rows) in enumerate(_seen(result, labels))
    ]
    return terminal.side_by_side(*maps, gap=2)


def _seen(result: Result, labels: Labels) -> list[tuple[str, list[list[float]]]]:
    """A title, and 1 for every pair of positions that see each other, in each of the three architectures."""
    decoder, encoder, source, target, cross = (
        [list(map(float, row)) for row in result.attention(kind).seen]
        for kind in ("decoder", "encoder", "source", "target", "cross")
    )
    # the encoder-decoder's two texts as one: the source sees itself, the target sees the source and its own past
    joint = [[*row, *[0.0] * len(target)] for row in source]
    joint += [[*across, *own] for across, own in zip(cross, target, strict=True)]
    maps = (decoder, encoder, joint)
    titles = (
        labels["pairs"].format(name=labels[name], count=round(sum(map(sum, rows))))
        for name, rows in zip(FAMILIES, maps, strict=True)
    )
    return list(zip(titles, maps, strict=True))


def _shown(result: Result) -> Attention:
    """The attention of the given model; of an encoder–decoder that of its source."""
    return result.attention("source" if result.given == "encoder-decoder" else result.given)


def _heads(result: Result, labels: Labels) -> list[tuple[str, Head]]:
    """What each of the two heads is, in two lines, and the head."""
    shown, titles = _shown(result), []
    for head, name, place in (
        (shown.to_first, "sink", "to-first"),
        (shown.to_previous, "previous", "to-previous"),
    ):
        # only a causal model has to leave what it does not need on the first token
        named = head.share >= MUCH and (name == "previous" or result.given == "decoder")
        what = labels[name] if named else labels["most"]
        titles.append((f"{what}  L{head.layer} H{head.head}\n{labels[place].format(share=f'{head.share:.0%}')}", head))
    return titles


def _shade(share: float) -> float:
    """Whatever is seen at all is drawn: blank is only what is masked."""
    return max(share, 0.01) if share > 0 else 0.0


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The sentence, what the plot left out of it, every head's evenness, and the words in another order."""
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
    return (
        Text("; ".join(result.models)),
        *(Text(sentence) for sentence in sentences),
        "",
        *_further_maps(result, labels),
        Text(labels["evenness"]),
        _evenness(result, labels),
        "",
        terminal.table(header, shuffled),
    )


def _further_maps(result: Result, labels: Labels) -> Sequence[RenderableType]:
    """Whatever does not stand in the plot: the masks beside a given model, all of a long sentence."""
    widest = max(len(tokens) for tokens in result.tokens)
    if widest <= BESIDE:
        return [Text(labels["filled"]), _masks(result, labels), ""] if result.given else []
    maps = list(_seen(result, labels))
    texts = list(result.tokens)
    if result.given:
        read = result.tokens[FAMILIES.index(result.given)]
        heads = [(title, [[_shade(w) for w in row] for row in head.weights]) for title, head in _heads(result, labels)]
        maps, texts = [*heads, *maps], [read[: len(rows)] for _, rows in heads] + texts
    parts: list[RenderableType] = [Text(labels["filled"])]
    for (title, rows), tokens in zip(maps, texts, strict=True):
        room = min(12, terminal.WIDTH - 4 - 2 * len(tokens))
        parts += [terminal.heat(rows, title=title, top=1, rows=tokens if room else (), labels=room), ""]
    return parts


def _evenness(result: Result, labels: Labels) -> RenderableType:
    """A row a layer (at most twelve of them), every head of up to six, else the least and the most."""
    depth = max(len(attention.evenness) for attention in result.kinds)
    layers = range(depth) if depth <= 12 else [round(i * (depth - 1) / 11) for i in range(12)]
    rows = [(f"L{layer}", *(heads_of(attention, layer) for attention in result.kinds)) for layer in layers]
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
    """The three masks, or the two heads of a given model, with the words at their edges."""
    labels = words.labels(lang)
    if result.given:
        read = result.tokens[FAMILIES.index(result.given)]
        maps = [
            (title, [[_shade(weight) for weight in row] for row in head.weights], read[: len(head.weights)])
            for title, head in _heads(result, labels)
        ]
    else:
        maps = [
            (title, rows, tokens) for (title, rows), tokens in zip(_seen(result, labels), result.tokens, strict=True)
        ]
    drawn, panels = plots.blank(words.title[lang], panels=len(maps))
    for axes, (title, rows, tokens) in zip(panels, maps, strict=True):
        axes.imshow(
            [[0.15 + 0.85 * share if share else 0 for share in row] for row in rows], cmap="Greys", vmin=0, vmax=1
        )
        axes.set_title(title)
        names = tokens if "".join(tokens).isascii() or plots.installed_chinese_fonts() else range(1, len(tokens) + 1)
        axes.set_xticks(range(len(tokens)), names, rotation=90)
        axes.set_yticks(range(len(tokens)), names)
    panels[0].set_xlabel(labels["shades" if result.given else "filled"], loc="left")
    return drawn
