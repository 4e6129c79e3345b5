"""What is asked next: sections, time, follow-ups chosen by the answer."""

from __future__ import annotations

import pytest

from llmquiz.grading.score import PointState
from llmquiz.interview.ask import numbers
from llmquiz.interview.ask.interviewer import elapsed
from llmquiz.interview.turns import Exchange, Reply, Why, turn_data, turn_of
from llmquiz.language import Lang
from tests.interview import candidates
from tests.interview.candidates import INTERVIEWERS, LANGS, Seat, content, held, planned


def opening(interviewer: str, lang: Lang, *answers: str, **more: object) -> tuple[list[Exchange], object]:
    """An interview in which the first turns are answered with `answers`; what is asked then."""
    from llmquiz.interview.ask.hearing import Hearing
    from llmquiz.interview.ask.interviewer import Interviewer

    plan = planned(interviewer, lang, **more)  # type: ignore[arg-type]
    course, exchanges = Interviewer(Hearing(plan, *content())), list[Exchange]()
    for answer in answers:
        turn = course.next(exchanges)
        assert turn
        exchanges.append(Exchange(turn, Reply(answer, plan.pace.taken(answer))))
    return exchanges, course.next(exchanges)


@pytest.mark.parametrize("interviewer", INTERVIEWERS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_same_seed_asks_the_same(interviewer: str, lang: Lang) -> None:
    first, _ = held(planned(interviewer, lang, seed=7), candidates.knows_half)
    again, _ = held(planned(interviewer, lang, seed=7), candidates.knows_half)
    assert [one.turn for one in first] == [one.turn for one in again]


def test_another_seed_draws_other_questions() -> None:
    drawn = set()
    for seed in range(8):
        exchanges, _ = held(planned("sceptic", "en", seed=seed), candidates.silent)
        drawn.add(tuple(one.turn.question for one in exchanges if one.turn.section == "judge"))
    assert len(drawn) > 3


@pytest.mark.parametrize("interviewer", INTERVIEWERS)
def test_nothing_is_asked_twice_but_a_wrong_number(interviewer: str) -> None:
    for candidate in candidates.CANDIDATES.values():
        exchanges, _ = held(planned(interviewer, "en"), candidate)
        asked = [
            (one.turn.question, one.turn.kind, one.turn.why, one.turn.point, one.turn.say)
            for one in exchanges
            if one.turn.why is not Why.absolute
        ]
        assert len(asked) == len(set(asked))
        questions = [one.turn.question for one in exchanges if one.turn.kind not in ("spoken", "closing")]
        again = [one for one in exchanges if one.turn.why is Why.wrong_number]
        assert len(questions) - len(set(questions)) <= len(again)


def test_a_contradicted_point_is_picked_up_with_the_words_that_contradict_it() -> None:
    exchanges, turn = opening("depth", "en", "FlashAttention shrinks the KV cache.", question="drawbacks")
    assert (turn.why, turn.point) == (Why.contradicted, "flash-not-kv")
    assert "FlashAttention" in turn.because
    assert exchanges[0].turn.question == turn.about == "decoder-only/drawbacks"
    assert (turn.question, turn.kind, turn.parent) == ("decoder-only/kv-bytes-llama2-7b", "number", 1)


@pytest.mark.parametrize(
    ("lang", "answer", "words"),
    [
        ("en", "Decoder-only always wins because every token carries loss.", "always"),
        ("zh", "因为每个 token 都有损失，decoder-only 永远更好。", "永远"),
    ],
)
def test_an_absolute_is_picked_up_in_the_candidates_words(lang: Lang, answer: str, words: str) -> None:
    _, turn = opening("screener", lang, answer)
    assert (turn.why, turn.because) == (Why.absolute, words)
    assert words in turn.say


@pytest.mark.parametrize(
    "answer",
    [
        "The past never changes, so keys and values can be cached.",  # a mechanism
        "It is not always better, since every token carries loss.",  # denied
        "不是唯一选择，但每个 token 都有损失。",
    ],
)
def test_what_is_no_absolute_is_let_pass(answer: str) -> None:
    _, turn = opening("screener", "en", answer)
    assert turn.why is not Why.absolute


@pytest.mark.parametrize(
    ("lang", "answer", "fact"),
    [
        ("en", "GPT-3 has 17 billion parameters and every token carries loss.", "gpt3-parameters"),
        ("zh", "GPT-3 有 175 亿参数，而且每个 token 都有损失。", "gpt3-parameters"),
        ("en", "Chinchilla says that 5 tokens per parameter are optimal.", "chinchilla-ratio"),
        ("zh", "GPT-3 是在 3 万亿 token 上训练的。", "gpt3-training-tokens"),
    ],
)
def test_a_wrong_number_is_asked_again_by_itself(lang: Lang, answer: str, fact: str) -> None:
    _, turn = opening("designer", lang, answer)
    assert (turn.why, turn.question, turn.kind) == (Why.wrong_number, f"decoder-only/{fact}", "number")


@pytest.mark.parametrize(
    "answer",
    [
        "GPT-3 has 175 billion parameters.",
        "GPT-3 有 1750 亿参数。",
        "Wang compared models of five billion parameters, and people used GPT-3 that way.",  # another model's number
        "T5-11B against GPT-3 175B compares more than architecture.",
        "Chinchilla's optimum is about 20 tokens per parameter.",
    ],
)
def test_right_and_unrelated_numbers_are_let_pass(answer: str) -> None:
    facts = list(content()[0].entries("number"))
    assert [fact.id for fact, _ in numbers.wrong(answer, facts)] == []


def test_no_number_of_the_shipped_answers_is_taken_for_wrong() -> None:
    facts = list(content()[0].entries("number"))
    found = []
    for asked in content()[0].entries("open"):
        for lang in LANGS:
            answers = asked.entry.answers  # type: ignore[union-attr]
            full = [section.text[lang] for section in answers.full.sections] if answers.full else []
            for text in (answers.one_minute.text[lang], *asked.entry.accept[lang], *full):  # type: ignore[union-attr]
                found += [(asked.id, fact.id, words) for fact, words in numbers.wrong(text, facts)]
    assert found == []


def test_a_number_wrong_twice_is_not_asked_a_third_time() -> None:
    def wrong(seat: Seat) -> str:
        return candidates.confident_and_wrong(seat) if seat.turn.kind == "number" else ""

    exchanges, _ = held(planned("screener", "en"), wrong)
    numbers_asked = [one.turn for one in exchanges if one.turn.kind == "number"]
    assert [turn.why for turn in numbers_asked] == [Why.planned, Why.wrong_number] * 3


def digs(earlier: str, limits: str) -> list[tuple[str, str]]:
    """(question, point) of the follow-ups about drawbacks, after something was said at the very first question."""

    def candidate(seat: Seat) -> str:
        if seat.turn.number == 1:
            return earlier
        return limits if seat.turn.why is Why.planned and seat.turn.question.endswith("/drawbacks") else ""

    exchanges, _ = held(planned("depth", "en"), candidate)
    main = next(one.turn.number for one in exchanges if one.turn.question.endswith("/drawbacks"))
    return [(one.turn.question, one.turn.point) for one in exchanges if one.turn.parent == main]


LIMITS = "It writes token by token, and decoding is bound by memory bandwidth at batch one."


def test_a_question_answered_in_passing_is_not_asked() -> None:
    """The depth-minded interviewer goes on to BERT when nothing was said about it, however long ago, and only then."""
    obsolete = content()[0].get("is-bert-obsolete").entry.accept["en"][0]  # type: ignore[union-attr]
    asked = ("decoder-only/is-bert-obsolete", "no-right-context")
    assert asked in digs("Because every token carries loss.", LIMITS)
    assert asked not in digs(obsolete, LIMITS)


def test_a_missed_point_answered_in_passing_is_not_asked_about() -> None:
    told = "The KV cache grows with every token. The GPU is limited by memory bandwidth when it decodes for one user."
    asked = ("decoder-only/drawbacks", "memory-bound")
    assert asked in digs("Because every token carries loss.", "It writes token by token.")
    assert asked not in digs(told, "It writes token by token.")


def test_a_number_given_in_passing_is_not_asked() -> None:
    from llmquiz.interview.ask.follow import Probe, _answered
    from llmquiz.interview.ask.hearing import Hearing

    hearing = Hearing(planned("depth", "en"), *content())
    probe = Probe(Why.met, "decoder-only/scaling-laws", ask="decoder-only/gpt3-parameters")
    assert _answered(probe, ["GPT-3 has 175 billion parameters."], hearing)
    assert not _answered(probe, ["GPT-3 has many parameters."], hearing)


def test_when_nothing_is_missed_the_deepest_point_met_is_followed_down() -> None:
    entry = content()[0].get("causal-mask-maths").entry
    _, turn = opening("depth", "en", entry.accept["en"][0].replace("never", "do not"), question="causal-mask-maths")  # type: ignore[union-attr]
    ranks = {point.id: (point.level or entry.level).rank for point in entry.points}  # type: ignore[union-attr]
    assert turn.why is Why.met
    assert ranks[turn.point] == max(ranks.values())


def test_whoever_says_nothing_is_nudged_once_and_then_left_alone() -> None:
    exchanges, _ = held(planned("depth", "en"), candidates.silent)
    digs = [one for one in exchanges if one.turn.why is not Why.planned and one.turn.kind != "closing"]
    assert len(digs) == len({one.turn.parent for one in digs}) > 1


def test_a_short_interview_asks_for_short_answers_and_ends_in_time() -> None:
    exchanges, _ = held(planned("depth", "en", minutes=5), candidates.excellent)
    assert {one.turn.depth for one in exchanges if one.turn.kind == "open"} == {"one-line"}
    assert elapsed(exchanges) <= 5 * 60


@pytest.mark.parametrize("interviewer", INTERVIEWERS)
def test_a_rambler_loses_the_questions_that_time_no_longer_allows(interviewer: str) -> None:
    exchanges, course = held(planned(interviewer, "en"), candidates.rambler)
    assert course.unasked(exchanges)
    assert exchanges[-1].turn.kind == "closing"


def test_an_interview_can_be_about_one_question() -> None:
    exchanges, _ = held(planned("depth", "zh", question="drawbacks", minutes=10), candidates.knows_half)
    assert [one.turn.question for one in exchanges if one.turn.why is Why.planned] == ["decoder-only/drawbacks"]


def test_a_turn_is_read_back_as_it_was_kept() -> None:
    exchanges, _ = held(planned("sceptic", "zh"), candidates.confident_and_wrong)
    assert [turn_of(turn_data(one.turn)) for one in exchanges] == [one.turn for one in exchanges]


def test_a_number_asked_again_is_half_forgiven() -> None:
    from llmquiz.interview.judge.outcome import standings

    answers = iter(["7", ""])

    def second_try(seat: Seat) -> str:
        if seat.turn.kind != "number":
            return ""
        return candidates.excellent(seat) if seat.turn.why is Why.wrong_number else "7"

    exchanges, course = held(planned("screener", "en"), second_try)
    found = [one for one in standings(exchanges, course.hearing) if one.single]
    assert {(one.points[0].state, one.points[0].where) for one in found} == {(PointState.met, "follow-up")}
    assert all(0 < (one.coverage or 0) < 1 for one in found)
    assert next(answers)
