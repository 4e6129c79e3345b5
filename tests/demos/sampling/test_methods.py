"""Each method of sampling, and what is said of its texts, by hand."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.sampling import draw_tokens, methods
from llmquiz.demos.sampling.methods import Settings, shaped

pytestmark = pytest.mark.demo
PROBS = torch.tensor([0.4, 0.3, 0.15, 0.1, 0.05])


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
        probs = shaped(PROBS.log()[order], how)
        assert probs.tolist() == pytest.approx([expected[i] for i in order], abs=1e-6)


def test_entropy_by_hand() -> None:
    assert methods.entropy(torch.tensor([0.5, 0.25, 0.25, 0.0])) == 1.5
    assert methods.entropy(torch.tensor([1.0, 0.0])) == 0.0


def test_pairs_by_hand() -> None:
    assert draw_tokens.distinct_pairs([1, 2, 1, 2, 1]) == 0.5
    assert draw_tokens.distinct_pairs([1, 2, 3, 4]) == 1.0


def test_the_probability_of_a_text_is_the_product_over_its_tokens() -> None:
    model = tiny.llama(init=0.12)
    prompt, text = tiny.random_tokens(model, 1, 5, seed=0), tiny.random_tokens(model, 1, 4, seed=1)[0]
    expected = 0.0
    for i in range(4):
        logits = model(torch.cat((prompt, text[None, :i]), 1)).logits[0, -1]
        expected += float(logits.log_softmax(-1)[text[i]])
    assert draw_tokens.log_probability(model, prompt, text) == pytest.approx(expected, abs=1e-3)
