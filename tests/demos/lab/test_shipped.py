"""Where weights lie, and their cards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmquiz.demos.lab import shipped


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cards of three demos, one of which has its models in lab."""
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    cards = (
        ("positions", "rope"),
        ("chain-of-thought", "steps"),
        ("scaling-law", "d8"),
        ("chain-of-thought", "direct"),
    )
    for demo, name in cards:
        place = tmp_path / {"scaling-law": "lab", "chain-of-thought": "chain_of_thought"}.get(demo, demo) / "weights"
        place.mkdir(parents=True, exist_ok=True)
        card = json.dumps({"demo": demo, "name": name, "data": "文"}, ensure_ascii=False)
        (place / f"{name}.json").write_text(card, encoding="utf-8")
    (tmp_path / "scaling_law" / "weights").mkdir(parents=True)
    return tmp_path


def test_weights_lie_in_the_folder_of_the_demo_unless_lab_has_its_models(folder: Path) -> None:
    assert shipped.weights("chain-of-thought", "steps") == folder / "chain_of_thought/weights/steps.safetensors"
    assert shipped.weights("scaling-law", "d8") == folder / "lab/weights/d8.safetensors"
    # A demo whose first model is to be shipped has no card yet.
    assert shipped.weights("new-demo", "small") == folder / "new_demo/weights/small.safetensors"


@pytest.mark.parametrize(("demo", "name"), [("chain-of-thought", "direct"), ("scaling-law", "d8")])
def test_a_card_lies_beside_its_weights(folder: Path, demo: str, name: str) -> None:
    assert shipped.card(demo, name) == {"demo": demo, "name": name, "data": "文"}


def test_all_cards_come_by_demo_and_name(folder: Path) -> None:
    assert [shipped.stem(card["demo"], card["name"]) for card in shipped.cards()] == [
        "chain-of-thought-direct",
        "chain-of-thought-steps",
        "positions-rope",
        "scaling-law-d8",
    ]


def test_a_demo_that_learns_is_named_once_however_many_models_it_has(folder: Path) -> None:
    assert shipped.trainings() == ("chain-of-thought", "positions", "scaling-law")


def test_a_digest_is_that_of_the_standard(tmp_path: Path) -> None:
    """The example of FIPS 180."""
    (tmp_path / "abc").write_bytes(b"abc")
    assert shipped.digest(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
