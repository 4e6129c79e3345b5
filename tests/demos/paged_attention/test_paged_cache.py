"""A memory in blocks: what is found again, what is copied, what is forgotten."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.paged_attention.paged_cache import Memory, PagedSequence
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def model() -> Any:
    return tiny.llama(init=0.2)


def test_a_memory_that_is_full_says_so(model: Any) -> None:
    sequence = PagedSequence(Memory(model, blocks=2, size=4))
    with pytest.raises(DemoError, match="used up"):
        sequence.make_room(0, 9)


def test_a_block_that_is_free_again_is_no_longer_known_by_its_text(model: Any) -> None:
    memory, text = Memory(model, blocks=4, size=4), list(range(1, 11))
    first = PagedSequence(memory, text)
    first.make_room(0, len(text))
    first.remember(text)
    second = PagedSequence(memory, text)
    assert (second.shared, second.table) == (8, first.table[:2])
    first.close()
    assert PagedSequence(memory, text).shared == 8, "the second still holds them"
    second.close()
    assert memory.pool.taken == 2, "held by the third alone"


def test_the_last_token_is_always_computed(model: Any) -> None:
    """Eight tokens in blocks of four: the second block holds the last token, whose logits are wanted."""
    memory, text = Memory(model, blocks=4, size=4), list(range(1, 9))
    first = PagedSequence(memory, text)
    first.make_room(0, len(text))
    first.remember(text)
    assert PagedSequence(memory, text).shared == 4
    assert PagedSequence(memory, [*text, 9]).shared == 8


def test_copied_blocks_are_equal_and_apart(model: Any) -> None:
    memory = Memory(model, blocks=2, size=4)
    block = memory.pool.take()
    memory.store[:, :, block] = 1.5
    own = memory.copy(block)
    assert own != block
    assert torch.equal(memory.store[:, :, own], memory.store[:, :, block])
