"""An entry as blocks."""

from __future__ import annotations

import pytest

from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import (
    Agenda,
    Aside,
    Cell,
    Citation,
    Comparison,
    Correction,
    Corrections,
    DemoCommand,
    EntryBlock,
    Heading,
    Judgement,
    Option,
    Options,
    Paragraph,
    Passage,
    Point,
    Points,
    Reason,
    Snippet,
    Steps,
    Title,
)
from llmquiz.ui.document.from_entry import citations, details, document, title, verdict
from tests.entries import KINDS, SAMPLES

EN = Words("en")


def paragraph(text: str, label: str = "") -> Paragraph:
    """A paragraph of one passage."""
    return Paragraph((Passage(text, label),))


OPTIONS = Options((Option("an encoder", False, "it sees both sides"), Option("a decoder", True, "it sees the past")))
ANSWERS: dict[str, list[EntryBlock]] = {
    "open": [
        Heading(4, "A good answer (one line, 15 s)"),
        paragraph("For the variance."),
        Heading(4, "A good answer (one minute, 60 s)"),
        paragraph("It would grow with d."),
        Heading(4, "A good answer (in full, 90 s)"),
        Heading(5, "Claim", "30 s"),
        paragraph("It keeps it at one."),
    ],
    "choice": [OPTIONS],
    "code": [OPTIONS, Snippet("mask = tril(x)\n", "The right code"), paragraph("The past is below.", "Why")],
    "order": [Steps(("first", "second", "third"), "Right answer"), paragraph("Each needs the one before.", "Why")],
    "prediction": [paragraph("Nothing is computed twice.", "Why"), DemoCommand("kv-cache")],
    "number": [
        Paragraph((Passage("175 billion parameters", "Right answer", "key", "."), Passage("As published.", "Why")))
    ],
    "term": [
        Paragraph(
            (
                Passage("**autoregressive**", "Right answer", aside="Also accepted: token by token"),
                Judgement("imprecise", "warn"),
            )
        ),
        paragraph("It names the dependence.", "Why"),
    ],
    "claim": [
        Paragraph(
            (
                Judgement("wrong", "bad", "Verdict", "said by the interview sheet", "as of 2026-06"),
                Passage("It takes memory.", "What holds"),
            )
        ),
        paragraph("Two vectors a token.", "Why"),
    ],
    "table": [
        Comparison(
            "Kinds",
            ("", "sees", "makes"),
            ((Cell("encoder"), Cell("both sides"), Cell("vectors | states", "contested")),),
        )
    ],
    "reference": [paragraph("It showed it."), paragraph("**But:** Once.")],
    "technique": [
        paragraph("They may stop you."),
        Aside((Paragraph((Passage("For example: It is the mask.", style="example"),)),)),
    ],
    "interview": [
        paragraph("Calm."),
        paragraph("Evidence."),
        paragraph("Slogans."),
        Paragraph((Passage("Shall we?", style="quote"),)),
        Aside((Agenda("Start", "5 min", ("x", "y")),)),
    ],
    "cell": [paragraph("both sides", "Right answer"), paragraph("No mask.", "Why")],
}
TITLES = {"reference": Title("A paper"), "technique": Title("Answer first", "15 s"), "interview": Title("Dr. Lin")}
RUBRIC = [
    Heading(4, "Key points"),
    Points(
        (Point("The variance grows.", "Each term adds its own.", "core"), Point("It can be folded in.", "", "expert"))
    ),
    Heading(4, "Misconceptions"),
    Corrections((Correction("It is faster.", "It costs the same."),)),
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_blocks(kind: str) -> None:
    shown = document(SAMPLES[kind], EN)
    assert list(shown.answer) == ANSWERS[kind]
    assert list(shown.rubric) == (RUBRIC if kind == "open" else [])
    assert shown.note == ("Since 2017." if kind == "open" else "")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_asked_is_shown_under_its_name(kind: str) -> None:
    assert title(SAMPLES[kind], "en") == TITLES.get(kind)


@pytest.mark.parametrize(("depth", "first"), [("one-line", 0), ("one-minute", 2), ("full", 4)])
def test_a_model_answer_is_given_at_the_depth_asked_for(depth: str, first: int) -> None:
    assert document(SAMPLES["open"], EN, (depth,)).answer[0] == ANSWERS["open"][first]


def test_the_minute_stands_in_where_there_is_no_full_answer() -> None:
    entry = SAMPLES["open"]
    assert entry.type == "open"
    short = entry.model_copy(update={"answers": entry.answers.model_copy(update={"full": None})})
    assert list(document(short, EN, ("full",)).answer) == ANSWERS["open"][2:4]


def test_a_statement_is_put_in_quotation_marks_and_named_without() -> None:
    shown = document(SAMPLES["claim"], EN)
    assert (shown.prompt, shown.heading) == ("“The cache is free.”", "The cache is free.")


def test_what_holds_can_be_shown_without_the_evidence() -> None:
    claim = SAMPLES["claim"]
    assert claim.type == "claim"
    assert list(verdict(claim, EN)) == ANSWERS["claim"][:1]


def test_an_entry_that_is_looked_up_shows_its_rubric_or_the_reasons_of_its_cells() -> None:
    assert list(details(SAMPLES["open"], EN)) == RUBRIC
    assert list(details(SAMPLES["table"], EN)) == [Reason("encoder", "sees", "x.encoder.sees", "No mask.")]


def test_a_citation_has_what_a_source_has() -> None:
    from llmquiz.schema.topics import Source

    source = Source(id="a", title="T", authors="A", year=2017, arxiv="1706.03762")
    assert list(citations([source])) == [Citation("A", 2017, "T", "1706.03762", "")]
