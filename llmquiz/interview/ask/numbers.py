"""Numbers inside a long answer: which of those worth knowing it names, and whether it has them right.

A clause speaks of a number when it holds every name of its question (GPT-3, BERT; what stands in the prompts of both
languages), a word of what is asked, and an amount in its unit. A clause with several such amounts is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.number import grade_number
from llmquiz.grading.score import PointState
from llmquiz.grading.text.lexicon import word_list
from llmquiz.grading.text.numerals import amounts
from llmquiz.grading.text.read import fold, is_han, keys, read
from llmquiz.schema.questions import NumberFact

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef

_PLAIN = frozenset({"parameter", "参数", "个参数"})
"""Units that say by themselves what is counted."""


def wrong(text: str, facts: Iterable[QuestionRef]) -> Iterator[tuple[QuestionRef, str]]:
    """Numbers that `text` names and gets wrong, with the clause that does."""
    named = [(fact, list(_states(text, fact))) for fact in facts]
    # A clause that has one number right is not wrong about another that shares its names.
    right = {clause for _, states in named for state, clause in states if state is PointState.met}
    for fact, states in named:
        if states and all(state is PointState.missing and clause not in right for state, clause in states):
            yield fact, states[0][1]


def names(text: str, fact: QuestionRef) -> bool:
    """Whether `text` names a number and has it right."""
    return any(state is PointState.met for state, _ in _states(text, fact))


def _states(text: str, fact: QuestionRef) -> Iterator[tuple[PointState, str]]:
    entry = fact.entry
    assert isinstance(entry, NumberFact)
    names = _names(entry.prompt.en or "", entry.prompt.zh or "")
    if not names:
        return
    for clause, tokens in _clauses(text):
        if names <= tokens and _speaks_of(entry, tokens):
            amount = _amount(entry, clause)
            if amount:
                yield grade_number(entry, amount).points[0].state, clause


@lru_cache(maxsize=16)
def _clauses(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each clause with its tokens."""
    reading = read(text)
    tokens_of: dict[int, list[tuple[int, int, str]]] = {}
    for token in reading.tokens:
        tokens_of.setdefault(token.clause, []).append((token.start, token.end, token.key))
    clauses = []
    for tokens in tokens_of.values():
        at, to = reading.typed(tokens[0][0], tokens[-1][1])
        clauses.append((reading.text[at:to], frozenset(key for _, _, key in tokens)))
    return tuple(clauses)


@lru_cache(maxsize=512)
def _names(en: str, zh: str) -> frozenset[str]:
    """What stands in both prompts: names, with their numbers; years are left out."""
    both = {key for key in keys(en) if not is_han(key)} & set(keys(zh))
    names = {key for key in both if not key.startswith("#") or 0 < float(key[1:].rstrip("%")) < 1000}
    # Numbers alone name nothing.
    return frozenset(names - word_list("empty")) if any(not key.startswith("#") for key in names) else frozenset()


def _speaks_of(entry: NumberFact, tokens: frozenset[str]) -> bool:
    """Whether a sentence holds a word of what is asked, beside the names and the unit."""
    units = {key for unit in (entry.unit.en, entry.unit.zh) if unit for key in keys(unit)}
    if units & _PLAIN and units & tokens:
        return True
    asked = set(keys(entry.prompt.en or "")) | set(keys(entry.prompt.zh or ""))
    own = {key for key in asked - units - _names(entry.prompt.en or "", entry.prompt.zh or "") - word_list("empty")}
    # Words that stand in nearly every such question tell none apart.
    english = {key for key in own if not is_han(key) and len(key) > 3} - {"many", "much", "about", "token", "model"}
    if english & tokens:
        return True
    # A single Han character stands in too many words.
    return len({key for key in own if is_han(key)} - set("多少大约模型个几的") & tokens) >= 2


def _amount(entry: NumberFact, clause: str) -> str:
    """The one amount of a clause that is in the unit asked for; nothing where there are none or several."""
    folded = fold(clause)[0]
    units = {fold(unit)[0].strip().lstrip("个 ") for unit in (entry.unit.en, entry.unit.zh) if unit}
    firsts = {keys(unit)[0] for unit in units if keys(unit)}
    counted = bool(units & {"parameters", "参数"})
    present = amounts(folded)
    # The unit itself; English that shares a word; Chinese that begins alike; of a count also `175B` without a unit.
    fitting = [
        amount
        for amount in present
        if (unit := amount.unit.lstrip("个")) in units
        or (unit.isascii() and set(keys(unit)) & firsts)
        or any(not name.isascii() and unit.startswith(name[:2]) for name in units)
        or (counted and amount.scale and (not unit or keys(unit)[0] not in {"token", "%"}))
    ]
    # An amount per something else is another quantity, unless a rate is what is asked for.
    rate = any(re.search(r"\bper\b|/|每", unit) for unit in units)
    if len(fitting) != 1 or (not rate and re.search(r"\bper\b|每个?|平均", folded)):
        return ""
    return f"{fitting[0].value:g} {entry.unit.en or entry.unit.zh}"
