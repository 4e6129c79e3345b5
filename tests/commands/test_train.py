"""`llmquiz train`: models made again and compared with the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from llmquiz.demos.lab import shipped

if TYPE_CHECKING:
    from tests.commands.conftest import Done

pytest.importorskip("torch")


pytestmark = [pytest.mark.demo, pytest.mark.slow]
Run = Callable[..., "Done"]


def test_the_list_names_every_shipped_model(llmquiz: Run) -> None:
    cards = json.loads(llmquiz("train", "--json").out)
    assert {card["demo"] for card in cards} == set(shipped.trainings())
    assert len(cards) == len(list(shipped.FOLDER.glob("*/weights/*.safetensors")))
    shown = llmquiz("train", "--lang", "zh").out
    assert "步数" in shown
    assert "Model" not in shown


def test_a_run_that_hardly_learns_is_told_by_the_claims_and_leaves_the_shipped_weights_alone(
    llmquiz: Run, tmp_path: Path
) -> None:
    before = {path: shipped.digest(path) for path in shipped.FOLDER.glob("*/weights/*")}
    done = llmquiz("train", "ssm", "--only", "attention", "--steps", "3", "--output", tmp_path, "--json")
    assert done.code == 1, done.err
    result = json.loads(done.out)
    assert list(result["runs"]) == ["attention"]
    assert result["runs"]["attention"]["steps"] == 3
    assert [c["id"] for c in result["claims"] if c["holds"] is not None and c["holds"] is not c["expected"]] == [
        "attention-recalls"
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["ssm-attention.safetensors"]
    assert {path: shipped.digest(path) for path in shipped.FOLDER.glob("*/weights/*")} == before


def test_the_screen_shows_curve_figures_and_claims_in_the_users_language(llmquiz: Run) -> None:
    done = llmquiz("train", "ssm", "--only", "attention", "--steps", "3", "--lang", "zh")
    assert done.code == 1
    for word in ("损失", "本次", "自带", "3 个种子", "与预期不一致"):
        assert word in done.out, word


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("kv-cach",), "Did you mean kv-cache"),
        (("kv-cache",), "There is no 'kv-cache'"),
        (("ssm", "--only", "mamba-31"), "Did you mean mamba-32"),
    ],
)
def test_what_cannot_be_trained_is_told(llmquiz: Run, arguments: tuple[str, ...], message: str) -> None:
    done = llmquiz("train", *arguments)
    assert done.code == 1
    assert message in done.err
