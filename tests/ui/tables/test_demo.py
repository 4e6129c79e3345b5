"""Demos on the screen: the list of them, and what each claim came to."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.demos.lab.outcome import ClaimOutcome, Outcome
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import Caveat, DemoClaim, DemoText
from llmquiz.ui.tables.demo import claims, foot, head, listing, sign, verification
from tests.entries import both
from tests.ui.drawn import cells_of, coloured, drawn

EN = Words("en")
OUTCOMES = {
    (True, True): ("yes", "✓", ""),
    (False, False): ("no", "✗", "does not hold, as expected"),
    (True, False): ("yes  !", "✓", "NOT as expected"),
    (False, True): ("no  !", "✗", "NOT as expected"),
    (None, True): ("cannot be shown here", "–", "cannot be shown here"),
    (None, False): ("cannot be shown here", "–", "cannot be shown here"),
}
"""(whether a claim holds, whether that was expected): its sign in the table; its mark and its tail in the list."""


def text(words: str) -> Text:
    """A text in both languages."""
    return Text(**both(words))


def claim(holds: bool | None = True, expected: bool = True, **more: Any) -> ClaimOutcome:
    """A claim of the sheet, measured."""
    standard = {"id": "same", "text": text("It is *free*."), "says": "sheet", "measured": "1.5 GB", "why": None}
    return ClaimOutcome(holds=holds, expected=expected, **standard | more)


def outcome(*claimed: ClaimOutcome, **settings: Any) -> Outcome:
    """A run that came to these claims."""
    return Outcome("kv-cache", "cpu", "float32", 2.345, settings, {"torch": "2.11", "python": "3.11"}, None, claimed)


WORDS = DemoText(
    title=text("The cache"), shows=text("What *it* costs."), seconds=7, caveats=[Caveat(**both("One `layer` only."))],
    claims=[DemoClaim(id="same", text=text("It is free."), says="sheet", expected=False)],
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_says_what_each_demo_is_about_and_how_long_it_takes(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*listing({"kv-cache": WORDS, "moe": WORDS}, {"kv-cache": "decoder", "moe": ""}, words), width=100)
    titles, *_ = (line.split() for line in lines if line.strip())
    assert titles == ["id", *words("demo.shows").split(), "--model", words("demo.seconds")]
    shown = WORDS.title[lang]
    cells = [line.split() for line in lines]
    assert [["kv-cache", *shown.split(), "decoder", "7", "s"], ["moe", *shown.split(), "7", "s"]] == [
        row for row in cells if row and row[0] in ("kv-cache", "moe")
    ]
    assert "`" not in lines[-1]


@pytest.mark.parametrize("lang", LANGS)
def test_a_demo_is_headed_by_its_title_and_its_line(lang: Lang) -> None:
    lines = drawn(*head(WORDS, Words(lang)))
    assert lines[1].startswith(f"{WORDS.title[lang]} ─")
    assert lines[2:] == [WORDS.shows[lang].replace("*", ""), ""]


@pytest.mark.parametrize(("holds", "expected"), OUTCOMES)
def test_what_was_not_expected_stands_out_and_what_could_not_be_shown_does_not(
    holds: bool | None, expected: bool
) -> None:
    tested = claim(holds, expected)
    mark, line, tail = OUTCOMES[holds, expected]
    assert sign(tested, EN).plain == mark
    assert (sign(tested, EN).style == "bold red") is tested.surprising
    lines = drawn(*claims(outcome(tested), EN))
    assert ("\x1b[1;31m" in coloured(*claims(outcome(tested), EN))) is tested.surprising
    assert lines[2:] == [f"  {line} [people say] It is free.", f"    1.5 GB  {tail}".rstrip()]


@pytest.mark.parametrize("lang", LANGS)
def test_the_reason_of_a_claim_stands_below_it_in_the_users_language(lang: Lang) -> None:
    words = Words(lang)
    explained = claim(says="llmquiz", why=text("Since *then*."))
    lines = drawn(*claims(outcome(explained, claim()), words))
    assert lines[1] == words("demo.claim")
    assert lines[2].startswith(f"  ✓ [{words('demo.says.llmquiz')}] ")
    assert lines[4] == "    " + both("Since then.")[lang]
    assert lines[5].startswith(f"  ✓ [{words('demo.says.sheet')}] ")


@pytest.mark.parametrize("lang", LANGS)
def test_the_foot_says_what_is_not_shown_and_under_which_conditions_it_was_measured(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*foot(outcome(threads=4), WORDS, words), width=100)
    conditions = words("demo.settings", device="cpu", dtype="float32", threads=4, seconds="2.3")
    assert lines == [
        "", words("demo.caveats"), "  · " + both("One layer only.")[lang],
        "", f"{conditions} · torch 2.11 · python 3.11",
    ]  # fmt: skip
    assert len(drawn(*foot(outcome(), WORDS.model_copy(update={"caveats": []}), words), width=100)) == 2


@pytest.mark.parametrize("lang", LANGS)
def test_one_table_holds_the_claims_of_every_demo(lang: Lang) -> None:
    words = Words(lang)
    yes, no = words("demo.yes"), words("demo.no")
    lines = drawn(verification([outcome(claim(True, False), claim()), outcome(claim(False, False))], words), width=160)
    cells = cells_of(lines)
    free, sheet = both("It is free.")[lang], words("demo.says.sheet")
    assert [row for row in cells if len(row) > 1][1:] == [
        ["kv-cache", "2.3 s"],
        [free, sheet, no, "1.5 GB", yes, "!"],
        [free, sheet, yes, "1.5 GB", yes],
        ["kv-cache", "2.3 s"],
        [free, sheet, no, "1.5 GB", no],
    ]
