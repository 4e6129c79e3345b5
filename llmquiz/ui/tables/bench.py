"""A grader's figures beside the baselines, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Styled
from llmquiz.ui.tables.lists import plain

FIGURES = (
    "micro_f1",
    "macro_f1",
    "false_credit_answers",
    "false_credit_slots",
    "misconception_f1",
    "false_alarm",
    "pearson",
    "rmse",
    "two_way_macro_f1",
    "accepted_contradictory",
)


def report(figures: Mapping[str, Any], grader: str, words: Words) -> Iterator[RenderableType]:
    """Every figure that the data allows, then the points by language and by kind."""
    columns = {grader: figures} | {words(f"bench.{name}"): column for name, column in figures["baselines"].items()}
    table = plain(words("bench.figure"), *columns, title=words("bench.title", n=figures["n"]))
    for name in FIGURES:
        if any(column[name] is not None for column in columns.values()):
            cells = [_cell(column[name], column["intervals"].get(name)) for column in columns.values()]
            table.add_row(words(f"bench.{name}"), *cells)
    yield table
    yield from _groups(columns, "by_lang", words)
    yield from _groups(columns, "by_kind", words)
    yield Styled(Text(words("bench.note"), style="dim"))


def _groups(columns: Mapping[str, Mapping[str, Any]], key: str, words: Words) -> Iterator[RenderableType]:
    first = next(iter(columns.values()))[key]
    # Data with a score an answer, and no points, has no F1.
    pointed = any(column["micro_f1"] is not None for column in first.values())
    what = "micro_f1" if pointed else "mean_score"
    table = plain(words(f"bench.{key}"), "n", *columns, title=words(f"bench.{what}"))
    for name, group in first.items():
        cells = [_cell(column[key][name][what], column[key][name]["interval"]) for column in columns.values()]
        table.add_row(name, str(group["n"]), *cells)
    yield table


def _cell(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.2f}–{interval[1]:.2f}]" if interval else "")
