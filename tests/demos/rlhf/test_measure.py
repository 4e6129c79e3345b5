"""The demo rlhf, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, training
from llmquiz.demos.rlhf import findings, four_letters, policies, train
from llmquiz.demos.rlhf import language as toy
from llmquiz.demos.rlhf import measure as rlhf
from llmquiz.demos.rlhf.train import TRAINING

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> rlhf.Result:
    found = quick_run("rlhf").result
    assert isinstance(found, rlhf.Result)
    return found


@pytest.fixture
def sft() -> Any:
    return training.trained(TRAINING, "sft")


def _holds(claim: str, result: rlhf.Result, **changes: Any) -> bool | None:
    return rlhf.CLAIMS[claim](replace(result, **changes)).holds


def _as(result: rlhf.Result, **others: str) -> tuple[rlhf.Policy, ...]:
    """The policies, some measured as if they were others."""
    names = {name.replace("_", "-"): other for name, other in others.items()}
    return tuple(replace(rlhf.of(result, names.get(p.name, p.name)), name=p.name) for p in result.policies)


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


# the language


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("yesterday the kind cat followed some dogs .", True),
        ("tomorrow a cat will see the old old old friends .", True),
        ("often the birds like a child .", True),
        ("often the birds likes a child .", False),
        ("yesterday the cat sees a child .", False),
        ("tomorrow the cat see a child .", False),
        ("today a cats see a child .", False),
        ("today some cat sees a child .", False),
        ("today the kind kind kind kind cat sees a child .", False),
        ("today the kind sees a child .", False),
        ("the cat sees a child .", False),
        ("today the cat sees a child", False),
        ("today the cat sees a child . .", False),
        ("today the cat sees a child dog .", False),
        ("today", False),
        ("", False),
    ],
)
def test_the_grammar_tells_sentences_from_near_misses(text: str, right: bool) -> None:
    assert toy.grammatical(text.split()) is right


def test_sentences_are_grammatical_and_their_reward_is_counted() -> None:
    ids = toy.sentences(300, _generator())
    texts = [toy.words(row) for row in ids]
    assert all(map(toy.grammatical, texts))
    by_hand = [sum((w in toy.HAPPY) - (w in toy.SAD) for w in text) for text in texts]
    assert toy.reward(ids).tolist() == by_hand
    assert {len(text) for text in texts} == set(range(7, 15))
    assert toy.told(ids).sum(1).tolist() == [len(text) - 1 for text in texts]


# the methods


def test_what_is_to_come_is_the_reward_less_the_penalties_from_here_on() -> None:
    ratio, told = torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[True, True, False]])
    assert train.to_go(torch.tensor([10.0]), ratio, told, 0.5).tolist() == [[8.5, 9.0, 0.0]]


def test_advantages_have_mean_nothing_and_spread_one_at_the_tokens_that_were_written() -> None:
    to_come = torch.tensor([[1.0, 5.0], [3.0, 0.0]])
    told = torch.tensor([[True, True], [True, False]])
    found = train.advantages(to_come, told)
    assert found[:, 0].sum() == pytest.approx(0)
    assert found[:, 1].tolist() == [0, 0]
    assert (found**2).sum() / told.sum() == pytest.approx(1)


def test_a_group_is_judged_by_itself() -> None:
    rewards = torch.arange(2.0 * train.GROUP) ** 2
    told = torch.ones(len(rewards), 3, dtype=torch.bool)
    found = train.in_groups(rewards, told).view(2, train.GROUP, 3)
    assert found.mean(1).abs().max() < 1e-6
    assert found.std(1).sub(1).abs().max() < 1e-3
    assert train.in_groups(torch.ones(train.GROUP), told[: train.GROUP]).abs().max() == 0


@pytest.mark.parametrize(
    ("ratio", "advantage", "slope"), [(1.3, 1.0, 0.0), (1.1, 1.0, 1.1), (0.7, -1.0, 0.0), (0.7, 1.0, 0.7)]
)
def test_the_clip_takes_the_gradient_only_from_what_has_gone_far_enough(
    ratio: float, advantage: float, slope: float
) -> None:
    new = torch.tensor(math.log(ratio), requires_grad=True)
    train.clipped(new, torch.tensor(0.0), torch.tensor(advantage)).backward()
    assert float(new.grad) == pytest.approx(slope)


def test_a_pair_is_won_mostly_by_the_larger_reward_and_dpo_starts_at_a_coin_toss(sft: Any) -> None:
    chosen, rejected, *_ = train.pairs(sft, _generator())
    ahead = toy.reward(chosen) - toy.reward(rejected)
    by_chance = torch.sigmoid(ahead.abs())[ahead != 0].mean()
    assert (ahead > 0).sum() / (ahead != 0).sum() == pytest.approx(float(by_chance), abs=0.03)
    assert torch.equal(chosen[:, 0], rejected[:, 0])
    fresh = train.build("dpo", 0)
    assert float(train.loss("dpo", fresh, _generator(), 0.0)) == pytest.approx(math.log(2), abs=1e-5)


def test_texts_are_drawn_as_often_as_the_policy_says(sft: Any) -> None:
    ids = torch.full((6000,), toy.ID["today"])
    drawn = policies.sample(sft, ids, _generator())[:, 1].bincount(minlength=len(toy.WORDS)) / 6000
    said = sft(ids[:1, None]).logits[0, -1].softmax(-1)
    assert (drawn - said).abs().max() < 0.02


def test_the_divergence_is_what_the_log_ratio_is_on_average(sft: Any) -> None:
    ppo = training.trained(TRAINING, "ppo")
    ids = policies.sample(ppo, policies.prompts(100), _generator())
    ratio = (policies.log_probabilities(ppo, ids) - policies.log_probabilities(sft, ids)).sum(1)
    assert policies.divergence(ppo, sft, ids).mean() == pytest.approx(float(ratio.mean()), abs=0.4)
    assert policies.divergence(sft, sft, ids).abs().max() == 0


@pytest.mark.training
@pytest.mark.parametrize("name", ["ppo", "grpo"])
def test_a_short_run_raises_the_reward_and_notes_its_course(name: str) -> None:
    _, run = training.train(TRAINING, name, seed=3, steps=48)
    assert set(run.course) == {"reward", "kl", "ungrammatical", "kept"}
    assert run.course["kl"][0] == 0
    assert run.course["reward"][-1] > run.course["reward"][0] + 0.7


# the claims


def test_steps_that_forget_the_text_are_not_one_pass(
    result: rlhf.Result, sft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = toy.sentences(4, _generator())
    whole = policies.log_probabilities(sft, ids)
    assert _holds("one-pass", result) is True
    assert (findings.one_by_one(sft, ids) - whole).sum(1).abs().max() < rlhf.ROUNDING
    forward = type(sft).forward
    monkeypatch.setattr(type(sft), "forward", lambda self, x, **_: forward(self, x, use_cache=False))
    gap = (findings.one_by_one(sft, ids) - whole).sum(1).abs().max()
    assert _holds("one-pass", result, likelihood_gap=float(gap)) is False


def test_a_reward_on_the_way_or_a_penalty_left_out_is_another_process(result: rlhf.Result) -> None:
    first, *others = result.steps
    assert _holds("decision-process", result) is True
    assert _holds("decision-process", result, steps=(replace(first, reward=1.0), *others)) is False
    assert _holds("decision-process", result, steps=(replace(first, penalty=first.penalty + 0.01), *others)) is False
    assert "".join(step.state.split()[-1] for step in others) == "".join(step.action for step in result.steps[:-1])


def test_without_a_second_pass_nothing_leaves_the_clip(
    result: rlhf.Result, sft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _holds("first-step", result) is True
    monkeypatch.setattr(train, "PASSES", 1)
    assert _holds("first-step", result, clipping=findings.clipping(sft, 0)) is False
    monkeypatch.undo()
    monkeypatch.setattr(train, "clipped", lambda new, old, advantage: (new - old).exp() * advantage.abs())
    assert _holds("first-step", result, clipping=findings.clipping(sft, 0)) is False


def test_the_sheet_would_be_right_if_reward_alone_kept_the_grammar(result: rlhf.Result) -> None:
    assert _holds("reward-alone", result) is False
    assert _holds("reward-alone", result, policies=_as(result, ppo_free="ppo", ppo="sft")) is True


def test_a_run_that_goes_on_earning_with_good_texts_does_not_turn_over(result: rlhf.Result) -> None:
    good = tuple(replace(course, kept=course.reward) for course in result.courses)
    assert _holds("turns-over", result) is True
    assert _holds("turns-over", result, courses=good) is False
    assert _holds("turns-over", result, courses=(*result.courses[:2], good[2])) is False


@pytest.mark.parametrize("name", rlhf.PENALIZED)
@pytest.mark.parametrize("like", ["ppo-free", "sft"])
def test_losing_the_grammar_or_gaining_nothing_is_noticed_in_every_method(
    result: rlhf.Result, name: str, like: str
) -> None:
    assert _holds("penalty-keeps", result) is True
    assert _holds("penalty-keeps", result, policies=_as(result, **{name: like})) is False


def test_more_than_is_possible_and_less_than_was_reached_are_noticed(result: rlhf.Result) -> None:
    assert _holds("best-possible", result) is True
    assert _holds("best-possible", result, policies=_as(result, ppo="sft")) is False
    lucky = tuple(replace(one, reward=one.reward + 1) for one in result.best_of)
    assert _holds("best-possible", result, best_of=lucky) is False


def test_the_best_policy_is_the_reference_times_the_exponential_of_its_reward() -> None:
    """Two texts, one of them drawn three times as often: by hand."""
    rewards, even = torch.tensor([[1.0, 0.0, 0.0, 0.0]]).double(), torch.zeros(1, 4).double()
    found = findings._optimum(0.5, rewards, even)
    p = math.exp(2) / (math.exp(2) + 3)
    assert found.reward == pytest.approx(p)
    assert found.kl == pytest.approx(p * math.log(4 * p) + (1 - p) * math.log(4 / 3 * (1 - p)))
    weighed = findings._optimum(0.5, torch.tensor([[1.0, 0.0]]).double(), torch.tensor([[1.0, 3.0]]).double().log())
    assert (weighed.reward, weighed.kl) == pytest.approx((found.reward, found.kl))


def test_best_of_n_of_rewards_that_all_differ_reaches_the_bound_and_of_equal_ones_goes_nowhere(
    result: rlhf.Result,
) -> None:
    right = torch.ones(1, 20_000)
    apart = findings.best_of(4, torch.arange(20_000.0)[None], right)
    assert apart.kl == pytest.approx(apart.bound, abs=1e-3)
    assert apart.reward == pytest.approx(20_000 * 4 / 5, rel=1e-3)
    assert findings.best_of(4, torch.zeros(1, 20_000), right).kl == pytest.approx(0)
    assert _holds("best-of-n", result) is True
    beyond = tuple(replace(one, kl=one.bound + 0.1) for one in result.best_of)
    assert _holds("best-of-n", result, best_of=beyond) is False
    assert _holds("best-of-n", result, best_of=result.best_of[::-1]) is False


def test_the_sheet_would_be_right_if_the_encoder_decoder_gained_nothing(result: rlhf.Result) -> None:
    assert _holds("needs-decoder-only", result) is False
    assert _holds("needs-decoder-only", result, policies=_as(result, ppo_t5="sft-t5")) is True


# likelihoods


def _letters_of(causal: Any, masked: Any) -> four_letters.Letters:
    return four_letters.found(causal, masked)


def test_a_causal_model_that_sees_the_letter_it_predicts_does_not_sum_to_one(
    result: rlhf.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    causal, masked = (training.trained(TRAINING, name) for name in ("causal", "masked"))
    assert _holds("sums-to-one", result) is True
    forward = type(causal).forward

    def both_ways(self: Any, ids: Any, **options: Any) -> Any:
        everything = torch.zeros(len(ids), 1, ids.shape[1], ids.shape[1])
        shifted = torch.cat((ids[:, 1:], ids[:, :1]), 1)
        return forward(self, shifted, attention_mask=everything, **options)

    monkeypatch.setattr(type(causal), "forward", both_ways)
    assert _holds("sums-to-one", result, letters=_letters_of(causal, masked)) is False


def test_an_untrained_masked_model_says_little_and_writes_nothing_right(result: rlhf.Result) -> None:
    untrained = _letters_of(training.trained(TRAINING, "causal"), four_letters.build("masked", 0))
    assert _holds("pseudo", result) is True
    assert _holds("pseudo", result, letters=untrained) is False
    assert _holds("no-generation", result) is False
    assert _holds("no-generation", result, letters=untrained) is True


def test_letters_that_are_not_hidden_make_no_distribution(result: rlhf.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    one_hidden = four_letters._letter
    monkeypatch.setattr(four_letters, "_letter", lambda model, ids, place, _: one_hidden(model, ids, place, [place]))
    found = _letters_of(*(training.trained(TRAINING, name) for name in ("causal", "masked")))
    assert _holds("no-generation", result, letters=found) is True
