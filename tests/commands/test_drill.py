"""The drill through a pipe, from the question to the log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Done, log
from tests.home import drafts

Run = Callable[..., Done]


def test_an_open_answer_reviews_every_point_at_the_learners_level(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "scale", "--content", topic, stdin="The variance grows with the dimension.\n.\n")
    assert done.code == 0
    assert done.out.startswith("[small/scale] open: Why divide by the square root of d?\n")
    assert "\nsaved small/scale\n" in done.out
    rows = {row["item"]: (row["state"], row["rating"]) for row in log(llmquiz)}
    assert rows == {"small/scale.variance": ("met", "good"), "small/scale.softmax": ("missing", "again")}


def test_a_point_above_the_level_is_reviewed_only_when_it_was_met(llmquiz: Run, topic: Path) -> None:
    answer = "The variance grows, softmax would saturate, and the scale can be folded into the query.\n.\n"
    llmquiz("drill", "scale", "--content", topic, stdin=answer)
    assert {row["item"] for row in log(llmquiz)} >= {"small/scale.kernel"}


@pytest.mark.parametrize(
    ("name", "answer", "state"),
    [
        ("small/free", "wrong\nit takes memory\n.\n", "met"),
        ("small/free", "sound\n.\n", "missing"),
        ("small/gpt3", "175 billion\n", "met"),
        ("small/gpt3", "1750 亿\n", "met"),
        ("small/gpt3", "17.5B\n", "missing"),
        ("small/order-of-words", "autoregressive generation\n", "met"),
        ("small/order-of-words", "sequential generation\n", "contradicted"),
        ("small/kinds.encoder.sees", "both sides\n", "met"),
        ("small/kinds.encoder.sees", "only the left\n", "missing"),
    ],
)
def test_every_kind_of_a_single_answer(llmquiz: Run, topic: Path, name: str, answer: str, state: str) -> None:
    done = llmquiz("drill", name, "--content", topic, stdin=answer)
    assert f"saved {name}\n" in done.out
    assert [(row["item"], row["state"]) for row in log(llmquiz)] == [(name, state)]


@pytest.mark.parametrize("seed", range(6))
def test_options_and_steps_are_answered_by_the_numbers_shown(llmquiz: Run, topic: Path, seed: int) -> None:
    shown = llmquiz("drill", "pick", "steps", "--content", topic, "--seed", str(seed), stdin=":skip\n:skip\n").out
    number = re.search(r"(\d)\. Decoder", shown)
    places = [re.search(rf"(\d)\. {word}", shown) for word in ("First", "Second", "Third")]
    assert number
    assert all(places)
    order = " ".join(place[1] for place in places if place)
    assert order != "1 2 3"
    first_pick = shown.index("small/pick") < shown.index("small/steps")
    answers = [number[1], order] if first_pick else [order, number[1]]
    llmquiz("drill", "pick", "steps", "--content", topic, "--seed", str(seed), stdin="\n".join(answers) + "\n")
    assert [row["state"] for row in log(llmquiz)] == ["met", "met"]


def test_a_point_met_after_a_hint_that_named_it_comes_back_soon(llmquiz: Run, topic: Path) -> None:
    answer = ":hint\n:hint\nThe variance grows and the softmax would saturate.\n.\n"
    llmquiz("drill", "scale", "--content", topic, stdin=answer)
    rows = {row["item"]: row["rating"] for row in log(llmquiz)}
    assert rows == {"small/scale.variance": "again", "small/scale.softmax": "good"}


def test_a_command_in_the_midst_of_an_answer_loses_nothing_of_it(llmquiz: Run, topic: Path) -> None:
    answer = "The variance grows.\n:hint\nAnd it would saturate the softmax.\n.\n"
    assert "2 of 2 points" in llmquiz("drill", "scale", "--content", topic, stdin=answer).out


def test_a_hint_that_names_nothing_costs_nothing(llmquiz: Run, topic: Path) -> None:
    llmquiz("drill", "scale", "--content", topic, stdin=":hint\nThe variance grows.\n.\n")
    assert {row["item"]: row["rating"] for row in log(llmquiz)}["small/scale.variance"] == "good"


def test_where_there_are_no_hints_it_says_so(llmquiz: Run, topic: Path) -> None:
    assert "This question has no hints." in llmquiz("drill", "pick", "--content", topic, stdin=":hint\n2\n").out
    used_up = llmquiz("drill", "scale", "--content", topic, stdin=":hint\n:hint\n:hint\nIt grows.\n.\n").out
    assert "No more hints." in used_up


@pytest.mark.parametrize("limit", [1, 3, 6])
def test_a_limit_is_what_is_asked_where_there_is_so_much(llmquiz: Run, topic: Path, limit: int) -> None:
    out = llmquiz("drill", "--content", topic, "--limit", str(limit), stdin=":skip\n" * 40).out
    assert len(re.findall(r"^\[small/", out, re.MULTILINE)) == limit


def test_the_answer_is_shown_on_demand_and_comes_back_as_not_known(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "scale", "--content", topic, stdin="The variance grows.\n:reveal\n")
    assert "saved small/scale" in done.out
    assert {row["item"]: (row["state"], row["rating"]) for row in log(llmquiz)} == {
        "small/scale.variance": ("missing", "again"),
        "small/scale.softmax": ("missing", "again"),
    }


def test_undo_voids_the_answer_and_asks_again(llmquiz: Run, topic: Path) -> None:
    stdin = "wrong\n.\n:undo\nsound\n.\n"
    done = llmquiz("drill", "small/free", "small/gpt3", "--content", topic, stdin=stdin)
    saved = re.findall(r"^(?:saved|undone) .*$", done.out, re.MULTILINE)
    assert saved == ["saved small/free", "undone small/free", "saved small/free"]
    rows = log(llmquiz)
    assert [row["state"] for row in rows] == ["met", None, "missing"]
    assert rows[1]["voids"] == 1


def test_skip_flag_and_quit_record_nothing(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "--content", topic, stdin=":skip\n:flag\n:quit\n")
    assert done.code == 0
    assert log(llmquiz) == []
    assert len(json.loads(llmquiz("flag", "--list", "--json").out)) == 1


def test_the_end_of_input_ends_the_sitting_and_keeps_a_draft(llmquiz: Run, topic: Path) -> None:
    assert llmquiz("drill", "--content", topic, stdin="").code == 0
    done = llmquiz("drill", "scale", "--content", topic, stdin="The variance\n")
    assert done.code == 0
    assert log(llmquiz) == []
    assert drafts() == [("small/scale", "The variance")]


def test_cramming_leaves_the_schedule_alone(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "gpt3", "--content", topic, "--cram", stdin="175B\n")
    assert "Not recorded" in done.out
    assert log(llmquiz) == []


def test_what_was_missed_comes_back_tomorrow_and_nothing_else(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("drill", "small/gpt3", "small/free", *content, stdin="wrong\n.\n3\n")
    due = {row["id"]: row["due"][:10] for row in json.loads(llmquiz("due", "--json", *content).out)}
    assert due == {"small/gpt3": "2026-11-24", "small/free": "2026-11-25"}
    again = llmquiz(
        "drill", *content, "--kind", "number", "--kind", "claim", stdin=":skip\n" * 9, now="2026-11-24T09:00:00Z"
    )
    assert re.findall(r"^\[(.*)\]", again.out, re.MULTILINE) == ["small/gpt3"]


def test_a_misconception_is_named_with_its_correction(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "scale", "--content", topic, stdin="It makes the product faster.\n.\n")
    assert "It makes the product faster." in done.out
    assert "It changes no cost." in done.out


def test_a_chinese_screen_is_wholly_chinese(llmquiz: Run, topic: Path) -> None:
    answer = "方差会随维度增长。\n.\n"
    done = llmquiz("drill", "scale", "--content", topic, "--lang", "zh", stdin=answer)
    words = set(re.findall(r"[A-Za-z]{3,}", done.out)) - {
        "small",
        "scale",
        "open",
        "softmax",
        "saved",
        "llmquiz",
        "kernel",
        "variance",
    }
    assert words == set()


def test_an_unknown_id_says_what_is_near(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "small/scal", "--content", topic)
    assert done.code == 1
    assert "small/scale" in done.err


def test_an_unknown_kind_names_the_kinds(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("drill", "--content", topic, "--kind", "essay", "--lang", "zh")
    assert done.code == 1
    assert "没有“essay”这种题型" in done.err


PREDICTION = """questions:
  - id: guess
    type: prediction
    prompt: {en: How much faster?, zh: 快多少？}
    demo: kv-cache
    measures: speedup_total
    unit: {en: times, zh: 倍}
    factor: 2
    why: {en: Work is saved., zh: 省了计算。}
"""


@pytest.mark.parametrize(("guess", "state"), [("3", "met"), ("9", "missing"), ("about 5x", "met"), ("1.9", "missing")])
def test_a_prediction_is_right_within_its_factor_of_what_was_measured(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch, guess: str, state: str
) -> None:
    from llmquiz.app import demos

    (topic / "small" / "guess.yaml").write_text(PREDICTION, encoding="utf-8")
    monkeypatch.setattr(demos, "measured", lambda context, demo, field: {"speedup_total": 4.0}[field])
    done = llmquiz("drill", "guess", "--content", topic, stdin=f"{guess}\n")
    assert "Measured here: 4 times" in done.out
    assert [row["state"] for row in log(llmquiz)] == [state]


def test_a_prediction_that_cannot_be_measured_is_not_counted(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmquiz.app import demos
    from llmquiz.errors import DemoError

    def broken(context: object, demo: str, field: str) -> float:
        raise DemoError("paged-attention.pool-empty")

    (topic / "small" / "guess.yaml").write_text(PREDICTION, encoding="utf-8")
    monkeypatch.setattr(demos, "measured", broken)
    done = llmquiz("drill", "guess", "--content", topic, stdin="3\n")
    assert "The pool of blocks is used up." in done.out
    assert [(row["state"], row["rating"]) for row in log(llmquiz)] == [("undecided", None)]


def test_in_a_pipe_what_cannot_be_decided_is_not_asked_back(llmquiz: Run, topic: Path) -> None:
    answer = "Maybe the variance grows.\n.\n"
    done = llmquiz("drill", "scale", "--content", topic, stdin=answer)
    assert done.code == 0
    assert "Did you say" not in done.out
    assert [(row["item"], row["state"]) for row in log(llmquiz)] == [
        ("small/scale.variance", "undecided"),
        ("small/scale.softmax", "missing"),
    ]
