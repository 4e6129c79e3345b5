"""Text that is no answer: keyword piles, the question copied, a pasted rubric, words addressed to the grader."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from llmquiz.grading.concepts import EMPTY
from llmquiz.grading.text import Reading, Token, is_han, keys

_SAYING = (
    EMPTY - frozenset("a an the of in on for with and or by at".split()) - frozenset("的和与及或个")
    | frozenset("both because since need use keep make".split())
    | frozenset("不没再都让成变就时")
)
"""Words that say something of something: an item of a bare list does without them."""
_JOINING = _SAYING | EMPTY | frozenset("around after before over under up down out off across through while".split())
_MARK = re.compile(r"[,、/|;·•+\n]|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])|[。.](?=\s|$)")

_TO_THE_GRADER = re.compile(
    r"\b(?:give|award|grant|assign|mark)\w*\b[^.。\n]{0,40}\b(?:full|maximum|max|perfect|100|all|highest)\b[^.。\n]{0,12}\b(?:marks?|points?|score|credit)"
    r"|\bfull (?:marks|score|credit|points)\b|\bdear (?:grader|examiner|judge)|\b(?:ignore|disregard|forget)\b[^.。\n]{0,30}\b(?:instructions?|rubric|above|previous|prior)"
    r"|\b(?:this|my|the) answer (?:is|covers|meets|should be)\b[^.。\n]{0,30}\b(?:perfect|complete|correct|everything|all|full|met)"
    r"|\bcovered\s*[=:]|\bend of (?:evaluation|answer|rubric)|^\s*(?:assistant|system|grader|user)\s*:|\"?(?:score|grade|state)\"?\s*[=:]\s*(?:1(?:\.0)?|100|full|\"?met)"
    r"|满分|(?:给|打|判)[^。\n]{0,8}(?:全部?(?:得)?分|100 ?分|高分|全对)|阅卷|评分(?:员|系统|器|标准|人|老师)|忽略(?:以上|之前|前面|上述)|得分点(?:全|都|已|均|[:])|全部(?:得分|命中|覆盖)|覆盖了?(?:全部|所有)(?:要点|得分点|知识点)",
    re.M,
)
_RUBRIC = re.compile(
    r"[✓✔☑✅]|\[x\]|\b(?:key ?points?|rubric|criteria|checklist)\b|要点(?:[:]|如下|列表|清单)|关键词|关键点[:]|评分标准"
)


def addressed_to_the_grader(reading: Reading) -> bool:
    """Whether the answer asks for credit instead of earning it; then nothing in it is read."""
    return bool(_TO_THE_GRADER.search(reading.folded))


def blank(reading: Reading, prompts: Iterable[str], statements: Iterable[str]) -> frozenset[int]:
    """Clauses that earn nothing: all of them where the answer asks for credit instead of earning it."""
    if addressed_to_the_grader(reading):
        return frozenset(token.clause for token in reading.tokens)
    return no_answer(reading, prompts, statements)


def no_answer(reading: Reading, prompts: Iterable[str], statements: Iterable[str]) -> frozenset[int]:
    """Clauses that earn nothing: piles of keywords, the question, ticked rubrics, statements of the rubric pasted."""
    sentences = _grouped(reading.tokens, lambda token: token.sentence)
    prompt_keys = [set(keys(prompt)) for prompt in prompts]
    pasted = _pasted(sentences, statements)
    blank: set[int] = set()
    for number, tokens in sentences.items():
        if (
            number in pasted
            or _RUBRIC.search(reading.folded, tokens[0].start, tokens[-1].end + 2)
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
    said = {token.key for token in tokens}
    return len(said) >= 4 and len(said & prompt) >= 0.8 * len(said) and len(said & prompt) >= 0.5 * len(prompt)


def _pasted(sentences: dict[int, list[Token]], statements: Iterable[str]) -> set[int]:
    """Sentences that are statements of the rubric word for word, where three or more are."""
    known = {keys(statement) for statement in statements}
    same = {number for number, tokens in sentences.items() if tuple(token.key for token in tokens) in known}
    return same if len(same) >= 3 else set()


def _piles(reading: Reading) -> set[int]:
    """Clauses that only list terms: five or more short items in a row, or eight words with nothing between them."""
    listed: Counter[int] = Counter()
    row: list[list[Token]] = []
    for item in (*_items(reading), []):
        if not item and row and reading.tokens[-1] not in row[-1]:
            continue
        han = sum(is_han(token.key) for token in item)
        if item and len(item) <= (4 if not han else 7) and not any(token.key in _SAYING for token in item):
            row.append(item)
            continue
        if len(row) >= 5:
            listed.update(token.clause for one in row for token in one)
        row = []
    clauses = _grouped(reading.tokens, lambda token: token.clause)
    return {number for number, tokens in clauses.items() if listed[number] > 0.6 * len(tokens) or _bare(tokens)}


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
    return len(tokens) >= 8 and not any(is_han(token.key) or token.key in _JOINING for token in tokens)
