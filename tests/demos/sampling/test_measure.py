"""The demo sampling, and what becomes of its claims when a method is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import GPT2Config, GPT2LMHeadModel

from llmquiz.demos.lab import demo, run, tiny
from llmquiz.demos.sampling import measure as sampling
from llmquiz.demos.sampling import methods
from llmquiz.demos.sampling.methods import Settings, shaped

pytestmark = pytest.mark.demo
PROBS = torch.tensor([0.4, 0.3, 0.15, 0.1, 0.05])


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> sampling.Result:
    found = quick_run("sampling").result
    assert isinstance(found, sampling.Result)
    return found


def _finding(claim: str, result: sampling.Result, **changes: Any) -> bool | None:
    return sampling.CLAIMS[claim](replace(result, **changes)).holds


def _measured() -> sampling.Result:

    return sampling.measure(device="cpu", dtype="float32", seed=0, quick=True, progress=run.silent)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Settings(), [0.4, 0.3, 0.15, 0.1, 0.05]),
        (Settings(top_k=2), [4 / 7, 3 / 7, 0, 0, 0]),
        (Settings(top_k=9), [0.4, 0.3, 0.15, 0.1, 0.05]),  # more than there are
        (Settings(top_p=0.69), [4 / 7, 3 / 7, 0, 0, 0]),
        (Settings(top_p=0.71), [40 / 85, 30 / 85, 15 / 85, 0, 0]),  # the token that crosses p is kept
        (Settings(top_p=0.1), [1, 0, 0, 0, 0]),  # one is always kept
        (Settings(min_p=0.3), [40 / 85, 30 / 85, 15 / 85, 0, 0]),  # at least 0.12
        (Settings(temperature=0.5), [0.16 / 0.285, 0.09 / 0.285, 0.0225 / 0.285, 0.01 / 0.285, 0.0025 / 0.285]),
        (Settings(temperature=0.5, top_p=0.7), [0.64, 0.36, 0, 0, 0]),  # at 0.5 the mass of two is 0.88
    ],
)
def test_each_method_by_hand(how: Settings, expected: list[float]) -> None:
    for order in ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]):
        found = shaped(PROBS.log()[order], how)
        assert found.tolist() == pytest.approx([expected[i] for i in order], abs=1e-6)


def test_entropy_by_hand() -> None:
    assert methods.entropy(torch.tensor([0.5, 0.25, 0.25, 0.0])) == 1.5
    assert methods.entropy(torch.tensor([1.0, 0.0])) == 0.0


def test_pairs_by_hand() -> None:
    assert methods.distinct_pairs([1, 2, 1, 2, 1]) == 0.5
    assert methods.distinct_pairs([1, 2, 3, 4]) == 1.0


@pytest.mark.parametrize(
    ("broken", "flips"),
    [
        (lambda how: replace(how, temperature=1 / how.temperature), {"generate-agrees", "temperature-spreads"}),
        (lambda how: replace(how, top_k=how.top_k and how.top_k + 5), {"generate-agrees"}),
        (
            lambda how: replace(how, top_p=1.0, top_k=20 if how.top_p < 1 else how.top_k),
            {"generate-agrees", "p-adapts"},
        ),
        (lambda how: replace(how, min_p=0.0), {"generate-agrees", "min-p-cuts-tail"}),
    ],
    ids=["temperature upside down", "k too large", "p is a k", "no min-p"],
)
def test_a_method_that_does_something_else_is_noticed(
    broken: Callable[[Settings], Settings], flips: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = methods.shaped
    for module in (methods, sampling):
        monkeypatch.setattr(module, "shaped", lambda logits, how: right(logits, broken(how)))
    found = _measured()
    assert {claim for claim in flips if sampling.CLAIMS[claim](found).holds is not False} == set()


def test_draws_from_another_distribution_are_noticed(result: sampling.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = torch.multinomial
    monkeypatch.setattr(torch, "multinomial", lambda probs, *args, **how: draw(probs.sqrt(), *args, **how))
    probs = torch.linspace(1, 9, 20).softmax(-1)
    method = replace(result.methods[1], kept=20, distance=methods.distance(probs, result.draws, 0))
    assert _finding("shares-agree", result, methods=(method,)) is False


def test_a_set_that_is_one_token_too_large_is_not_the_smallest(result: sampling.Result) -> None:
    assert _finding("smallest-set", result, mass_without_its_last=0.91, mass_of_top_p=0.95) is False
    assert _finding("smallest-set", result, mass_without_its_last=0.85, mass_of_top_p=0.89) is False


def test_a_cut_before_the_temperature_does_not_depend_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    right = methods.shaped

    def cut_first(logits: Any, how: Settings) -> Any:
        kept = right(logits, replace(how, temperature=1.0)) > 0
        return right(logits.masked_fill(~kept, -torch.inf), Settings(temperature=how.temperature))

    monkeypatch.setattr(methods, "shaped", cut_first)
    monkeypatch.setattr(sampling, "shaped", cut_first)
    assert sampling.CLAIMS["order-of-cuts"](_measured()).holds is False


def test_texts_of_another_method_have_other_probabilities(
    result: sampling.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beams that are samples are less probable; samples that are greedy are not, and repeat themselves."""
    write = methods.write
    monkeypatch.setattr(
        methods,
        "write",
        lambda model, prompt, new, *, texts=1, seed=0, **how: write(
            model, prompt, new, texts=1, seed=seed, do_sample="num_beams" in how
        ),
    )
    found = _measured()
    for claim in ("beam-is-likelier", "likely-is-not-typical", "greedy-repeats"):
        assert (claim, _finding(claim, result), sampling.CLAIMS[claim](found).holds) == (claim, True, False)


def test_the_probability_of_a_text_is_the_product_over_its_tokens() -> None:
    model = tiny.llama(init=0.12)
    prompt, text = tiny.random_tokens(model, 1, 5, seed=0), tiny.random_tokens(model, 1, 4, seed=1)[0]
    expected = 0.0
    for i in range(4):
        logits = model(torch.cat((prompt, text[None, :i]), 1)).logits[0, -1]
        expected += float(logits.log_softmax(-1)[text[i]])
    assert methods.log_probability(model, prompt, text) == pytest.approx(expected, abs=1e-3)


def test_a_checkpoint_with_settings_of_its_own_is_drawn_from_by_ours(tmp_path: Path, words_of: Any) -> None:
    model = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0))
    model.generation_config.update(repetition_penalty=5.0, top_k=3, do_sample=True)
    model.save_pretrained(tmp_path)
    outcome = demo.run(
        "sampling", words_of("sampling"), device="cpu", quick=True, model=str(tmp_path), text="从前有座山"
    )
    claims = {claim.id: claim for claim in outcome.claims}
    assert outcome.result.model.startswith("GPT2LMHeadModel")
    assert outcome.result.prompt == len("从前有座山".encode())
    assert claims["generate-agrees"].holds is True, claims["generate-agrees"].measured
    assert claims["smallest-set"].holds is True
