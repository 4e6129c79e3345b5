"""The demo speculative, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import GenerationConfig

from llmquiz.demos.lab import demo, training
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.speculative import findings, language, parts, speed
from llmquiz.demos.speculative import measure as speculative
from llmquiz.demos.speculative.decoding import Greedy, Rule, Sampling, Written, faithful
from llmquiz.demos.speculative.findings import Fit
from llmquiz.demos.speculative.train import TRAINING, figures
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

GOOD = Fit(100, 10.0, 10, 0.44)


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> speculative.Result:
    found = quick_run("speculative").result
    assert isinstance(found, speculative.Result)
    return found


@pytest.fixture
def models() -> tuple[Any, Any]:
    """Target and draft."""
    target, draft = training.models(TRAINING, "target", "draft", device="cpu", dtype="float32").values()
    return target, draft


def _finding(claim: str, result: speculative.Result, **changes: Any) -> bool | None:
    return speculative.CLAIMS[claim](replace(result, **changes)).holds


def _prompts(count: int = 2) -> list[Any]:
    return language.prompts(count, 2, seed=5)


def _law() -> Sampling:
    return Sampling(torch.Generator().manual_seed(0))


def test_a_target_that_does_not_forget_refused_tokens_writes_another_text(
    result: speculative.Result, models: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check() -> bool | None:
        pairs = parts.pairs(*models, _prompts())
        return _finding("same-tokens", result, greedy=parts.same_greedily(pairs, (1, 4)))

    assert check() is True
    forget = Decoder.rewind

    def forgetful(self: Decoder, position: int = 0) -> None:
        """Keeps one token too many."""
        forget(self, min(self.position, position + 1) if position > 20 else position)

    monkeypatch.setattr(Decoder, "rewind", forgetful)
    assert check() is False


def test_one_token_that_differs_is_noticed(result: speculative.Result) -> None:
    other = replace(result.greedy_untrained, equal=result.greedy_untrained.tokens - 1)
    assert _finding("same-tokens", result, greedy_untrained=other) is False
    assert _finding("same-tokens", result, greedy=other) is False
    assert _finding("same-tokens", result, greedy=other, dtype="bfloat16") is None


class Afresh(Sampling):
    """After a refusal the token is drawn from the target's whole distribution, not from what the draft left over."""

    def check(self, logits: Any, proposals: Any, drafts: Any) -> tuple[int, Any]:
        stay, following = super().check(logits, proposals, drafts)
        return (stay, following) if stay == len(proposals) else (stay, self.draw(logits[stay : stay + 1].softmax(-1)))


class OneRowBefore(Sampling):
    """The token behind the proposals is drawn from the distribution of the place before it."""

    def check(self, logits: Any, proposals: Any, drafts: Any) -> tuple[int, Any]:
        return super().check(torch.cat((logits[:-1], logits[-2:-1])), proposals, drafts)


def _always(p: Any, _q: Any, _u: Any) -> Any:
    return p >= 0


def _half(p: Any, q: Any, u: Any) -> Any:
    """Refuses half of what should stay."""
    return 2 * u * q < p


@pytest.mark.parametrize(
    ("law", "rule", "holds"),
    [
        (Sampling, faithful, True),
        (Afresh, faithful, False),
        (OneRowBefore, faithful, False),
        (Sampling, _always, False),
        (Sampling, _half, False),
    ],
)
def test_another_rule_gives_another_distribution(
    law: type[Sampling], rule: Rule, holds: bool, result: speculative.Result, models: tuple[Any, Any]
) -> None:
    target, draft = models
    chosen = law(torch.Generator().manual_seed(1), rule)
    pairs = parts.tested(target, draft, 2, seed=0)
    exact = [findings.first_two(target, pair.prompt) for pair in pairs]
    fits = tuple(
        findings.two_tokens(pair, probs, gamma=gamma, runs=300, law=chosen)
        for pair, probs, gamma in zip(pairs, exact, (1, 2), strict=True)
    )
    assert _finding("same-law", result, fits=fits, every_token=GOOD) is holds


@pytest.mark.parametrize(
    ("law", "rule", "holds"),
    [(Sampling, faithful, True), (OneRowBefore, faithful, False), (Sampling, _always, False), (Sampling, _half, False)],
)
def test_another_rule_is_noticed_in_long_texts(
    law: type[Sampling], rule: Rule, holds: bool, result: speculative.Result, models: tuple[Any, Any]
) -> None:
    chosen = law(torch.Generator().manual_seed(1), rule)
    texts = [pair.together(48, 4, chosen) for pair in parts.pairs(*models, _prompts(24))]
    every = findings.every_token(*models, texts, seed=0)
    assert _finding("same-law", result, fits=(GOOD,), every_token=every) is holds


def test_the_control_must_be_noticed_everywhere(result: speculative.Result) -> None:
    assert _finding("other-rule", result) is True
    assert _finding("other-rule", result, fits_lenient=result.fits) is False
    assert _finding("other-rule", result, fits_lenient=(*result.fits_lenient, GOOD)) is False


def test_p_values_are_corrected_for_their_number(result: speculative.Result) -> None:
    rare = replace(GOOD, p_value=0.002)
    assert _finding("same-law", result, fits=(rare,), every_token=GOOD) is True
    assert _finding("same-law", result, fits=(replace(GOOD, p_value=0.0002), *[GOOD] * 2), every_token=GOOD) is False
    assert _finding("same-law", result, fits=(replace(GOOD, p_value=0.0),), every_token=GOOD, dtype="bfloat16") is None


@pytest.mark.parametrize(
    ("counts", "probs", "chi_square", "freedom", "p_value"),
    [
        ([50, 50], [0.5, 0.5], 0.0, 1, 1.0),
        ([60, 40], [0.5, 0.5], 4.0, 1, 0.0455),
        ([25, 25, 25, 25], [0.4, 0.3, 0.2, 0.1], 30.2083, 3, 1.25e-6),
        ([60, 38, 1, 1], [0.5, 0.48, 0.01, 0.01], 4.0, 1, 0.0455),  # rare outcomes join the rarest of the others
        ([60, 30, 5, 5], [0.6, 0.3, 0.05, 0.05], 0.0, 3, 1.0),
    ],
)
def test_the_chi_square_test(
    counts: list[int], probs: list[float], chi_square: float, freedom: int, p_value: float
) -> None:
    fit = findings.chi_square(torch.tensor(counts), torch.tensor(probs))
    assert fit.freedom == freedom
    assert fit.chi_square == pytest.approx(chi_square, abs=1e-3)
    assert fit.p_value == pytest.approx(p_value, rel=0.01)


def test_the_exact_law_adds_up_and_is_the_models_own(models: tuple[Any, Any]) -> None:
    (prompt,) = _prompts(1)
    probs = findings.first_two(models[0], prompt)
    assert float(probs.sum()) == pytest.approx(1, abs=1e-6)
    alone = models[0](prompt).logits[0, -1].softmax(-1)
    torch.testing.assert_close(probs.sum(1).float(), alone, rtol=1e-4, atol=1e-6)


def test_a_draft_that_does_not_forget_refused_tokens_is_accepted_less_than_its_overlap(
    result: speculative.Result, models: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is right all the same."""
    target, draft = models

    def texts() -> list[Written]:
        return [pair.together(48, 4, _law()) for pair in parts.pairs(target, draft, _prompts(40))]

    checked = findings.acceptance(target, draft, texts())
    assert _finding("overlap-is-acceptance", result, checked=checked) is True
    width = Decoder(draft, length=1).head.shape[1]
    forget = Decoder.rewind
    monkeypatch.setattr(
        Decoder,
        "rewind",
        lambda self, position=0: None if self.head.shape[1] == width and position > 20 else forget(self, position),
    )
    confused = findings.acceptance(target, draft, texts())
    assert _finding("overlap-is-acceptance", result, checked=confused) is False
    assert confused.errors < 0


def test_the_target_as_its_own_draft_is_always_accepted(models: tuple[Any, Any]) -> None:
    target, _ = models
    (pair,) = parts.pairs(target, target, _prompts(1))
    written = pair.together(40, 4, _law())
    assert written.stayed == (4,) * 8
    assert written.tokens.shape == (1, 40)


@pytest.mark.parametrize(
    ("stayed", "checked"),
    [
        ((0,), [(0, False)]),
        ((2,), [(0, True), (1, True)]),
        ((1, 2), [(0, True), (1, False), (2, True), (3, True)]),
    ],
)
def test_what_is_behind_a_refusal_was_not_checked(stayed: tuple[int, ...], checked: list[tuple[int, bool]]) -> None:
    assert Written(torch.zeros(1, 1), torch.zeros(1, 8), stayed, gamma=2).checked == checked


def test_the_words_of_the_target_are_marked() -> None:
    ids = language.ids_of(["anna", "flies", "the", "red", "kite", "."])
    text = parts.sample(Written(language.ids_of([".", "anna"]), ids, (2, 1, 0), gamma=2))
    assert (text.prompt, text.own) == ("anna", (2, 4, 5))
    from llmquiz.demos.speculative.draw import marked

    assert marked(text) == "anna | anna flies [the] red [kite] [.]"


@pytest.mark.parametrize("gamma", [1, 3, 7])
def test_transformers_assisted_generation_writes_the_same(gamma: int, models: tuple[Any, Any]) -> None:
    target, draft = models
    draft.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        num_assistant_tokens=gamma, num_assistant_tokens_schedule="constant"
    )
    for prompt in _prompts():
        (pair,) = parts.pairs(target, draft, [prompt])
        settings = GenerationConfig(max_new_tokens=40, do_sample=False, use_cache=True)  # type: ignore[no-untyped-call]
        theirs = target.generate(
            prompt, attention_mask=torch.ones_like(prompt), generation_config=settings, assistant_model=draft
        )
        ours = pair.together(40, gamma, Greedy()).tokens[:, :40]
        assert torch.equal(theirs[:, prompt.shape[1] :], ours)


def test_the_bare_loop_sees_every_position_as_the_class_does(models: tuple[Any, Any]) -> None:
    target, _ = models
    ids = language.texts(1, 24, torch.Generator().manual_seed(0))
    decoder = Decoder(target, length=24)
    decoder(ids[:, :16])
    torch.testing.assert_close(decoder.every(ids[:, 16:]), target(ids).logits[:, 16:], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("alpha", "gamma", "tokens"), [(0, 4, 1), (1, 4, 5), (0.5, 1, 1.5), (0.8, 4, 3.3616), (0.8, 0, 1)]
)
def test_tokens_a_call(alpha: float, gamma: int, tokens: float) -> None:
    assert speed.per_call(alpha, gamma) == pytest.approx(tokens)


def test_the_formula_of_the_speed_up() -> None:
    assert speed.speedup(0.8, 4, 0.1) == pytest.approx(3.3616 / 1.4)
    assert speed.speedup(0.8, 4, 0.1, 2.0) == pytest.approx(3.3616 / 2.4)
    assert speed.speedup(1, 4, 1) == 1, "the target as its own draft gains nothing"


def test_the_calls_of_an_untrained_draft_are_not_those_of_the_formula(result: speculative.Result) -> None:
    usual = next(way for way in result.ways if way.gamma == parts.USUAL)
    ways = tuple(result.untrained if way is usual else way for way in result.ways)
    assert _finding("tokens-by-formula", result) is True
    assert _finding("tokens-by-formula", result, ways=ways) is False
    assert _finding("tokens-by-formula", result, acceptance=result.overlap.untrained) is False


def test_a_target_no_better_than_its_draft_is_noticed(result: speculative.Result, models: tuple[Any, Any]) -> None:
    assert _finding("target-is-better", result) is True
    assert _finding("target-is-better", result, target_loss=figures("target", models[1])["test loss"]) is False
    worse = replace(result.seeds[2], target_loss=result.seeds[2].draft_loss)
    assert _finding("target-is-better", result, seeds=(*result.seeds[:2], worse)) is False


def test_another_word_that_is_refused_more_is_noticed(result: speculative.Result) -> None:
    swapped = {"colors": "things", "things": "colors"}
    kinds = tuple((swapped.get(kind, kind), value) for kind, value in result.overlap.kinds)
    assert _finding("refused-at-colors", result) is True
    assert _finding("refused-at-colors", result, overlap=replace(result.overlap, kinds=kinds)) is False


def _ratio(*rounds: float) -> Ratio:
    return Ratio(sorted(rounds)[len(rounds) // 2], rounds)


def test_times_are_judged_by_the_rounds(result: speculative.Result) -> None:
    def ways(*rounds: float) -> dict[str, Any]:
        return {"ways": tuple(replace(way, speedup=_ratio(*rounds)) for way in result.ways)}

    def untrained(*rounds: float) -> dict[str, Any]:
        return {"untrained": replace(result.untrained, speedup=_ratio(*rounds))}

    assert _finding("pays", result, **ways(1.4, 1.5, 1.6)) is True
    assert _finding("pays", result, **ways(1.0, 1.0, 1.05)) is False
    assert _finding("pays", result, **ways(1.0, 1.0, 1.05), device="cuda") is None
    assert _finding("pays", result, **ways(1.0, 1.0, 1.2, 1.2, 1.2)) is None
    assert _finding("bad-draft", result, **untrained(0.5, 0.6, 0.7)) is True
    assert _finding("bad-draft", result, **untrained(1.2, 1.3, 1.4)) is False
    assert _finding("bad-draft", result, **untrained(0.9, 0.9, 0.9, 1.1, 1.1)) is None


@pytest.mark.parametrize(
    ("draft", "checks", "holds"),
    [
        ((0.25, 0.25, 0.25), (4.0, 4.2, 4.4), True),
        ((0.05, 0.05, 0.05), (1.6, 1.7, 1.8), False),
        ((0.05, 0.05, 0.05), (1.0, 1.1, 1.2), False),  # no dearer than alone
        ((0.25, 0.25, 0.25, 0.25, 0.25), (2.0, 2.2, 2.8, 4.2, 4.4), None),
    ],
)
def test_a_batch_in_which_drafts_pay_is_noticed(
    result: speculative.Result, draft: tuple[float, ...], checks: tuple[float, ...], holds: bool | None
) -> None:
    alone = replace(result.prices, checks=(_ratio(1.3, 1.3, 1.3),) * len(result.prices.checks))
    batched = replace(result.batched, draft=_ratio(*draft), checks=(_ratio(*checks),))
    assert _finding("batch-eats-it", result, acceptance=0.85, prices=alone, batched=batched) is holds


def test_every_word_has_one_kind() -> None:
    assert Counter(word for kind in language.KINDS.values() for word in kind) == Counter(language.WORDS)


def test_a_color_is_named_again_as_it_was_told() -> None:
    for seed in range(20):
        owned: dict[str, list[str]] = {}
        person = ""
        for sentence in " ".join(islice(language.story(random.Random(seed)), 200)).split(" . ")[:-1]:
            first, *rest = sentence.split()
            if first == "then":
                assert rest.pop(0) == language.PEOPLE[person]
            else:
                person = first
            assert (rest[0] == "has") is (person not in owned)
            assert owned.setdefault(person, rest[2:4]) == rest[2:4]
        assert 1 <= len(owned) <= 3


@pytest.mark.parametrize(
    "text", ["anna has a red kite . ben", "Anna has a red kite. Ben", ". anna has a red kite . ben"]
)
def test_a_beginning_of_ones_own(text: str) -> None:
    ids = language.written(text, 30)
    assert " ".join(language.WORDS[i] for i in ids[0]) == ". anna has a red kite . ben"


@pytest.mark.parametrize(
    ("text", "message"), [("anna has a purple kite", "purple"), ("", "1 to 30"), ("anna " * 31, "1 to 30")]
)
def test_a_beginning_that_the_models_cannot_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(DemoError, match=message):
        language.written(text, 30)


def test_the_users_beginning_is_written_on(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("speculative", words_of("speculative"), device="cpu", quick=True, text="emma has a blue boat .")
    assert outcome.result.sample.prompt == "emma has a blue boat ."
    assert outcome.result.greedy.equal == outcome.result.greedy.tokens
