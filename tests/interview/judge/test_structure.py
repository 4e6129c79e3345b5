"""How an answer is built, each finding with its words."""

from __future__ import annotations

import pytest

from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.structure import Structure, structure
from llmquiz.interview.plan.pace import spoken
from llmquiz.interview.turns import Depth
from tests.interview.candidates import LANGS, content, planned

ORDERED = (
    "Mainly because one objective covers every task and keys and values can be cached. "
    "First, every token carries loss, so the signal is dense. "
    "Second, the past stays as it is, therefore each step reuses the cache. "
    "Per token the cache of Llama 2 7B takes 512 KiB. "
    "BERT, by contrast, learns from about 15% of the tokens. "
    "Still, superiority is not proven. "
    "As of mid-2026 hybrids and diffusion models are being tried."
)
ORDERED_ZH = (
    "主要是因为一个目标管所有的事，K、V 还能缓存。"
    "第一，每个 token 都有损失，所以信号很密。"
    "第二，前面的状态不变，因此每步都能复用缓存。"
    "例如 Llama 2 7B 每个 token 的缓存是 512 KiB。"
    "相比之下，BERT 一次只从大约 15% 的位置上学。"
    "不过更优并没有被证明。"
    "截至 2026 年中，混合架构和扩散模型都有人在试。"
)


def built(text: str, depth: Depth = "full", question: str = "why-decoder-only") -> Structure:
    """The structure of an answer to a question of the shipped content."""
    hearing = Hearing(planned("depth", "en"), *content())
    return structure(text, hearing.score(f"decoder-only/{question}", text), depth, 240)


def passed(result: Structure) -> dict[str, bool]:
    """Each check and whether it passed."""
    return {check.id: check.passed for check in result.checks}


@pytest.mark.parametrize("text", [ORDERED, ORDERED_ZH], ids=["en", "zh"])
def test_an_answer_as_the_technique_teaches_it_passes_every_check(text: str) -> None:
    result = built(text)
    assert [check.id for check in result.checks if not check.passed] == []
    assert result.value == 1


@pytest.mark.parametrize(
    ("check", "text", "words"),
    [
        (
            "answer-first",
            "Well, that is a very good question. Let me think what I know of it. I read a blog.",
            "Well",
        ),
        ("answer-first", "嗯，这是一个非常好的问题。我以前读过一篇博客，里面有不少图。", "嗯"),
        ("absolutes", "Decoders are always better, in every case.", "always"),
        ("absolutes", "decoder-only 永远更好，碾压其他架构。", "永远"),
        ("examples", "Because the signal is dense, and the states can be reused, which keeps it simple.", ""),
        ("limits", "Because every token carries loss and keys are cached, for example in Llama.", ""),
    ],
)
def test_what_is_missing_fails_and_what_is_wrong_is_quoted(check: str, text: str, words: str) -> None:
    finding = built(text, "one-minute").check(check)
    assert not finding.passed
    assert words in finding.words
    assert bool(words) == bool(finding.words)


def test_an_inaccurate_term_is_found_with_its_words() -> None:
    finding = built("因为它用顺序生成，每个 token 都有损失。", "one-minute").check("terms")
    hearing = Hearing(planned("depth", "zh"), *content())
    wrong = [form for term in hearing.topic.terms.values() for form in term.wrong.zh]
    assert finding.passed == ("顺序生成" not in wrong)


def test_an_outlook_before_the_reasons_is_out_of_order() -> None:
    sentences = ORDERED.split(". ")
    turned = ". ".join([sentences[0], *reversed([s.rstrip(".") for s in sentences[1:]])]) + "."
    assert built(ORDERED).check("order").passed
    assert not built(turned).check("order").passed


@pytest.mark.reader
def test_one_line_is_asked_for_no_more_than_one_line_can_hold() -> None:
    result = built("Because one objective covers every task and the cache can be reused.", "one-line")
    assert {check.id for check in result.checks if check.wanted} == {"answer-first", "absolutes", "terms"}
    assert result.value == 1
    assert [time.part for time in result.times] == ["answer"]


def test_the_time_of_every_part_is_counted() -> None:
    result = built(ORDERED)
    assert sum(time.seconds for time in result.times) == pytest.approx(spoken(ORDERED), abs=1)
    assert sum(time.budget for time in result.times) == pytest.approx(240, abs=1)
    assert all(time.seconds > 0 for time in result.times)


def test_nothing_said_passes_nothing() -> None:
    assert built("").value == 0
    assert not any(passed(built("")).values())


@pytest.mark.reader
def test_the_models_own_answers_are_well_built() -> None:
    """The shipped one-minute answers pass most checks, so the checks ask for what the content itself does."""
    values = []
    for lang in LANGS:
        hearing = Hearing(planned("depth", lang), *content())
        for asked in content()[0].entries("open"):
            text = asked.entry.answers.one_minute.text[lang]  # type: ignore[union-attr]
            values.append(structure(text, hearing.score(asked.id, text), "one-minute", 60).value)
    assert min(values) >= 0.7
    assert sum(values) / len(values) >= 0.9
