"""A network as it is shipped: the same verdicts as before it was shipped, whatever was read before and beside."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from llmquiz.grading.reader.network import FOLDER, Network, card, version
from tests.grading.reader import base as bases
from tests.grading.reader.examples import Example, Stated, certain
from tests.grading.reader.export import export
from tests.grading.reader.learn import Shelf, chances
from tests.grading.reader.model import Reader
from tests.grading.reader.small import LETTERS, packed, pieces

pytestmark = pytest.mark.training
STATEMENTS = ["a b c", "d e", "t g h"]
ANSWER = "a b d. t g"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, Path]:
    """A reader of random numbers, and the folder into which it was shipped."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "small.bin").write_bytes(packed(pieces(), np.random.default_rng(0)))
    base, tokenizer = bases.with_pieces(bases.read(folder / "small.bin"), [], 100)
    torch.manual_seed(0)
    reader = Reader(base, alone=1).eval()
    export(reader, tokenizer, folder)
    (folder / "card.json").write_text(json.dumps({"version": version(folder), "thresholds": {}}), encoding="utf-8")
    return reader, folder


@pytest.fixture(scope="module")
def network(shipped: tuple[Reader, Path]) -> Network:
    return Network(shipped[1])


def test_what_is_shipped_reads_as_what_was_trained_to_within_its_eight_bits(shipped: tuple[Reader, Path]) -> None:
    reader, folder = shipped
    shelf = Shelf(reader, bases.tokenizer(bases.read(folder / "small.bin").pieces))
    example = Example("s", ANSWER, tuple(Stated(text, certain("says")) for text in STATEMENTS))
    shelf.add([example])
    (trained,) = chances(reader, shelf, [example])
    eight_bits = [verdict.chances for verdict in Network(folder).read("s", ANSWER, STATEMENTS)]
    assert np.abs(np.array(trained) - np.array(eight_bits)).max() < 0.05
    assert np.array(trained).std() > 0


def test_the_chances_of_a_statement_add_up_and_so_does_the_pointing(network: Network) -> None:
    for verdict in network.read("s", ANSWER, STATEMENTS):
        assert sum(verdict.chances) == pytest.approx(1, abs=1e-4)
        assert sum(verdict.shares) == pytest.approx(1, abs=1e-4)
        assert len(verdict.offsets) == len(verdict.shares)


def test_statements_read_before_make_no_difference(shipped: tuple[Reader, Path], network: Network) -> None:
    fresh = Network(shipped[1])
    fresh.prepare(STATEMENTS)
    assert fresh.read("s", ANSWER, STATEMENTS) == network.read("s", ANSWER, STATEMENTS)


def test_several_threads_read_as_one_does(network: Network) -> None:
    with ThreadPoolExecutor(4) as pool:
        alike = list(pool.map(lambda _: network.read("s", ANSWER, STATEMENTS), range(8)))
    assert all(verdicts == alike[0] for verdicts in alike)


def test_of_a_long_answer_every_part_is_read_and_one_decides(network: Network) -> None:
    long = " ".join(LETTERS) + ". "
    (verdict,) = network.read("s", long * 30, ["a b c"])
    assert len(verdict.offsets) <= 400
    assert verdict.offsets[-1][1] <= len(long * 30)


def test_the_card_names_the_files_beside_it(shipped: tuple[Reader, Path]) -> None:
    folder = shipped[1]
    assert card(folder)["version"] == version(folder)
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b" ")
    assert card(folder)["version"] != version(folder)


@pytest.mark.parametrize("name", ["alone.onnx", "together.onnx"])
def test_no_graph_tells_of_the_machine_that_exported_it(shipped: tuple[Reader, Path], name: str) -> None:
    for folder in (shipped[1], FOLDER):
        assert b".py" not in (folder / name).read_bytes()


def test_the_shipped_card_is_that_of_the_shipped_network() -> None:
    assert card()["version"] == version()
