"""How the demo `speculative` is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.speculative.parts import USUAL, Sample
from llmquiz.demos.speculative.speed import per_call, predictions
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from llmquiz.demos.speculative.measure import Result


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Who wrote what, what the target refuses, and what it saves."""
    labels = {key: text[lang] for key, text in words.words.items()}
    foreseen = predictions(result.ways, result.prices, result.acceptance)
    ways = [
        (
            f"γ={way.gamma}",
            f"{way.tokens_per_call:.2f}",
            f"{per_call(result.acceptance, way.gamma):.2f}",
            str(way.speedup),
            f"×{due:.2f}",
            f"×{priced:.2f}",
        )
        for way, (_, due, priced) in zip(result.ways, foreseen, strict=True)
    ]
    head = [labels[key] for key in ("per-call", "formula", "speedup", "formula", "with-check")]
    others = [
        (labels["untrained"], f"{result.untrained.tokens_per_call:.2f}", str(result.untrained.speedup)),
        (labels["greedy"], f"{result.greedy_way.tokens_per_call:.2f}", str(result.greedy_way.speedup)),
    ]
    trained = [
        (
            f"{one.seed}",
            f"{one.target_loss:.3f}",
            f"{one.draft_loss:.3f}",
            f"{one.target_colors:.0%}",
            f"{one.draft_colors:.0%}",
            f"{one.acceptance:.3f}",
        )
        for one in result.seeds
    ]
    columns = ("seed", "target-loss", "draft-loss", "target-colors", "draft-colors", "overlap")
    return Group(
        Text(f"{labels['sample']}\n{marked(result.sample)}\n"),
        Text(labels["bars"]),
        terminal.bars([(labels[kind], value, f"{value:.3f}") for kind, value in result.overlap.kinds]),
        "",
        terminal.curves(tokens(result, labels), x_label=labels["proposals"], y_label=labels["per-call"], height=9),
        "",
        terminal.table(("", *head), ways),
        "",
        terminal.table((f"γ={USUAL}", labels["per-call"], labels["speedup"]), others),
        "",
        terminal.table([labels[key] for key in columns], trained),
    )


def marked(sample: Sample) -> str:
    """The text, the target's own words in brackets."""
    own = set(sample.own)
    return f"{sample.prompt} | " + " ".join(f"[{word}]" if i in own else word for i, word in enumerate(sample.words))


def tokens(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Tokens a call over the number of proposals."""
    gammas = [way.gamma for way in result.ways]
    return [
        terminal.Series(labels["measured"], gammas, [way.tokens_per_call for way in result.ways]),
        terminal.Series(labels["formula"], gammas, [per_call(result.acceptance, gamma) for gamma in gammas]),
    ]


def speeds(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Speed-up over the number of proposals."""
    gammas = [way.gamma for way in result.ways]
    names = (labels["measured"], labels["formula"], labels["with-check"])
    return [
        terminal.Series(name, gammas, [one[i] for one in predictions(result.ways, result.prices, result.acceptance)])
        for i, name in enumerate(names)
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Tokens a call and speed-up over the number of proposals."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (calls, speed) = plots.blank(words.title[lang], panels=2)
    plots.draw(calls, tokens(result, labels), x_label=labels["proposals"], y_label=labels["per-call"])
    plots.draw(speed, speeds(result, labels), x_label=labels["proposals"], y_label=labels["speedup"])
    speed.axhline(1, color="black", linewidth=0.8)
    return made
