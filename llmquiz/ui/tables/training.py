"""Trainings on the screen: what is shipped, and a run beside the shipped one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Prose, Styled, inline

if TYPE_CHECKING:
    from llmquiz.demos.lab.training import TrainingRun


def listing(cards: Sequence[Mapping[str, Any]], words: Words) -> Iterator[RenderableType]:
    """Every shipped model: its demo, what it is, the steps and about how long they take."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column(words("train.model"), no_wrap=True)
    table.add_column(words("train.what"), ratio=1, overflow="fold")
    table.add_column(words("train.steps"), justify="right", no_wrap=True)
    table.add_column(words("demo.seconds"), justify="right", no_wrap=True)
    for demo, models in groupby(cards, key=itemgetter("demo")):
        table.add_row(Text(demo, style="bold cyan"))
        for card in models:
            # The weights that are shipped are those of the first run.
            run = card["runs"][0]
            seconds = f"{run['seconds']:.0f} s" if run["seconds"] else "–"
            table.add_row(f"  {card['name']}", card["model"], f"{run['steps']:,}", seconds)
    yield table
    yield Styled(inline(words("train.how"), "dim"))


def comparison(
    run: TrainingRun, card: Mapping[str, Any], curve: RenderableType, words: Words
) -> Iterator[RenderableType]:
    """One model: its loss curve, and its figures here, as shipped, and over the seeds of the card."""
    yield ""
    yield Rule(f"{card['demo']}-{card['name']} · {card['model']}", align="left", style="dim")
    # In a line; what has an inside of its own is in the card.
    settings = {key: value for key, value in card["recipe"].items() if not isinstance(value, (list, dict))}
    yield Prose(", ".join(f"{key} {value}" for key, value in settings.items()), "dim")
    yield ""
    yield curve
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("")
    for title in (words("train.here"), words("train.shipped"), words("train.seeds", n=len(card["runs"]))):
        table.add_column(title, justify="right", no_wrap=True)
    for key, value in ({"loss": run.loss} | dict(run.figures)).items():
        every = [float(seed["loss"] if key == "loss" else seed["figures"][key]) for seed in card["runs"]]
        name = words("train.loss") if key == "loss" else key
        table.add_row(name, f"{value:.4g}", f"{every[0]:.4g}", f"{min(every):.4g}–{max(every):.4g}")
    yield table
