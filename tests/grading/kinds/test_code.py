"""Code that fills a gap, compared by its tokens."""

from __future__ import annotations

import pytest

from llmquiz.schema.questions import CodeQuestion
from tests.grading.samples import state, text


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("torch.tril(x, diagonal=0)", "met"),
        ("torch.tril( x,diagonal = 0 )  # lower", "met"),
        ("torch.triu(x, diagonal=0)", "missing"),
        ("torch.tril(x, diagonal=1)", "missing"),
        ("torch.tril(x", "missing"),
        ("", "missing"),
    ],
)
def test_code_is_compared_by_its_tokens(response: str, expected: str) -> None:
    asked = CodeQuestion.model_validate(
        {
            "type": "code",
            "id": "k",
            "prompt": text("?"),
            "code": "mask = ...",
            "right": "mask = torch.tril(x, diagonal=0)",
            "why": text("w"),
            "accept": ["torch.tril(x, diagonal=0)"],
        }
    )
    assert state(asked, response) == expected


def test_the_kind_of_quote_does_not_count_in_code() -> None:
    asked = CodeQuestion.model_validate(
        {"type": "code", "id": "k", "prompt": text("?"), "code": "x", "right": "f('a')", "why": text("w")}
    )
    assert (state(asked, 'f("a")'), state(asked, "f('b')")) == ("met", "missing")
