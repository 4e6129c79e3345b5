"""The verdict on an answer, in the words that a learner reads."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from llmquiz.grading.score import PointScore, PointState, Remark, Score
from llmquiz.language import Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.document.fitting import Fitted
from llmquiz.ui.document.verdict import marked, verdict
from tests.entries import SAMPLES
from tests.grading.kinds.test_claim import claim

MET, PARTLY, MISSING, CONTRADICTED, UNDECIDED = PointState
OPEN = SAMPLES["open"]


def told(entry: Any, score: Score, response: str = "", lang: Lang = "en", **options: Any) -> str:
    """The whole verdict, in one line."""
    asked: Any = SimpleNamespace(entry=entry, id="t/x")
    console = Console(width=200)
    with console.capture() as capture:
        console.print(Fitted(verdict(asked, score, response, Words(lang), **options)))
    return re.sub(r"\s+", " ", capture.get())


def single(state: PointState, because: str = "") -> Score:
    return Score(state.credit, (PointScore("", state, because),))


def opened(*states: PointState, **more: Any) -> Score:
    ids = [point.id for point in OPEN.points]  # type: ignore[union-attr]
    return Score(0.5, tuple(PointScore(i, state, f"word {i}") for i, state in zip(ids, states, strict=True)), **more)


def test_an_open_answer_is_told_its_score_each_point_and_the_words_that_decided() -> None:
    shown = told(OPEN, opened(MET, MISSING))
    assert "50 % · 1 of 2 points" in shown
    assert re.search(r" 1 ✓ .*you wrote: “word variance” 2 ○ missing ", shown)


def test_only_what_the_level_asks_for_counts_and_is_numbered() -> None:
    shown = told(OPEN, opened(MET, MISSING), level=0)
    assert "100 % · 1 of 1 points" in shown
    assert " + ○ missing " in shown


def test_a_misconception_stands_with_its_correction() -> None:
    wrong = OPEN.misconceptions[0]  # type: ignore[union-attr]
    shown = told(OPEN, opened(MET, MET, misconceptions=(Remark(wrong.id, "cost"),)))
    assert f"✗ misconception {wrong.text['en']} you wrote: “cost” → {wrong.right['en']}" in shown


def test_the_gain_of_a_second_try_stands_beside_the_score() -> None:
    assert "50 % → 100 % · 2 of 2 points" in told(OPEN, opened(MET, MET), before=50)


def test_a_choice_says_what_was_chosen_and_why_that_is_wrong() -> None:
    options = SAMPLES["choice"].options  # type: ignore[union-attr]
    right = next(n for n, option in enumerate(options, 1) if option.right)
    wrong = next(n for n, option in enumerate(options, 1) if not option.right)
    shown = told(SAMPLES["choice"], single(MISSING), str(wrong))
    assert "✗ you chose: an encoder it sees both sides ✓ right: a decoder it sees the past" in shown
    assert "you chose" not in told(SAMPLES["choice"], single(MET), str(right))


def test_an_order_says_which_step_was_misplaced_and_how_many_were_not() -> None:
    shown = told(SAMPLES["order"], single(MISSING), "2 1 3")
    assert "1 of 3 steps are in place" in shown
    assert len(re.findall(r"✗ \d\. .*?\(you put it at \d\)", shown)) == 2
    assert "✓ 3. " in shown
    assert "(you put" not in told(SAMPLES["order"], single(MET), "1 2 3")


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Measured here: 8 you guessed 4, which is 0.5 times that, right within a factor of 2"),
        ("zh", "本机实测：8 你猜的是 4，是实测值的 0.5 倍，相差不到 2 倍算对"),
    ],
)
def test_a_prediction_says_how_far_off_it_was_and_how_far_is_right(lang: Lang, text: str) -> None:
    shown = told(SAMPLES["prediction"], single(MET, "about 4"), lang=lang, measured=8.0)
    assert text.replace(" ", "") in shown.replace(" ", "")
    assert "8" not in told(SAMPLES["prediction"], single(UNDECIDED), lang=lang).replace("128", "")


@pytest.mark.parametrize(("kind", "text"), [("number", "175 billion parameters"), ("cell", "both sides")])
def test_a_single_answer_has_its_right_answer_and_why(kind: str, text: str) -> None:
    shown = told(SAMPLES[kind], single(MISSING))
    assert f"○ Not right Right answer: {text} Why: " in shown


def test_code_is_shown_as_it_should_be() -> None:
    typed = SAMPLES["code"].model_copy(update={"options": []})
    assert "mask = tril(x)" in told(typed, single(MISSING), "mask = x")


@pytest.mark.parametrize(
    ("verdict_", "lang", "text"),
    [
        ("imprecise", "en", "◐ Nearly The claim is: imprecise"),
        ("imprecise", "en", "Imprecise: something in it holds, though not as it is said. Wrong: its core does not"),
        ("wrong", "zh", "“错误”：核心就站不住"),
        ("contested", "en", "Contested: those who can check it disagree. Unverifiable: nobody outside can check"),
        ("unverifiable", "zh", "“无法核实”："),
    ],
)
def test_a_verdict_that_is_nearly_right_is_told_the_difference(verdict_: str, lang: Lang, text: str) -> None:
    assert text in told(claim(verdict_), single(PARTLY), lang=lang)
    assert Words(lang)("back.imprecise-or-wrong") not in told(claim(verdict_), single(MET), lang=lang)


def test_chinese_lines_have_chinese_punctuation() -> None:
    for kind in ("claim", "term", "number", "cell", "prediction"):
        shown = told(SAMPLES[kind], single(MISSING), lang="zh", measured=3.0)
        assert not re.search(r"[\u4e00-\u9fff][:,;?!(]|[:,;?!)][\u4e00-\u9fff]", shown), shown


def test_the_words_that_decided_are_marked_in_the_answer() -> None:
    from llmquiz.grading.score import Span

    score = Score(1.0, (PointScore("a", MET, "one", (Span(0, 3),)),), (Remark("b", "two", (Span(4, 7),)),))
    text = marked("one two three", score)
    assert [(span.start, span.end, str(span.style)) for span in text.spans] == [
        (0, 3, "green underline"),
        (4, 7, "bold red underline"),
    ]
