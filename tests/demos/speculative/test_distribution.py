"""The chi-square test, and the exact distribution that texts are tested against."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.speculative import distribution, language
from llmquiz.demos.speculative.train import TRAINING

pytestmark = pytest.mark.demo


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
    fit = distribution.chi_square(torch.tensor(counts), torch.tensor(probs))
    assert fit.freedom == freedom
    assert fit.chi_square == pytest.approx(chi_square, abs=1e-3)
    assert fit.p_value == pytest.approx(p_value, rel=0.01)


def test_the_exact_distribution_adds_up_and_is_the_models_own() -> None:
    target = training.trained(TRAINING, "target")
    (prompt,) = language.prompts(1, 2, seed=5)
    probs = distribution.exact_first_two(target, prompt)
    assert float(probs.sum()) == pytest.approx(1, abs=1e-6)
    alone = target(prompt).logits[0, -1].softmax(-1)
    torch.testing.assert_close(probs.sum(1).float(), alone, rtol=1e-4, atol=1e-6)
