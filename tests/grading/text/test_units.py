"""Units by the names that people give them."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.units import BYTES, SHARE, TIME, known


@pytest.mark.parametrize(
    ("unit", "kind", "size"),
    [
        ("kb", BYTES, 1e3),
        ("kib", BYTES, 1024),
        ("字节", BYTES, 1),
        ("gbytes", BYTES, 1e9),
        ("毫秒", TIME, 1e-3),
        ("hours", TIME, 3600),
        ("percent", SHARE, 1),
    ],
)
def test_a_unit_is_known_with_its_kind_and_size(unit: str, kind: dict[str, float], size: float) -> None:
    assert known(unit) == (kind, size)


def test_what_counts_things_is_no_unit() -> None:
    assert known("tokens") is None
