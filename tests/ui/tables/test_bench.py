"""A grader's figures beside the baselines, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.tables.bench import FIGURES, report
from tests.ui.drawn import cells_of, drawn

EN = Words("en")


def figures(value: float | None, mean: float | None = None, **more: Any) -> dict[str, Any]:
    """Figures that all came to `value`; of a group, without an interval."""
    group = {"n": 7, "micro_f1": value, "mean_score": mean, "interval": None}
    return {
        **dict.fromkeys(FIGURES, value),
        "intervals": {},
        "by_lang": {"en": group},
        "by_kind": {"wrong": group},
        **more,
    }


def beside(own: dict[str, Any], overlap: dict[str, Any]) -> dict[str, Any]:
    """Figures of a grader beside those of one baseline."""
    return {**own, "n": 20, "baselines": {"overlap": overlap}}


def rows(shown: dict[str, Any], words: Words = EN) -> list[list[str]]:
    """The cells of what is drawn, line by line."""
    return cells_of(drawn(*report(shown, "points", words), width=200))


@pytest.mark.parametrize("lang", LANGS)
def test_the_grader_stands_first_and_the_baselines_beside_it(lang: Lang) -> None:
    words = Words(lang)
    title, head, _, first, *_ = rows(beside(figures(0.5), figures(0.25)), words)
    assert title == [words("bench.title", n=20)]
    assert head == [words("bench.figure"), "points", words("bench.overlap")]
    assert first == [words("bench.micro_f1"), "0.500", "0.250"]
    below = "".join(drawn(*report(beside(figures(0.5), figures(0.25)), "points", words), width=1000)[-1:])
    assert below == words("bench.note")


def test_a_figure_that_the_data_does_not_allow_is_left_out_and_one_that_a_column_lacks_is_a_dash() -> None:
    shown = rows(beside(figures(None, pearson=0.5), figures(None, rmse=0.125)))
    named = [row for row in shown if row[0] in {EN(f"bench.{name}") for name in FIGURES}]
    assert named == [[EN("bench.pearson"), "0.500", "–"], [EN("bench.rmse"), "–", "0.125"]]


def test_a_figure_of_nothing_is_a_figure() -> None:
    assert [EN("bench.false_alarm"), "0.000", "0.000"] in rows(beside(figures(0.0), figures(0.0)))


def test_an_interval_stands_behind_its_figure() -> None:
    own = figures(0.5, intervals={"macro_f1": [0.4, 0.625]})
    assert [EN("bench.macro_f1"), "0.500 [0.40–0.62]", "0.250"] in rows(beside(own, figures(0.25)))


@pytest.mark.parametrize(
    ("value", "title"), [(0.5, "bench.micro_f1"), (0.0, "bench.micro_f1"), (None, "bench.mean_score")]
)
def test_groups_are_compared_by_their_points_or_where_there_are_none_by_their_scores(
    value: float | None, title: str
) -> None:
    shown = rows(beside(figures(value, mean=0.75), figures(value, mean=0.25)))
    for key, name in (("by_lang", "en"), ("by_kind", "wrong")):
        start = shown.index([EN(f"bench.{key}"), "n", "points", EN("bench.overlap")])
        assert shown[start - 1] == [EN(title)]
        assert shown[start + 2] == [name, "7", *([f"{value:.3f}"] * 2 if value is not None else ["0.750", "0.250"])]


def test_the_interval_of_a_group_is_its_own() -> None:
    own = figures(0.5)
    own["by_lang"] = {"zh": {"n": 3, "micro_f1": 0.5, "mean_score": 0.1, "interval": [0.1, 0.9]}}
    other = figures(0.5)
    other["by_lang"] = {"zh": {"n": 3, "micro_f1": 0.25, "mean_score": 0.1, "interval": None}}
    assert ["zh", "3", "0.500 [0.10–0.90]", "0.250"] in rows(beside(own, other))
