"""What a model gives out under a mask."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import masks, tiny
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

T = 6
SIZE = {"d_model": 32, "n_layers": 2, "init": 0.2}
CAUSAL = torch.full((T, T), float("-inf")).triu(1)


def _model(**options: Any) -> Any:
    return tiny.llama(**SIZE, **options)


def test_a_causal_mask_in_the_place_of_the_models_own_changes_nothing() -> None:
    ids = tiny.random_tokens(_model(), 1, T, seed=0)
    torch.testing.assert_close(masks.logits_of(_model(), ids, CAUSAL), masks.logits_of(_model(), ids))


def test_zero_shows_a_position_and_minus_infinity_hides_it() -> None:
    """What the first position gives out, with another last token: moved where it sees that far."""
    ids = tiny.random_tokens(_model(), 1, T, seed=0)
    changed = ids.clone()
    changed[0, -1] += 1
    seen = torch.zeros(T, T)
    hidden = seen.clone()
    hidden[:, -1] = float("-inf")
    moved = [
        not torch.equal(*(masks.logits_of(_model(), text, mask)[:, 0] for text in (ids, changed)))
        for mask in (None, seen, hidden)
    ]
    assert moved == [False, True, False]


def test_a_mask_comes_in_the_number_format_of_the_model() -> None:
    model = _model(dtype="bfloat16")
    ids = tiny.random_tokens(model, 1, T, seed=0)
    logits = masks.logits_of(model, ids, CAUSAL.double())
    assert (logits.shape, logits.dtype) == ((1, T, tiny.VOCAB), torch.bfloat16)


def test_attention_weights_are_given_a_layer() -> None:
    model = _model(attention="eager")
    output = model(tiny.random_tokens(model, 1, T, seed=0), output_attentions=True)
    weights = masks.given_weights(output, "attentions")
    assert [layer.shape for layer in weights] == [(1, model.config.num_attention_heads, T, T)] * 2
    for layer in weights:
        torch.testing.assert_close(layer.sum(-1), torch.ones_like(layer[..., 0]))


@pytest.mark.parametrize(
    "output",
    [
        SimpleNamespace(),
        SimpleNamespace(attentions=None),
        SimpleNamespace(attentions=()),
        SimpleNamespace(attentions=(torch.ones(1), None)),
    ],
    ids=["no such field", "none", "of no layer", "not of every layer"],
)
def test_a_model_that_gives_no_weights_is_refused(output: Any) -> None:
    with pytest.raises(DemoError, match="gives no attention weights"):
        masks.given_weights(output, "attentions")
