"""Allocators and the server that hands out memory by them: no block is lost, nobody is forgotten."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from llmquiz.demos.paged_attention.allocation import Blocks, Contiguous
from llmquiz.demos.paged_attention.arrivals import Request, chats
from llmquiz.demos.paged_attention.serving import Server


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
    allocator = Contiguous(10, lambda request: request.end)
    allocator.places = {Request(1, 1): place for place in places}
    request = Request(need - 1, 1)
    assert allocator.admit(request) is (start is not None)
    assert allocator.places.get(request) == (None if start is None else (start, start + need))


@pytest.mark.parametrize("sharing", [False, True])
def test_the_books_of_a_server_balance(sharing: bool) -> None:
    """Every step: no block is lost or held by too many, nobody has less room than text, everybody is written once."""
    allocator = Blocks(4096, 16, sharing=sharing)
    server = Server(chats(3, 64), allocator)
    for _ in range(400):
        server.step()
        held = [block for table in allocator.tables.values() for block in table]
        assert allocator.pool.taken == len(set(held) | set(allocator.common))
        assert set(allocator.tables) == set(server.live)
        assert all(allocator.room(request) >= request.length for request in server.live)
        assert allocator.reserved >= sum(request.length for request in server.live) - allocator.repeated
        if not sharing:
            assert len(held) == len(set(held))
    assert server.preempted > 0
    assert server.finished > 5
    assert all(request.written < request.answer for request in server.live + server.waiting)


def test_stretches_never_overlap() -> None:
    allocator = Contiguous(4096, lambda request: request.end)
    server = Server(chats(3), allocator)
    for _ in range(300):
        server.step()
        places = sorted(allocator.places.values())
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        assert allocator.reserved == sum(end - start for start, end in places) <= 4096


def test_a_request_sent_back_comes_first_and_finishes_once() -> None:
    """Texts of four tokens in the end, room for six: the newer gives way twice, and its one token is read again."""
    first, second = Request(1, 3), Request(2, 2)
    server = Server(iter([first, second, *(Request(99, 1) for _ in range(9))]), Blocks(6, 1))
    for _ in range(6):
        server.step()
    assert (first.written, second.written) == (3, 2)
    assert (server.finished, server.preempted, server.recomputed) == (2, 2, 2)


def test_the_seed_draws_the_requests() -> None:
    lengths = [[(request.prompt, request.answer) for request in islice(chats(seed), 9)] for seed in (0, 0, 1)]
    assert lengths[0] == lengths[1] != lengths[2]
