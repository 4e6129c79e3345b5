"""The demo paged-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import run, tiny
from llmquiz.demos.lab.quantities import Times
from llmquiz.demos.paged_attention import arrivals, paged_decoding, throughput, workloads
from llmquiz.demos.paged_attention.allocation import Blocks
from llmquiz.demos.paged_attention.arrivals import Request
from llmquiz.demos.paged_attention.paged_cache import Memory, PagedLayer, PagedSequence
from llmquiz.demos.paged_attention.pool import Pool
from llmquiz.demos.paged_attention.result import SIZE, Result
from llmquiz.demos.paged_attention.serving import serve
from tests.demos.breaking import finding
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

SEEDS = range(1)


@pytest.fixture
def model() -> Any:
    return tiny.llama(init=0.2)


@pytest.mark.breaks("same-tokens")
def test_blocks_read_in_the_order_of_memory_give_other_tokens(
    result: Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("same-tokens", result, mixed=paged_decoding.mixed_requests(model, 6, 12, 0)) is True
    update = PagedLayer.update

    def sorted_blocks(layer: PagedLayer, *states: Any, **options: Any) -> Any:
        update(layer, *states, **options)
        table = torch.tensor(sorted(layer.sequence.table))
        keys_and_values = layer.store[:, table].flatten(1, 2)[:, : layer.filled].transpose(1, 2)
        return keys_and_values[:1], keys_and_values[1:]

    monkeypatch.setattr(PagedLayer, "update", sorted_blocks)
    assert finding("same-tokens", result, mixed=paged_decoding.mixed_requests(model, 6, 12, 0)) is False


def test_blocks_handed_to_two_requests_at_once_give_other_tokens(
    result: Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(pool: Pool) -> int:
        block = pool.free[-1]
        pool.free.insert(0, pool.free.pop(random.Random(len(pool.free)).randrange(len(pool.free))))
        pool.handed_out += 1
        pool.holders[block] = 2  # never free again
        return block

    monkeypatch.setattr(Pool, "take", take)
    assert finding("same-tokens", result, mixed=paged_decoding.mixed_requests(model, 6, 12, 0)) is False


def test_a_memory_with_room_for_everybody_shows_no_reuse(result: Result, model: Any) -> None:
    roomy = paged_decoding.mixed_requests(model, 6, 40, 0)
    assert (roomy.equal, finding("same-tokens", result, mixed=roomy)) == (roomy.tokens, False)


@pytest.mark.breaks("as-large")
def test_a_block_with_room_for_one_token_more_is_noticed(result: Result, model: Any) -> None:
    larger = Memory(model, blocks=1, size=SIZE + 1).block_bytes
    assert finding("as-large", result, block_bytes=larger) is False


@pytest.mark.breaks("reservation-wastes", "fits-more", "beats-foresight", "shared-fits")
def test_where_every_request_is_as_long_as_its_reservation_nothing_is_gained(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workload is what the claims stand on: with another one they fall."""
    monkeypatch.setattr(arrivals, "chats", lambda seed, common=0: arrivals.full_length(seed))
    memory = workloads.memory_uses(SEEDS, run.silent)
    for claim in ("reservation-wastes", "fits-more", "beats-foresight", "shared-fits"):
        assert (claim, finding(claim, result)) == (claim, True)
        assert (claim, finding(claim, result, ways=memory.ways, common=memory.common)) == (claim, False)


@pytest.mark.breaks("no-gain-when-full")
def test_where_lengths_differ_the_gain_is_there(result: Result) -> None:
    assert finding("no-gain-when-full", result) is True
    assert finding("no-gain-when-full", result, full=(result.ways[0], result.ways[-1])) is False


@pytest.mark.breaks("less-than-a-block")
def test_a_block_set_aside_too_early_is_a_block_wasted(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    admit = Blocks.admit

    def ahead(allocator: Blocks, request: Request) -> bool:
        if admitted := admit(allocator, request):
            allocator.tables[request].append(allocator.pool.take())
        return admitted

    monkeypatch.setattr(Blocks, "admit", ahead)
    early = tuple(
        replace(use, served=serve(arrivals.chats, partial(Blocks, 49_152, use.size), SEEDS))
        for use in result.sizes[1:3]
    )
    assert finding("less-than-a-block", result) is True
    assert finding("less-than-a-block", result, sizes=early) is False


@pytest.mark.breaks("block-size")
def test_blocks_that_are_always_of_one_size_all_waste_the_same(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    init = Blocks.__init__
    monkeypatch.setattr(Blocks, "__init__", lambda allocator, tokens, size: init(allocator, tokens, SIZE))
    sizes = tuple(
        workloads.memory_use("blocks", arrivals.chats, partial(Blocks, 49_152, size), SEEDS, size)
        for size in workloads.SIZES
    )
    assert len({use.wasted_bytes for use in sizes}) == 1
    assert finding("block-size", result) is True
    assert finding("block-size", result, sizes=sizes) is False


@pytest.mark.breaks("raises-throughput")
def test_where_no_more_requests_fit_no_more_is_written(result: Result) -> None:
    with counted():
        gains = {fit: throughput.throughput("cpu", "float32", (6, fit), 3)[1] for fit in (6, 24)}
    assert finding("raises-throughput", result, gain=gains[24]) is True
    assert finding("raises-throughput", result, gain=gains[6]) is False


def test_throughput_is_tokens_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the requests in twice the time: twice the tokens a second."""
    monkeypatch.setattr(throughput, "timed", lambda cases, **_: {"6": Times((0.1,) * 3), "24": Times((0.2,) * 3)})
    rates, gain = throughput.throughput("cpu", "float32", (6, 24), 3)
    assert rates == pytest.approx((60, 120))
    assert (gain.value, *gain.rounds) == pytest.approx((2, 2, 2, 2))


@pytest.mark.breaks("shared-prefix")
def test_a_prefix_that_is_not_found_is_kept_and_computed_again(
    result: Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("shared-prefix", result, shared=paged_decoding.shared_prefix(model, 3, 40, 0)) is True
    monkeypatch.setattr(PagedSequence, "_known_blocks", staticmethod(lambda memory, text: []))
    again = paged_decoding.shared_prefix(model, 3, 40, 0)
    assert (again.blocks, again.positions) == (again.blocks_alone, again.positions_alone)
    assert finding("shared-prefix", result, shared=again) is False


@pytest.mark.breaks("copy-on-write")
def test_writing_to_a_block_that_others_read_spoils_their_text(
    result: Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("copy-on-write", result, samples=paged_decoding.samples(model, 3, 20, 0)) is True

    def not_copied(memory: Memory, block: int) -> int:
        memory.copies += 1
        memory.pool.share(block)
        return block

    with monkeypatch.context() as patch:
        patch.setattr(Memory, "copy", not_copied)
        spoilt = paged_decoding.samples(model, 3, 20, 0)
    assert spoilt.equal < spoilt.tokens
    assert finding("copy-on-write", result, samples=spoilt) is False


def test_a_prompt_of_whole_blocks_needs_no_copy(result: Result, model: Any) -> None:
    whole = paged_decoding.samples(model, 3, 32, 0)
    assert (whole.copies, whole.equal) == (0, whole.tokens)
    assert finding("copy-on-write", result, samples=whole) is False


@pytest.mark.breaks("only-beginnings")
def test_blocks_looked_up_by_their_own_words_are_found_behind_a_wrong_beginning(
    result: Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a store of passages would do it: the text of the block alone is the key."""
    assert finding("only-beginnings", result) is True

    def remember(sequence: PagedSequence, text: list[int]) -> None:
        size = sequence.memory.size
        for i in range(len(text) // size):
            sequence.memory.known[tuple(text[i * size : (i + 1) * size])] = sequence.table[i]

    def known_blocks(memory: Memory, text: list[int]) -> list[int]:
        passages = [tuple(text[end - memory.size : end]) for end in range(memory.size, len(text), memory.size)]
        return [memory.known[passage] for passage in passages if passage in memory.known]

    monkeypatch.setattr(PagedSequence, "remember", remember)
    monkeypatch.setattr(PagedSequence, "_known_blocks", staticmethod(known_blocks))
    behind = paged_decoding.other_beginning(model, 0)
    assert behind.found_behind_another == 3
    assert finding("only-beginnings", result, other=behind) is False


def test_a_quick_run_draws_one_workload(result: Result) -> None:
    assert result.workloads == 1
