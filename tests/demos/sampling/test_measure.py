"""The demo sampling, and what becomes of its claims when a method is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import GPT2Config, GPT2LMHeadModel

from llmquiz.demos.lab import demo, run
from llmquiz.demos.sampling import draw_tokens, measure, methods
from llmquiz.demos.sampling.claims import Result
from llmquiz.demos.sampling.methods import Settings
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


def _measured() -> Result:
    return measure.measure(run.Run(quick=True))


@pytest.mark.breaks("generate-agrees", "temperature-spreads", "p-adapts", "min-p-cuts-tail")
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
    monkeypatch.setattr(methods, "shaped", lambda logits, how: right(logits, broken(how)))
    measured = _measured()
    assert {claim for claim in flips if finding(claim, measured) is not False} == set()


@pytest.mark.breaks("shares-agree")
def test_draws_from_another_distribution_are_noticed(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = torch.multinomial
    monkeypatch.setattr(torch, "multinomial", lambda probs, *args, **how: draw(probs.sqrt(), *args, **how))
    probs = torch.linspace(1, 9, 20).softmax(-1)
    method = replace(result.methods[1], kept=20, distance=draw_tokens.distance(probs, result.draws, 0))
    assert finding("shares-agree", result, methods=(method,)) is False


@pytest.mark.breaks("smallest-set")
@pytest.mark.parametrize("p", [0.85, 0.97], ids=["too small", "too large"])
def test_a_cut_at_another_mass_is_not_the_smallest_set(
    p: float, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = methods.shaped
    monkeypatch.setattr(methods, "shaped", lambda logits, how: right(logits, replace(how, top_p=p)))
    logits = 0.1 * torch.randn(200, generator=torch.Generator().manual_seed(0))  # (V,): no token of 5 % or more
    mass, without_last = methods.masses_of_top_p(logits)
    assert finding("smallest-set", result) is True
    assert finding("smallest-set", result, mass_of_top_p=mass, mass_without_its_last=without_last) is False


@pytest.mark.breaks("order-of-cuts")
def test_a_cut_before_the_temperature_does_not_depend_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    right = methods.shaped

    def cut_first(logits: Any, how: Settings) -> Any:
        inside = right(logits, replace(how, temperature=1.0)) > 0
        return right(logits.masked_fill(~inside, -torch.inf), Settings(temperature=how.temperature))

    monkeypatch.setattr(methods, "shaped", cut_first)
    assert finding("order-of-cuts", _measured()) is False


@pytest.mark.breaks("beam-is-likelier", "likely-is-not-typical", "greedy-repeats")
def test_texts_of_another_method_have_other_probabilities(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beams that are samples are less probable; samples that are greedy are not, and repeat themselves."""
    write = draw_tokens.write
    monkeypatch.setattr(
        draw_tokens,
        "write",
        lambda model, prompt, new, *, texts=1, seed=0, **how: write(
            model, prompt, new, texts=1, seed=seed, do_sample="num_beams" in how
        ),
    )
    measured = _measured()
    for claim in ("beam-is-likelier", "likely-is-not-typical", "greedy-repeats"):
        assert (claim, finding(claim, result), finding(claim, measured)) == (claim, True, False)


def test_a_checkpoint_with_settings_of_its_own_is_drawn_from_by_ours(tmp_path: Path, words_of: Any) -> None:
    model = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0))
    model.generation_config.update(repetition_penalty=5.0, top_k=3, do_sample=True)
    model.save_pretrained(tmp_path)
    outcome = demo.run("sampling", words_of("sampling"), device="cpu", quick=True, model=str(tmp_path))
    claims = {claim.id: claim for claim in outcome.claims}
    assert outcome.result.model.startswith("GPT2LMHeadModel")
    assert outcome.result.prompt == 8, "without a tokenizer it continues random tokens"
    assert claims["generate-agrees"].holds is True, claims["generate-agrees"].measured
    assert claims["smallest-set"].holds is True


def test_a_beginning_of_ones_own_is_written_on() -> None:
    measured = measure.measure(run.Run(quick=True, text="Emma has a white lamp."))
    assert measured.prompt_text == ". emma has a white lamp ."
    assert measured.greedy_text.split()[:2] == ["then", "she"]
