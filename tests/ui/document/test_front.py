"""What a question puts to the learner."""

from __future__ import annotations

import pytest

from llmquiz.messages.ui import Words
from llmquiz.schema.questions import Table
from llmquiz.ui.document.front import Front, asked, front, prompt
from tests.entries import KINDS, SAMPLES

EN = Words("en")
FRONTS = {
    "open": Front("Why divide?"),
    "choice": Front("Which is causal?", choices=("an encoder", "a decoder")),
    "code": Front("What is wrong?", code="mask = triu(x)\n", choices=("an encoder", "a decoder")),
    "order": Front("Put in order.", "", EN("ask.order"), choices=("first", "second", "third"), ranked=True),
    "prediction": Front("How much faster?", "", EN("ask.prediction")),
    "number": Front("How many parameters?"),
    "term": Front("Sequential generation?"),
    "claim": Front("“The cache is free.”", EN("ask.claim.short"), EN("ask.verdict")),
    "cell": Front("Kinds: encoder — sees?"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_puts_its_question_or_none(kind: str) -> None:
    assert front(SAMPLES[kind], EN) == FRONTS.get(kind)


def test_the_instruction_of_a_claim_is_the_question_then_the_keys() -> None:
    assert FRONTS["claim"].instruction == f"{EN('ask.claim.short')}\n{EN('ask.verdict')}"


def test_choices_are_shown_in_the_order_that_was_drawn() -> None:
    assert FRONTS["order"].chosen_from((3, 1, 2)) == ["third", "first", "second"]


def test_an_interviewers_own_words_for_a_statement_are_quoted_too() -> None:
    assert prompt(SAMPLES["claim"], EN, "Is it free?") == "“Is it free?”"
    assert prompt(SAMPLES["open"], EN, "Why?") == "Why?"


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_asks_itself_and_a_table_its_cells_that_have_an_answer(kind: str) -> None:
    itself = [((), SAMPLES[kind])] if kind in FRONTS else []
    cells = [(("encoder", "sees"), SAMPLES["cell"])] if kind == "table" else []
    assert list(asked(SAMPLES[kind])) == itself + cells


def test_a_table_with_a_cell_missing_asks_the_others() -> None:
    table = SAMPLES["table"]
    assert isinstance(table, Table)
    empty = table.rows[0].model_copy(update={"id": "decoder", "cells": {}})
    assert [names for names, _ in asked(table.model_copy(update={"rows": [empty, *table.rows]}))] == [
        ("encoder", "sees")
    ]
