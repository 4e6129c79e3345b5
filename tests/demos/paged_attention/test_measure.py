"""The demo paged-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, tiny
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.paged_attention import measure as paged_attention
from llmquiz.demos.paged_attention import paging, serving, workloads
from llmquiz.demos.paged_attention.blocks import Memory, PagedLayer, Pool, Request
from llmquiz.demos.paged_attention.serving import Blocks, Contiguous, Job, Server
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

SEEDS = range(1)


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> paged_attention.Result:
    found = quick_run("paged-attention").result
    assert isinstance(found, paged_attention.Result)
    return found


@pytest.fixture
def model() -> Any:
    return tiny.llama(init=0.2)


def _finding(claim: str, result: paged_attention.Result, **changes: Any) -> bool | None:
    return paged_attention.CLAIMS[claim](replace(result, **changes)).holds


def test_blocks_read_in_the_order_of_memory_give_other_tokens(
    result: paged_attention.Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("same-tokens", result, mixed=paging.mixed(model, 6, 12, 0)) is True
    update = PagedLayer.update

    def sorted_blocks(layer: PagedLayer, *states: Any, **options: Any) -> Any:
        update(layer, *states, **options)
        table = torch.tensor(sorted(layer.request.table))
        found = layer.store[:, table].flatten(1, 2)[:, : layer.filled].transpose(1, 2)
        return found[:1], found[1:]

    monkeypatch.setattr(PagedLayer, "update", sorted_blocks)
    assert _finding("same-tokens", result, mixed=paging.mixed(model, 6, 12, 0)) is False


def test_blocks_handed_to_two_requests_at_once_give_other_tokens(
    result: paged_attention.Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(pool: Pool) -> int:
        block = pool.free[-1]
        pool.free.insert(0, pool.free.pop(random.Random(len(pool.free)).randrange(len(pool.free))))
        pool.handed_out += 1
        pool.holders[block] = 2  # never free again
        return block

    monkeypatch.setattr(Pool, "take", take)
    assert _finding("same-tokens", result, mixed=paging.mixed(model, 6, 12, 0)) is False


def test_a_memory_with_room_for_everybody_shows_no_reuse(result: paged_attention.Result, model: Any) -> None:
    roomy = paging.mixed(model, 6, 40, 0)
    assert (roomy.equal, _finding("same-tokens", result, mixed=roomy)) == (roomy.tokens, False)


def test_a_block_with_room_for_one_token_more_is_noticed(result: paged_attention.Result, model: Any) -> None:
    larger = Memory(model, blocks=1, size=workloads.SIZE + 1).block_bytes
    assert _finding("as-large", result, block_bytes=larger) is False


def _silently(_done: float) -> None:
    """No progress."""


def test_where_every_request_is_as_long_as_its_reservation_nothing_is_gained(
    result: paged_attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workload is what the claims stand on: with another one they fall."""
    monkeypatch.setattr(serving, "chats", lambda seed, common=0: serving.full_length(seed))
    held = workloads.workloads(SEEDS, _silently)
    found = {"ways": held["ways"], "common": held["common"]}
    for claim in ("reservation-wastes", "fits-more", "beats-foresight", "shared-fits"):
        assert (claim, _finding(claim, result)) == (claim, True)
        assert (claim, _finding(claim, result, **found)) == (claim, False)


def test_where_lengths_differ_the_gain_is_there(result: paged_attention.Result) -> None:
    assert _finding("no-gain-when-full", result) is True
    assert _finding("no-gain-when-full", result, full=(result.ways[0], result.ways[-1])) is False


def test_coarse_blocks_waste_too_much(result: paged_attention.Result) -> None:
    coarse = (*result.ways[:-1], result.sizes[-1])
    assert _finding("reservation-wastes", result, ways=coarse) is False


def test_a_block_set_aside_too_early_is_a_block_wasted(
    result: paged_attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Blocks.admit

    def ahead(policy: Blocks, job: Job) -> bool:
        if admitted := admit(policy, job):
            policy.tables[job].append(policy.pool.take())
        return admitted

    monkeypatch.setattr(Blocks, "admit", ahead)
    early = tuple(
        replace(one, served=serving.served(serving.chats, partial(Blocks, 49_152, one.size), SEEDS))
        for one in result.sizes[1:3]
    )
    assert _finding("less-than-a-block", result) is True
    assert _finding("less-than-a-block", result, sizes=early) is False


def test_waste_that_does_not_grow_with_the_block_is_noticed(result: paged_attention.Result) -> None:
    assert _finding("block-size", result) is True
    assert _finding("block-size", result, sizes=result.sizes[::-1]) is False
    assert _finding("block-size", result, sizes=result.sizes[:1] * 4) is False


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [((1.5, 1.4, 1.6, 1.5, 1.5), True), ((1.0, 1.0, 1.0, 1.0, 1.0), False), ((0.9, 1.3, 0.9, 1.3, 1.2), None)],
)
def test_throughput_is_judged_by_the_rounds(
    result: paged_attention.Result, rounds: tuple[float, ...], holds: bool | None
) -> None:
    gain = Ratio(sorted(rounds)[2], rounds)
    assert _finding("raises-throughput", result, gain=gain) is holds


def test_throughput_is_tokens_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the requests in twice the time: twice the tokens a second."""
    from llmquiz.demos.lab.quantities import Times

    monkeypatch.setattr(workloads, "timed", lambda cases, **_: {"6": Times((0.1,) * 3), "24": Times((0.2,) * 3)})
    rates, gain = workloads.throughput("cpu", "float32", (6, 24), 3)
    assert rates == pytest.approx((60, 120))
    assert (gain.value, *gain.rounds) == pytest.approx((2, 2, 2, 2))


def test_a_prefix_that_is_not_found_is_kept_and_computed_again(
    result: paged_attention.Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("shared-prefix", result, shared=paging.shared(model, 3, 40, 0)) is True
    monkeypatch.setattr(Request, "_found", staticmethod(lambda memory, text: []))
    again = paging.shared(model, 3, 40, 0)
    assert (again.blocks, again.positions) == (again.blocks_alone, again.positions_alone)
    assert _finding("shared-prefix", result, shared=again) is False


def test_writing_to_a_block_that_others_read_spoils_their_text(
    result: paged_attention.Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("copy-on-write", result, samples=paging.samples(model, 3, 20, 0)) is True

    def not_copied(memory: Memory, block: int) -> int:
        memory.copies += 1
        memory.pool.share(block)
        return block

    with monkeypatch.context() as patch:
        patch.setattr(Memory, "copied", not_copied)
        spoilt = paging.samples(model, 3, 20, 0)
    assert spoilt.equal < spoilt.tokens
    assert _finding("copy-on-write", result, samples=spoilt) is False


def test_a_prompt_of_whole_blocks_needs_no_copy(result: paged_attention.Result, model: Any) -> None:
    whole = paging.samples(model, 3, 32, 0)
    assert (whole.copies, whole.equal) == (0, whole.tokens)
    assert _finding("copy-on-write", result, samples=whole) is False


def test_blocks_looked_up_by_their_own_words_are_found_behind_a_wrong_beginning(
    result: paged_attention.Result, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a store of passages would do it: the text of the block alone is the key."""
    assert _finding("only-beginnings", result) is True

    def remember(request: Request, text: list[int]) -> None:
        size = request.memory.size
        for i in range(len(text) // size):
            request.memory.known[tuple(text[i * size : (i + 1) * size])] = request.table[i]

    def found(memory: Memory, text: list[int]) -> list[int]:
        passages = [tuple(text[end - memory.size : end]) for end in range(memory.size, len(text), memory.size)]
        return [memory.known[passage] for passage in passages if passage in memory.known]

    monkeypatch.setattr(Request, "remember", remember)
    monkeypatch.setattr(Request, "_found", staticmethod(found))
    other = paging.other_beginning(model, 0)
    assert other.found_behind_another == 3
    assert _finding("only-beginnings", result, other=other) is False


def test_a_memory_that_is_full_says_so(model: Any) -> None:
    request = Request(Memory(model, blocks=2, size=4))
    with pytest.raises(DemoError, match="used up"):
        request.make_room(0, 9)


def test_a_block_that_is_free_again_is_no_longer_known_by_its_text(model: Any) -> None:
    memory, text = Memory(model, blocks=4, size=4), list(range(1, 11))
    first = Request(memory, text)
    first.make_room(0, len(text))
    first.remember(text)
    second = Request(memory, text)
    assert (second.shared, second.table) == (8, first.table[:2])
    first.close()
    assert Request(memory, text).shared == 8, "the second still holds them"
    second.close()
    assert memory.pool.taken == 2, "held by the third alone"


def test_the_last_token_is_always_computed(model: Any) -> None:
    """Eight tokens in blocks of four: the second block holds the last token, whose logits are wanted."""
    memory, text = Memory(model, blocks=4, size=4), list(range(1, 9))
    first = Request(memory, text)
    first.make_room(0, len(text))
    first.remember(text)
    assert Request(memory, text).shared == 4
    assert Request(memory, [*text, 9]).shared == 8


@pytest.mark.parametrize(
    ("places", "need", "start"),
    [
        ([], 10, 0),
        ([(0, 4)], 6, 4),
        ([(0, 4)], 7, None),
        ([(0, 2), (5, 8)], 3, 2),  # the first gap that is long enough
        ([(0, 2), (5, 8)], 4, None),  # five are free, but not beside each other
        ([(3, 10)], 3, 0),
    ],
)
def test_a_stretch_goes_into_the_first_gap_that_is_long_enough(
    places: list[tuple[int, int]], need: int, start: int | None
) -> None:
    policy = Contiguous(10, lambda job: job.end)
    policy.places = {Job(1, 1): place for place in places}
    job = Job(need - 1, 1)
    assert policy.admit(job) is (start is not None)
    assert policy.places.get(job) == (None if start is None else (start, start + need))


@pytest.mark.parametrize("sharing", [False, True])
def test_the_books_of_a_server_balance(sharing: bool) -> None:
    """Every step: no block is lost or held by too many, nobody has less room than text, everybody is written once."""
    policy = Blocks(4096, 16, sharing=sharing)
    server = Server(serving.chats(3, 64), policy)
    for _ in range(400):
        server.step()
        held = [block for table in policy.tables.values() for block in table]
        assert policy.pool.taken == len(set(held) | set(policy.common))
        assert set(policy.tables) == set(server.live)
        assert all(policy.room(job) >= job.length for job in server.live)
        assert policy.reserved >= sum(job.length for job in server.live) - policy.repeated
        if not sharing:
            assert len(held) == len(set(held))
    assert server.preempted > 0
    assert server.finished > 5
    assert all(job.written < job.answer for job in server.live + server.waiting)


def test_stretches_never_overlap() -> None:
    policy = Contiguous(4096, lambda job: job.end)
    server = Server(serving.chats(3), policy)
    for _ in range(300):
        server.step()
        places = sorted(policy.places.values())
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        assert policy.reserved == sum(end - start for start, end in places) <= 4096


def test_a_job_sent_back_comes_first_and_finishes_once() -> None:
    """Texts of four tokens in the end, room for six: the newer gives way twice, and its one token is read again."""
    first, second = Job(1, 3), Job(2, 2)
    server = Server(iter([first, second, *(Job(99, 1) for _ in range(9))]), Blocks(6, 1))
    for _ in range(6):
        server.step()
    assert (first.written, second.written) == (3, 2)
    assert (server.finished, server.preempted, server.recomputed) == (2, 2, 2)


def test_the_seed_draws_the_workload(result: paged_attention.Result) -> None:
    lengths = [[(job.prompt, job.answer) for job in islice(serving.chats(seed), 9)] for seed in (0, 0, 1)]
    assert lengths[0] == lengths[1] != lengths[2]
    assert result.workloads == 1


def test_copied_blocks_are_equal_and_apart(model: Any) -> None:
    memory = Memory(model, blocks=2, size=4)
    block = memory.pool.take()
    memory.store[:, :, block] = 1.5
    own = memory.copied(block)
    assert own != block
    assert torch.equal(memory.store[:, :, own], memory.store[:, :, block])
