"""Which texts of a user's own have a gap to fill."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.infill import samples
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcde",  # no gap
        "_abc",  # nothing before it
        "abc_",  # nothing behind it
        "a_b_c",  # two gaps
        "a_____b",  # five letters
        "a_z",  # q to z are not in the language
        "A_b",
        "abcdefghij_klmnopabcd",  # 21
        "你_好",
    ],
)
def test_a_text_that_has_no_gap_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="abc__de"):
        samples.opened(text)


def test_a_gap_is_found_where_it_is() -> None:
    ids, start, letters = samples.opened("abc__p")
    assert (ids[0, [0, 1, 2, 5]].tolist(), start, letters) == ([0, 1, 2, 15], 3, 2)
