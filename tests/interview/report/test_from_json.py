"""Plain data read back into the values that it was written from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

import pytest

from llmquiz.interview.report.from_json import typed


class Step(StrEnum):
    yes = "yes"


@dataclass(frozen=True, slots=True)
class Inner:
    span: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Outer:
    inner: tuple[Inner, ...]
    step: Step
    kind: Literal["a", "b"] = "a"
    note: str | None = None


def test_a_value_is_read_back_from_its_json() -> None:
    value = Outer((Inner((1, "x")), Inner((2, "y"))), Step.yes, "b", "n")
    assert typed(Outer, json.loads(json.dumps(asdict(value)))) == value


def test_what_is_left_out_has_its_default_and_what_is_unknown_is_passed_over() -> None:
    data = {"inner": [], "step": "yes", "mood": "calm"}
    assert typed(Outer, data) == Outer((), Step.yes)


def test_what_no_step_is_called_is_an_error() -> None:
    with pytest.raises(ValueError, match="maybe"):
        typed(Step, "maybe")


def test_a_pair_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        typed(tuple[int, str], [1])
