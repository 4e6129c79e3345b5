"""How near each kind of variant lies to its sentence, an example, and what a search finds first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.sentence_vectors.claims import Result
from llmquiz.demos.sentence_vectors.sentences import AGREE, KINDS
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _name(kind: str, words: DemoText, lang: Lang) -> str:
    """What a kind of variant is called, after the sign of whether it means the same."""
    labels = words.labels(lang)
    names = {
        "paraphrase": labels["paraphrase"],
        "synonym": labels["synonym"],
        "negation": labels["negation"],
        "swap": labels["swap"],
        "number": labels["number"],
    }
    return f"{'=' if kind in AGREE else '≠'} {names[kind]}"


def _rows(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """Each kind, and its mean cosine."""
    labels = words.labels(lang)
    rows = [(_name(kind, words, lang), result.of(kind).mean) for kind in KINDS]
    return [*rows, (f"  {labels['shuffled']}", result.shuffled), (f"  {labels['others']}", result.others)]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The mean cosine by kind."""
    bars = [(name, max(0.0, cosine), f"{cosine:.2f}") for name, cosine in _rows(result, words, lang)]
    return terminal.titled(words.labels(lang)["cosine"].format(n=result.sentences), terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Vectors beside bags of words, the variants of the first sentence, and the first hit of every question."""
    labels, n = words.labels(lang), result.sentences
    kinds = [
        (
            _name(kind, words, lang),
            f"{result.of(kind).mean:.2f}",
            f"{result.of(kind).bag_mean:.2f}",
            "" if kind == "paraphrase" else f"{result.nearer(kind)}/{n}",
        )
        for kind in KINDS
    ]
    kinds.append((f"  {labels['others']}", f"{result.others:.2f}", f"{result.bag_others:.2f}", ""))
    sentence, *variants = result.sample
    sample = [(text, f"{result.of(kind).cosines[0]:.2f}") for kind, text in zip(KINDS, variants, strict=True)]
    hits = [(hit.question, f"{hit.cosine:.2f}", _name(hit.kind, words, lang)) for hit in result.hits]
    return (
        terminal.table(("", labels["vector"], labels["bag"], labels["nearer"]), kinds),
        "",
        terminal.table((sentence, "cos"), sample),
        "",
        terminal.table((labels["question"], "cos", labels["hit"]), hits),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The mean cosine by kind, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    names, cosines = zip(*_rows(result, words, lang), strict=True)
    plots.bars(axes, names, cosines, x_label=words.labels(lang)["cosine"].format(n=result.sentences))
    return drawn
