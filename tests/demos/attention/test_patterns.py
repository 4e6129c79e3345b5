"""What is read off attention weights that are known."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.attention import patterns

pytestmark = pytest.mark.demo


def test_evenness_of_known_rows() -> None:
    """One head even, one that always looks at the first position; the first row has no choice and does not count."""
    even = torch.ones(3, 3).tril() / torch.tensor([[1.0], [2.0], [3.0]])
    first = torch.zeros(3, 3)
    first[:, 0] = 1
    seen = patterns.summary("decoder", [torch.stack((even, first))[None]])
    (heads,) = seen.evenness
    assert heads == pytest.approx((1.0, 0.0))
    assert (seen.visible, seen.pairs, seen.future) == ((1, 2, 3), 6, 0.0)


def test_the_heads_that_look_at_the_first_and_at_the_one_before() -> None:
    even = torch.ones(4, 4).tril() / torch.arange(1.0, 5.0)[:, None]
    first, before = torch.zeros(4, 4), torch.zeros(4, 4)
    first[:, 0] = 1
    before[0, 0] = before[1, 0] = before[2, 1] = before[3, 2] = 1
    seen = patterns.summary("decoder", [torch.stack((even, before))[None], torch.stack((first, even))[None]])
    assert (seen.to_first.layer, seen.to_first.head, seen.to_first.share) == (1, 0, 1.0)
    assert (seen.to_previous.layer, seen.to_previous.head, seen.to_previous.share) == (0, 1, 1.0)
    assert seen.to_first.weights == ((1.0, 0.0, 0.0, 0.0),) * 4


def test_a_mask_one_column_too_far_shows_as_weight_on_the_future() -> None:
    ahead = torch.ones(3, 3).tril(1)
    assert patterns.summary("decoder", [(ahead / ahead.sum(-1, keepdim=True))[None, None]]).future == 0.5
