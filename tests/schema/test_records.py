"""Values that come back from JSON as what they were."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pytest
from pydantic import ValidationError

from llmquiz.schema.records import read_json


@dataclass(frozen=True, slots=True)
class Inner:
    count: int


@dataclass(frozen=True, slots=True)
class Outer:
    share: float
    inner: tuple[Inner, ...]
    name: str | None = None


def test_a_value_comes_back_as_it_was() -> None:
    value = Outer(0.5, (Inner(1), Inner(2)))
    assert read_json(Outer, json.dumps(asdict(value))) == value


def test_what_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        read_json(Outer, '{"share": "much", "inner": []}')
