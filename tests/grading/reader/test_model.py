"""The shipped network: what its card promises of it, and that it reads the same text in the same way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from llmquiz.grading.reader.model import FOLDER, Network, card, version

STATEMENTS = [
    "The KV cache grows linearly with the length of the context.",
    "A decoder generates one token after the other.",
    "Encoders attend in both directions.",
]
ANSWER = "Tokens come out one at a time, and the cache gets bigger with every one of them."
MOST = 40_000_000
"""Bytes of the reader in the wheel."""


@pytest.fixture(scope="module")
def network() -> Network:
    return Network()


def test_the_card_belongs_to_the_network_beside_it() -> None:
    assert card()["version"] == version()


def test_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.suffix in {".onnx", ".json"}) <= MOST


def test_the_chances_of_a_statement_add_up_and_so_does_the_pointing(network: Network) -> None:
    for verdict in network.read("What does decoding cost?", ANSWER, STATEMENTS):
        assert sum(verdict.chances) == pytest.approx(1, abs=1e-4)
        assert sum(verdict.shares) == pytest.approx(1, abs=1e-4)
        assert len(verdict.offsets) == len(verdict.shares)


def test_it_tells_what_is_said_from_what_is_not(network: Network) -> None:
    cache, serial, encoders = network.read("What does decoding cost?", ANSWER, STATEMENTS)
    assert min(cache.chances[0], serial.chances[0]) > 0.5 > encoders.chances[0]


def test_statements_read_before_make_no_difference(network: Network) -> None:
    fresh = Network()
    fresh.prepare(STATEMENTS)
    assert fresh.read("Why?", ANSWER, STATEMENTS) == network.read("Why?", ANSWER, STATEMENTS)


def test_several_threads_read_as_one_does(network: Network) -> None:
    with ThreadPoolExecutor(4) as pool:
        alike = list(pool.map(lambda _: network.read("Why?", ANSWER, STATEMENTS), range(8)))
    assert all(verdicts == alike[0] for verdicts in alike)


def test_of_a_long_answer_every_part_counts(network: Network) -> None:
    padding = "The weather was fine and we all went to the lake. " * 60
    long = network.read("What does decoding cost?", ANSWER + " " + padding + padding, STATEMENTS)
    assert long[1].chances[0] > 0.5
    assert network.read("What does decoding cost?", padding + padding, STATEMENTS)[1].chances[0] < 0.5
