"""Code: what fills a gap, token by token, or the number of an option."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.choice import grade_choice
from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.read import MOST

if TYPE_CHECKING:
    from llmquiz.schema.questions import CodeQuestion

# How a piece of code is laid out does not count, nor do its comments.
_LAYOUT = frozenset(
    {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER}
)


def grade_code(question: CodeQuestion, response: str) -> Score:
    """Code that fills the gap, or the whole snippet, token by token; an option by its number."""
    if question.options:
        return grade_choice(question.options, response)
    if not response.strip():
        return single(PointState.missing)
    written = code_tokens(response[:MOST])
    right = any(code_tokens(accepted) == written for accepted in (*question.accept, question.right))
    return single(PointState.met if right else PointState.missing, response.strip()[:MOST])


def code_tokens(code: str) -> tuple[str, ...]:
    """The Python tokens of a piece of code, without layout and comments; pieces that Python cannot read by words."""
    tokens = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code.strip()).readline):
            if token.type not in _LAYOUT:
                tokens.append(_plain(token.string) if token.type == tokenize.STRING else token.string)
    except (tokenize.TokenError, SyntaxError, UnicodeEncodeError):  # half a character, from a broken terminal
        return tuple(re.findall(r"\w+|[^\w\s]", code))
    return tuple(tokens)


def _plain(string: str) -> str:
    """A string in single quotes, so that the kind of quote does not count."""
    simple = re.fullmatch(r"\"([^\"'\\]*)\"", string)
    return f"'{simple[1]}'" if simple else string
