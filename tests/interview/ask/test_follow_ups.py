"""The follow-up that an answer invites: what is picked up first, in whose words, and what is not asked twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.interview.ask.follow_ups import Probe, choose
from llmquiz.interview.turns import Exchange, Why
from llmquiz.language import Lang
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import Branch
from tests.interview.small import BOTH, SOFTMAX, VARIANCE, WRONG, exchange, hearing, spoken

FOLDED = "The scale can be folded into the query projection."
SHRINKS = "The variance shrinks with d."


def asks(when: Any, *, point: str | None = None, ask: str | None = None, say: str = "") -> Branch:
    """A branch of the interviewer's own."""
    return Branch(when=when, point=point, ask=ask, say=Text(en=say, zh=f"{say}？") if say else None)


def followed(
    *exchanges: Exchange, branches: tuple[Branch, ...] = (), lang: Lang = "en", **blueprint: Any
) -> Probe | None:
    """What is asked after the last of the answers."""
    listener = hearing(lang, branches=branches, **blueprint)
    return choose(exchanges, listener.plan.sections[0], listener)


def test_a_missed_point_is_asked_about_in_the_questions_own_words() -> None:
    assert followed(exchange(VARIANCE)) == Probe(
        Why.missed, "small/scale", point="softmax", say="And what of the softmax?", follows=1
    )
    assert followed(exchange("方差会随 d 增长。"), lang="zh") == Probe(
        Why.missed, "small/scale", point="softmax", say="softmax 呢？", follows=1
    )


def test_the_interviewers_own_branch_comes_before_the_questions_follow_up() -> None:
    own = asks("missed", point="scale.folded", say="Where does the scale go?")
    assert followed(exchange(VARIANCE), branches=(own,)) == Probe(
        Why.missed, "small/scale", point="folded", say="Where does the scale go?", follows=1
    )
    elsewhere = asks("missed", point="mask.folded", say="Another question's.")
    probe = followed(exchange(VARIANCE), branches=(elsewhere,))
    assert probe is not None
    assert probe.point == "softmax"


def test_a_heavy_point_that_nobody_asks_about_is_nudged_with_the_hint() -> None:
    probe = followed(exchange(SOFTMAX), picks=["missed"])
    assert probe == Probe(Why.missed, "small/scale", point="variance", say="What is the variance?", follows=1)


def test_a_light_point_that_nobody_asks_about_is_let_pass() -> None:
    assert followed(exchange(BOTH), picks=["missed"]) is None


def test_what_was_contradicted_comes_with_the_words_that_did_it() -> None:
    assert followed(exchange(SHRINKS)) == Probe(
        Why.contradicted, "small/scale", point="variance", because=SHRINKS, follows=1
    )
    assert followed(exchange(WRONG)) == Probe(Why.contradicted, "small/scale", point="speed", because=WRONG, follows=1)


def test_a_contradicted_point_is_asked_about_and_the_belief_beside_it_is_not() -> None:
    probe = followed(exchange(f"{SHRINKS} {WRONG}"))
    assert probe is not None
    assert probe.point == "variance"


def test_an_absolute_is_picked_up_in_the_interviewers_words_with_the_candidates() -> None:
    answer = exchange("The variance always grows with d.")
    branch = asks("absolute", say="{words}, you say?")
    assert followed(answer, branches=(branch,), picks=["absolute"]) == Probe(
        Why.absolute, "small/scale", because="always", say="always, you say?", follows=1
    )
    assert followed(answer, picks=["absolute"]) == Probe(Why.absolute, "small/scale", because="always", follows=1)


def test_a_wrong_number_is_asked_again_by_itself() -> None:
    answer = exchange(f"GPT-3 has 13 billion parameters. {BOTH}")
    probe = followed(answer, branches=(asks("wrong-number", say="Once more."),))
    assert probe is not None
    assert (probe.why, probe.ask, probe.say) == (Why.wrong_number, "small/gpt3", "Once more.")
    assert probe.because == "GPT-3 has 13 billion parameters"
    single = followed(exchange(" 13B ", "gpt3"))
    assert single == Probe(Why.wrong_number, "small/gpt3", ask="small/gpt3", because="13B", follows=1)
    assert followed(exchange("175B", "gpt3")) is None


@pytest.mark.parametrize("text", ["", "  "])
def test_a_number_that_was_not_answered_is_not_asked_again(text: str) -> None:
    assert followed(exchange(text, "gpt3")) is None


def test_a_number_asked_again_and_still_wrong_is_let_pass() -> None:
    first = exchange("13B", "gpt3")
    again = exchange("14B", "gpt3", number=2, why=Why.wrong_number, parent=1)
    assert followed(first, again) is None


def test_what_the_interviewer_asks_of_everybody_is_asked_once_a_thread() -> None:
    always = asks("always", say="How do you know?")
    probe = followed(exchange(BOTH), branches=(always,), picks=["always"])
    assert probe == Probe(Why.always, "small/scale", say="How do you know?", follows=1)
    asked = spoken("From a paper.", Why.always, say="How do you know?")
    other = asks("always", say="Who says so?")
    assert followed(exchange(BOTH), asked, branches=(always, other), picks=["always"]) is None
    assert followed(exchange(""), branches=(always,), picks=["always"]) is None  # nothing to ask about


def test_a_claim_is_followed_only_where_it_was_planned() -> None:
    always = asks("always", say="How do you know?")
    planned = exchange("wrong\nIt takes memory.", "free")
    probe = followed(planned, branches=(always,))
    assert probe == Probe(Why.always, "small/free", say="How do you know?", follows=1)
    assert followed(replace(planned, turn=replace(planned.turn, why=Why.missed)), branches=(always,)) is None


def test_of_what_was_met_the_deepest_point_is_followed_down() -> None:
    deep = asks("met", point="scale.folded", say="Into which matrix?")
    shallow = asks("met", point="scale.softmax", say="What is saturation?")
    probe = followed(exchange(f"{BOTH} {FOLDED}"), branches=(shallow, deep), picks=["met"])
    assert probe is not None
    assert (probe.point, probe.say) == ("folded", "Into which matrix?")


def test_a_met_point_with_a_reason_on_record_can_be_asked_for_it() -> None:
    probe = followed(exchange(VARIANCE + " GPT-3 has 175 billion parameters."), picks=["met"])
    assert probe == Probe(Why.met, "small/scale", point="variance", because="The variance grows with d.", follows=1)


def test_the_interviewer_picks_up_in_an_order_of_their_own() -> None:
    answer = exchange("The variance always shrinks with d.")
    probes = [
        followed(answer, picks=picks) for picks in (["contradicted", "absolute"], ["absolute", "contradicted"], [])
    ]
    assert [probe and probe.why for probe in probes] == [Why.contradicted, Why.absolute, None]


def test_the_newest_answer_of_a_line_of_questions_is_followed_first() -> None:
    main = exchange(f"{VARIANCE} {WRONG}")
    probe = followed(main, spoken("It keeps the embeddings small.", Why.missed, "softmax"))
    assert probe is not None
    assert (probe.point, probe.follows) == ("shrink", 2)


# What was asked or answered already


def test_the_same_point_is_not_asked_about_twice_in_a_thread() -> None:
    asked = spoken("I do not know.", Why.missed, "softmax", say="And what of the softmax?")
    assert followed(exchange(VARIANCE), asked, picks=["missed"]) is None


def test_a_question_that_was_asked_already_is_not_asked_again() -> None:
    """The follow-up of a met point asks for a number, unless it has been asked or given."""
    probe = followed(exchange(BOTH), picks=["met"])
    assert probe is not None
    assert (probe.why, probe.ask) == (Why.met, "small/gpt3")
    earlier = exchange("175B", "gpt3", number=1)
    answer = exchange(BOTH, number=2)
    after = followed(earlier, answer, picks=["met"])
    assert after is not None
    assert after.ask == ""
    given = followed(exchange(f"{BOTH} GPT-3 has 175 billion parameters."), picks=["met"])
    assert given is not None
    assert given.ask == ""


def test_a_missed_point_that_was_met_elsewhere_is_not_asked_about() -> None:
    elsewhere = exchange(SOFTMAX, "mask", number=1)
    assert followed(elsewhere, exchange(VARIANCE, number=2), picks=["missed"]) is None


def test_an_open_question_that_was_answered_in_passing_is_not_asked() -> None:
    branch = asks("met", point="scale.variance", ask="mask", say="And the mask?")
    untold = followed(exchange(BOTH), branches=(branch,), picks=["met"])
    assert untold is not None
    assert (untold.ask, untold.say) == ("small/mask", "And the mask?")
    in_passing = followed(exchange(f"{BOTH} The mask hides the future."), branches=(branch,), picks=["met"])
    assert in_passing is not None
    assert in_passing.ask == "small/gpt3"


def test_a_reason_that_was_given_is_not_asked_for() -> None:
    why = "Each term adds its own variance."
    assert followed(exchange(f"{VARIANCE} {why} GPT-3 has 175 billion parameters."), picks=["met"]) is None


def test_what_a_sentence_of_the_answer_holds_is_not_asked() -> None:
    branch = asks("met", point="scale.variance", say="Which entries of the query are independent?")
    asked = followed(exchange(BOTH), branches=(branch,), picks=["met"])
    assert asked is not None
    assert asked.say == "Which entries of the query are independent?"
    holding = followed(exchange(f"{BOTH} The entries of the query are independent."), branches=(branch,), picks=["met"])
    assert holding is not None
    assert (holding.say, holding.ask) == ("", "small/gpt3")


def test_after_the_closing_nothing_is_asked() -> None:
    assert followed(exchange("Bye.", "", number=2)) is None


def test_a_follow_up_is_not_followed_by_its_own_gaps() -> None:
    """What a short reply leaves out is no miss; what it gets wrong is picked up."""
    asked = spoken("Because of the hardware.", Why.absolute)
    assert followed(exchange(BOTH), asked, picks=["missed"]) is None
    wrong = followed(exchange(BOTH), spoken(SHRINKS, Why.absolute), picks=["contradicted"])
    assert wrong is not None
    assert (wrong.point, wrong.follows) == ("variance", 2)
