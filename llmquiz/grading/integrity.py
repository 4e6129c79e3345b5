"""Text that is no answer: keyword piles, the question copied, a pasted rubric, words addressed to the grader."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmquiz.grading.glossary import Glossary
from llmquiz.grading.concepts import EMPTY
from llmquiz.grading.text import Reading, Token, fold, is_han, keys

_TO_THE_GRADER = re.compile(
    r"\b(?:give|award|grant|assign|mark)\w*\b[^.。\n]{0,40}\b(?:full|maximum|max|perfect|100|all|highest)\b[^.。\n]{0,12}\b(?:marks?|points?|score|credit)"
    r"|\bfull (?:marks|score|credit|points)\b|\bdear (?:grader|examiner|judge)|\b(?:ignore|disregard|forget)\b[^.。\n]{0,30}\b(?:instructions?|rubric|above|previous|prior)"
    r"|\b(?:this|my|the) answer (?:is|covers|meets|should be)\b[^.。\n]{0,30}\b(?:perfect|complete|correct|everything|all|full|met)"
    r"|\bcovered\s*[=:]|\bend of (?:evaluation|answer|rubric)|^\s*(?:assistant|system|grader|user)\s*:|\"?(?:score|grade|state)\"?\s*[=:]\s*(?:1(?:\.0)?|100|full|\"?met)"
    r"|满分|(?:给|打|判)[^。\n]{0,8}(?:全部?(?:得)?分|100 ?分|高分|全对)|阅卷|评分(?:员|系统|器|标准|人|老师)|忽略(?:以上|之前|前面|上述)|得分点(?:全|都|已|均|[:])|全部(?:得分|命中|覆盖)|覆盖了?(?:全部|所有)(?:要点|得分点|知识点)",
    re.M,
)
_RUBRIC = re.compile(r"[✓✔☑✅]|\[x\]|\b(?:key ?points?|rubric|criteria|checklist)\b|要点(?:[:]|如下|列表|清单)|关键词|关键点[:]|评分标准")


def addressed_to_the_grader(reading: Reading) -> bool:
    """Whether the answer asks for credit instead of earning it; then nothing in it is read."""
    return bool(_TO_THE_GRADER.search(reading.folded))


def no_answer(reading: Reading, prompts: Iterable[str], statements: Iterable[str], glossary: Glossary) -> frozenset[int]:
    """Sentences that earn nothing: piles of keywords, the question, ticked rubrics, statements of the rubric pasted."""
    by_sentence: dict[int, list[Token]] = {}
    for token in reading.tokens:
        by_sentence.setdefault(token.sentence, []).append(token)
    prompt_keys = [set(keys(prompt)) for prompt in prompts]
    pasted = _pasted(by_sentence, statements)
    return frozenset(
        number
        for number, tokens in by_sentence.items()
        if number in pasted
        or _RUBRIC.search(reading.folded, tokens[0].start, tokens[-1].end + 2)
        or _pile(reading, tokens)
        or any(_copied(tokens, prompt) for prompt in prompt_keys)
    )


def _copied(tokens: list[Token], prompt: set[str]) -> bool:
    said = {token.key for token in tokens}
    return len(said) >= 4 and len(said & prompt) >= 0.8 * len(said) and len(said & prompt) >= 0.5 * len(prompt)


def _pasted(by_sentence: dict[int, list[Token]], statements: Iterable[str]) -> set[int]:
    """Sentences that are statements of the rubric word for word, where three or more are."""
    known = {keys(statement) for statement in statements}
    same = {number for number, tokens in by_sentence.items() if tuple(t.key for t in tokens) in known}
    return same if len(same) >= 3 else set()


def _pile(reading: Reading, tokens: list[Token]) -> bool:
    """A row of terms with nothing said about them: no verb, no function word, or short bits between commas."""
    words = [token for token in tokens if not is_han(token.key)]
    if len(words) >= 6 and len(words) == len(tokens):
        joined = sum(token.key in EMPTY for token in words)
        if joined <= 0.08 * len(words):
            return True
    text = reading.folded[tokens[0].start : tokens[-1].end]
    bits = [bit for bit in re.split(r"[,、/|;:+\s—–-]+" if not words or len(words) < len(tokens) else r"[,/|;:+—–]+", text) if bit]
    if len(bits) < 4:
        return False
    short = [bit for bit in bits if len(keys(bit)) <= (8 if is_han(fold(bit)[0][:1]) else 3)]
    return len(short) == len(bits) and not re.search(r"[的了是在把被让使会能可每只不没就都]", text) and not any(
        token.key in EMPTY for token in words
    )
