"""The demo speculative, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, training
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.speculative import agreement, distribution, language, speed
from llmquiz.demos.speculative.decoding import (
    AcceptanceRule,
    DraftedText,
    Sampling,
    faithful,
    lenient,
    speculations,
)
from llmquiz.demos.speculative.result import USUAL_GAMMA, ChiSquareTest, Result
from llmquiz.demos.speculative.train import TRAINING, figures
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT: Result = recorded("speculative")
GOOD_FIT = ChiSquareTest(100, 10.0, 10, 0.44)


@pytest.fixture
def models() -> tuple[Any, Any]:
    """Target and draft."""
    target, draft = training.models(TRAINING, "target", "draft", device="cpu", dtype="float32").values()
    return target, draft


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("speculative", claim, changed(RESULT, values))


def _prompts(count: int = 2) -> list[Any]:
    return language.prompts(count, 2, seed=5)


def _sampling() -> Sampling:
    return Sampling(torch.Generator().manual_seed(0))


@pytest.mark.breaks("same-tokens")
def test_a_target_that_does_not_forget_refused_tokens_writes_another_text(
    models: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check() -> bool | None:
        return _finding("same-tokens", greedy=agreement.greedy_match(speculations(*models, _prompts()), (1, 4)))

    assert check() is True
    forget = Decoder.rewind

    def forgetful(self: Decoder, position: int = 0) -> None:
        """Keeps one token too many."""
        forget(self, min(self.position, position + 1) if position > 20 else position)

    monkeypatch.setattr(Decoder, "rewind", forgetful)
    assert check() is False


class Afresh(Sampling):
    """After a refusal the token is drawn from the target's whole distribution, not from what the draft left over."""

    def check(self, logits: Any, proposals: Any, drafts: Any) -> tuple[int, Any]:
        accepted, following = super().check(logits, proposals, drafts)
        if accepted < len(proposals):
            following = self.draw(logits[accepted : accepted + 1].softmax(-1))
        return accepted, following


class OneRowBefore(Sampling):
    """The token behind the proposals is drawn from the distribution of the place before it."""

    def check(self, logits: Any, proposals: Any, drafts: Any) -> tuple[int, Any]:
        return super().check(torch.cat((logits[:-1], logits[-2:-1])), proposals, drafts)


def _always(p: Any, _q: Any, _u: Any) -> Any:
    return p >= 0


def _half(p: Any, q: Any, u: Any) -> Any:
    """Refuses half of what should be accepted."""
    return 2 * u * q < p


@pytest.mark.breaks("same-law")
@pytest.mark.parametrize(
    ("sampling", "rule", "holds"),
    [
        (Sampling, faithful, True),
        (Afresh, faithful, False),
        (OneRowBefore, faithful, False),
        (Sampling, _always, False),
        (Sampling, _half, False),
    ],
)
def test_another_rule_gives_another_distribution(
    sampling: type[Sampling], rule: AcceptanceRule, holds: bool, models: tuple[Any, Any]
) -> None:
    target, draft = models
    strategy = sampling(torch.Generator().manual_seed(1), rule)
    pairs = distribution.revealing_pairs(target, draft, 2, seed=0)
    exact = [distribution.exact_first_two(target, pair.prompt) for pair in pairs]
    fits = tuple(
        distribution.sampled_first_two(pair, probs, gamma=gamma, runs=300, strategy=strategy)
        for pair, probs, gamma in zip(pairs, exact, (1, 2), strict=True)
    )
    assert _finding("same-law", fits=fits, every_token=GOOD_FIT) is holds


@pytest.mark.breaks("same-law")
@pytest.mark.parametrize(
    ("sampling", "rule", "holds"),
    [(Sampling, faithful, True), (OneRowBefore, faithful, False), (Sampling, _always, False), (Sampling, _half, False)],
)
def test_another_rule_is_noticed_in_long_texts(
    sampling: type[Sampling], rule: AcceptanceRule, holds: bool, models: tuple[Any, Any]
) -> None:
    strategy = sampling(torch.Generator().manual_seed(1), rule)
    texts = [pair.together(48, 4, strategy) for pair in speculations(*models, _prompts(24))]
    every_token = distribution.every_token(*models, texts, seed=0)
    assert _finding("same-law", fits=(GOOD_FIT,), every_token=every_token) is holds


@pytest.mark.breaks("other-rule")
@pytest.mark.parametrize(("rule", "holds"), [(lenient, True), (faithful, False)])
def test_the_control_is_noticed_for_its_rule_alone(rule: AcceptanceRule, holds: bool, models: tuple[Any, Any]) -> None:
    pairs = distribution.revealing_pairs(*models, 2, seed=0)
    exact = [distribution.exact_first_two(models[0], pair.prompt) for pair in pairs]
    fits = distribution.first_two_tests(pairs, exact, 200, 0, rule)
    assert _finding("other-rule", fits_lenient=fits) is holds


@pytest.mark.breaks("overlap-is-acceptance")
def test_a_draft_that_does_not_forget_refused_tokens_is_accepted_less_than_its_overlap(
    models: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is right all the same."""
    target, draft = models

    def texts() -> list[DraftedText]:
        return [pair.together(48, 4, _sampling()) for pair in speculations(target, draft, _prompts(40))]

    checked = agreement.acceptance(target, draft, texts())
    assert _finding("overlap-is-acceptance", checked=checked) is True
    width = Decoder(draft, length=1).head.shape[1]
    forget = Decoder.rewind
    monkeypatch.setattr(
        Decoder,
        "rewind",
        lambda self, position=0: None if self.head.shape[1] == width and position > 20 else forget(self, position),
    )
    confused = agreement.acceptance(target, draft, texts())
    assert _finding("overlap-is-acceptance", checked=confused) is False
    assert confused.errors < 0


@pytest.mark.breaks("target-is-better")
def test_a_draft_in_the_place_of_the_target_is_no_better(models: tuple[Any, Any]) -> None:
    target, draft = (figures("target", model)["test loss"] for model in models)
    assert _finding("target-is-better", target_loss=target) is True
    assert _finding("target-is-better", target_loss=draft) is False


@pytest.mark.breaks("refused-at-colors")
def test_a_draft_that_knows_the_colors_is_not_refused_there(models: tuple[Any, Any]) -> None:
    """The target as its own draft agrees everywhere."""
    target, draft = models
    assert _finding("refused-at-colors", overlap=agreement.overlap(target, draft, draft, _prompts(), 0)) is True
    assert _finding("refused-at-colors", overlap=agreement.overlap(target, target, draft, _prompts(), 0)) is False


@pytest.mark.breaks("pays", "bad-draft", "tokens-by-formula")
def test_with_the_drafts_exchanged_the_one_pays_and_the_other_does_not(models: tuple[Any, Any]) -> None:
    target, draft = models
    trained, untrained = (speculations(target, model, _prompts()) for model in (draft, TRAINING.build("draft", 0)))
    race = speed.race(untrained, trained, (USUAL_GAMMA,), rounds=3, device="cpu", seed=0)
    assert _finding("tokens-by-formula", ways=(race.untrained,)) is True
    assert _finding("tokens-by-formula", ways=race.ways) is False
    assert _finding("pays", ways=race.ways) is False
    assert _finding("bad-draft") is True
    assert _finding("bad-draft", untrained=race.untrained) is not True, "whose gain may be too noisy to be judged"


def test_the_users_prompt_is_written_on(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("speculative", words_of("speculative"), device="cpu", quick=True, text="emma has a blue boat .")
    assert outcome.result.sample.prompt == "emma has a blue boat ."
    assert outcome.result.greedy.equal == outcome.result.greedy.tokens
