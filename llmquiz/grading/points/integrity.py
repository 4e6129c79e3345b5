"""Text that is no answer: keyword piles, the question copied, a pasted rubric, words addressed to the grader."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from llmquiz.grading import calibration
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.read import Reading, Token, is_han, keys, listed

# What says how terms are related, where a list says only which there are.
_RELATION = re.compile(r"[=<>→⇒≈∝≤≥↑↓]|->")
# What separates the items of a list: marks, line breaks, blanks between Han characters, ends of sentences.
_MARK = re.compile(r"[,、/|;·•+\n]|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])|。|\.(?=\s|$)")


def addressed_to_the_grader(reading: Reading) -> bool:
    """Whether the answer asks for credit instead of earning it; then nothing in it is read."""
    return bool(pattern("to-the-grader").search(reading.folded))


def blank(reading: Reading, prompts: Iterable[str], statements: Iterable[str]) -> frozenset[int]:
    """Clauses that earn nothing: all of them where the answer asks for credit instead of earning it."""
    if addressed_to_the_grader(reading):
        return frozenset(token.clause for token in reading.tokens)
    return no_answer(reading, prompts, statements)


def no_answer(reading: Reading, prompts: Iterable[str], statements: Iterable[str]) -> frozenset[int]:
    """Clauses that earn nothing: piles of keywords, the question, headed rubrics, statements of the rubric pasted."""
    sentences = _grouped(reading.tokens, lambda token: token.sentence)
    prompt_keys = [set(keys(prompt)) for prompt in prompts]
    pasted = _pasted(sentences, statements)
    blank: set[int] = set()
    for number, tokens in sentences.items():
        if (
            number in pasted
            or pattern("rubric").search(reading.folded, tokens[0].start, tokens[-1].end + 1)
            or any(_copied(tokens, prompt) for prompt in prompt_keys)
        ):
            blank.update(token.clause for token in tokens)
    return frozenset(blank | _piles(reading))


def _grouped(tokens: Iterable[Token], by: Callable[[Token], int]) -> dict[int, list[Token]]:
    groups: dict[int, list[Token]] = {}
    for token in tokens:
        groups.setdefault(by(token), []).append(token)
    return groups


def _copied(tokens: list[Token], prompt: set[str]) -> bool:
    words = {token.key for token in tokens}
    copied = len(words & prompt)
    most_of_both = copied >= calibration.COPIED * len(words) and copied >= calibration.COPIED_OF_PROMPT * len(prompt)
    return len(words) >= calibration.COPIED_LEAST and most_of_both


def _pasted(sentences: dict[int, list[Token]], statements: Iterable[str]) -> set[int]:
    """Sentences that are statements of the rubric word for word, where three or more are."""
    known = {keys(statement) for statement in statements}
    same = {number for number, tokens in sentences.items() if tuple(token.key for token in tokens) in known}
    return same if len(same) >= calibration.PASTED_STATEMENTS else set()


def _piles(reading: Reading) -> set[int]:
    """Clauses that only list terms, where they are most of an answer: notes hold lists too, and say something."""
    if _RELATION.search(reading.folded):
        return set()
    piles = _lists(reading)
    listing = sum(token.clause in piles for token in reading.tokens)
    return piles if listing >= calibration.PILED_ANSWER * len(reading.tokens) else set()


def _lists(reading: Reading) -> set[int]:
    """Clauses that list terms: five or more short items in a row, or eight words with nothing between them."""
    saying = (listed("empty") - listed("may-stand-in-a-list")) | listed("saying")
    piled: Counter[int] = Counter()
    row: list[list[Token]] = []
    # The empty item at the end closes the last row.
    for item in (*_items(reading), []):
        if not item and row and reading.tokens[-1] not in row[-1]:
            continue
        han = sum(is_han(token.key) for token in item)
        speaks = any(token.key in saying for token in item) and not (han and len(item) <= 2)
        speaks = speaks or _is_sentence(item, reading) or _counts(item, reading)
        # A word of Chinese is several tokens.
        if item and len(item) <= (4 if not han else 7) and not speaks:
            row.append(item)
            continue
        if len(row) >= calibration.PILE:
            piled.update(token.clause for listed_item in row for token in listed_item)
        row = []
    clauses = _grouped(reading.tokens, lambda token: token.clause)
    return {
        number for number, tokens in clauses.items() if piled[number] > calibration.PILED * len(tokens) or _bare(tokens)
    }


def _is_sentence(item: list[Token], reading: Reading) -> bool:
    """Whether a short item is a whole sentence with a verb after its subject: "Memory grows." lists nothing."""
    tokens = reading.tokens
    if len(item) < 2:
        return False
    first, last = item[0], item[-1]
    before, after = bisect_left(tokens, first.start, key=_start), bisect_left(tokens, last.start, key=_start) + 1
    alone = (not before or tokens[before - 1].sentence != first.sentence) and (
        after >= len(tokens) or tokens[after].sentence != last.sentence
    )
    # An -ing form is no finite verb.
    return alone and any(
        token.key in listed("verbs") and not reading.folded.startswith("ing", token.end - 3) for token in item[1:]
    )


def _counts(item: list[Token], reading: Reading) -> bool:
    """Whether an item only numbers what follows: first, 第一."""
    return bool(item) and bool(pattern("ordinal").fullmatch(reading.folded[item[0].start : item[-1].end]))


def _start(token: Token) -> int:
    return token.start


def _items(reading: Reading) -> Iterator[list[Token]]:
    """The tokens between the marks of a list."""
    marks = [match.start() for match in _MARK.finditer(reading.folded)]
    item: list[Token] = []
    at = 0
    for token in reading.tokens:
        if at < len(marks) and marks[at] < token.start:
            yield item
            item = []
            at = bisect_left(marks, token.start)
        item.append(token)
    yield item


def _bare(tokens: list[Token]) -> bool:
    """Eight English words or more without any that joins them."""
    joining = listed("empty") | listed("saying") | listed("joining")
    return len(tokens) >= 8 and not any(is_han(token.key) or token.key in joining for token in tokens)
