"""Questions with one answer: a choice, code, an order, a term, a table cell."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmquiz.grading.points.cues import Index
from llmquiz.grading.points.style import words_at
from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.read import MOST, fold, keys, read

if TYPE_CHECKING:
    from llmquiz.schema.questions import Cell, CodeQuestion, Option, OrderQuestion, Term

_LAYOUT = frozenset(
    {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER}
)


def single(state: PointState, because: str = "") -> Score:
    """The Score of a question with one answer."""
    points = (PointScore("", state, because),)
    return Score(value_of(points), points)


def grade_choice(options: Sequence[Option], response: str) -> Score:
    """`response` is the number of an option as the author ordered them, from 1."""
    numbers = re.findall(r"\d+", fold(response[:200])[0])
    if len(numbers) != 1 or not 1 <= int(numbers[0]) <= len(options):
        return single(PointState.undecided)
    return single(PointState.met if options[int(numbers[0]) - 1].right else PointState.missing, response.strip())


def grade_order(question: OrderQuestion, response: str) -> Score:
    """`response` names the steps by their right places, in the order given: right as 1 2 3 ..."""
    given = [int(number) for number in re.findall(r"\d+", fold(response[:400])[0])]
    if sorted(given) != list(range(1, len(question.steps) + 1)):
        return single(PointState.undecided)
    return single(PointState.met if given == sorted(given) else PointState.missing, response.strip())


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
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code.strip()).readline):
            if token.type not in _LAYOUT:
                found.append(_plain(token.string) if token.type == tokenize.STRING else token.string)
    except (tokenize.TokenError, SyntaxError, UnicodeEncodeError):  # half a character, from a broken terminal
        return tuple(re.findall(r"\w+|[^\w\s]", code))
    return tuple(found)


def _plain(string: str) -> str:
    """A string in single quotes, so that the kind of quote does not count."""
    simple = re.fullmatch(r"\"([^\"'\\]*)\"", string)
    return f"'{simple[1]}'" if simple else string


def grade_term(term: Term, response: str, glossary: Glossary) -> Score:
    """Any accepted form is right; the form to avoid is contradicted."""
    written = keys(response[:400])
    if not written:
        return single(PointState.missing)
    index = Index.of(read(response[:400]), glossary)
    right = _named(index, (*term.right.en, *term.right.zh), spelt={_bare(f) for f in (*term.right.en, *term.right.zh)})
    wrong = _named(index, (*term.wrong.en, *term.wrong.zh), spelt=set())
    if right and not (wrong and _covers(wrong, right)):
        return single(PointState.met, words_at(index, [right])[0])
    if wrong:
        return single(PointState.contradicted, words_at(index, [wrong])[0])
    return single(PointState.missing, response.strip()[:400])


def _named(index: Index, forms: Iterable[str], spelt: set[str]) -> tuple[int, int] | None:
    """The longest range that reads one of the forms and is not denied."""
    if _bare(index.reading.text) in spelt:
        return 0, len(index.reading.tokens)
    found = [hit for form in forms for hit in index.find(keys(form) or ("",)) if not index.denies(hit[0])]
    return max(found, key=lambda hit: hit[1] - hit[0], default=None)


def _covers(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    """A wrong form that holds the right one inside it is the wrong form."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and outer != inner


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text[:400])[0])


def grade_cell(cell: Cell, response: str, lang: str, *, glossary: Glossary) -> Score:
    """A table cell: any of its accepted phrasings, not denied; the cell's own words count too."""
    reading = read(response)
    if not reading.tokens:
        return single(PointState.missing)
    index = Index.of(reading, glossary)
    own = [re.sub(r"[+/]", " ", text) for text in (cell.text.en, cell.text.zh) if text]
    hits = list(index.hits((*cell.accept.en, *cell.accept.zh, *own)))
    told = next((hit for hit in hits if not hit.denied), None)
    if told:
        return single(PointState.met, words_at(index, told.ranges)[0])
    if hits:
        return single(PointState.contradicted, words_at(index, hits[0].ranges)[0])
    return single(PointState.missing, response.strip()[:MOST])
