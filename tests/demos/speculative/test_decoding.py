"""The loop of draft and target, against transformers and against itself."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import GenerationConfig

from llmquiz.demos.lab import training
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.speculative import language
from llmquiz.demos.speculative.decoding import DraftedText, Greedy, Sampling, speculations
from llmquiz.demos.speculative.draw import marked
from llmquiz.demos.speculative.measure import sample
from llmquiz.demos.speculative.train import TRAINING

pytestmark = pytest.mark.demo


@pytest.fixture
def models() -> tuple[Any, Any]:
    """Target and draft."""
    target, draft = training.models(TRAINING, "target", "draft", device="cpu", dtype="float32").values()
    return target, draft


def test_the_target_as_its_own_draft_is_always_accepted(models: tuple[Any, Any]) -> None:
    target, _ = models
    (pair,) = speculations(target, target, language.prompts(1, 2, seed=5))
    text = pair.together(40, 4, Sampling(torch.Generator().manual_seed(0)))
    assert text.accepted == (4,) * 8
    assert text.tokens.shape == (1, 40)


@pytest.mark.parametrize(
    ("accepted", "checked"),
    [
        ((0,), [(0, False)]),
        ((2,), [(0, True), (1, True)]),
        ((1, 2), [(0, True), (1, False), (2, True), (3, True)]),
    ],
)
def test_what_is_behind_a_refusal_was_not_checked(accepted: tuple[int, ...], checked: list[tuple[int, bool]]) -> None:
    assert DraftedText(torch.zeros(1, 1), torch.zeros(1, 8), accepted, gamma=2).checked == checked


def test_the_words_of_the_target_are_marked() -> None:
    ids = language.ids_of(["anna", "flies", "the", "red", "kite", "."])
    text = sample(DraftedText(language.ids_of([".", "anna"]), ids, (2, 1, 0), gamma=2))
    assert (text.prompt, text.own) == ("anna", (2, 4, 5))
    assert marked(text) == "anna | anna flies [the] red [kite] [.]"


@pytest.mark.parametrize("gamma", [1, 3, 7])
def test_transformers_assisted_generation_writes_the_same(gamma: int, models: tuple[Any, Any]) -> None:
    target, draft = models
    draft.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        num_assistant_tokens=gamma, num_assistant_tokens_schedule="constant"
    )
    for prompt in language.prompts(2, 2, seed=5):
        (pair,) = speculations(target, draft, [prompt])
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
