"""Remarks apart from the score: absolute wording, inaccurate terms, no example, no limits, length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.grading.cues import Index
from llmquiz.grading.score import Found, Span
from llmquiz.grading.text import is_han

if TYPE_CHECKING:
    from llmquiz.questions import Term

_STRONG = re.compile(
    r"\b(?:absolutely|undoubtedly|without (?:any )?(?:doubt|exception)|in every case|under all (?:conditions|circumstances)|"
    r"will ever|forever|no one|nobody|everyone|everybody|always|never|definitely|certainly|by far the best|strictly (?:better|superior)|"
    r"completely (?:obsolete|useless|dead|replaced?)|guaranteed?|impossible|totally|(?:in|for) (?:all|every) (?:cases?|tasks?|situations?|respects?|ways?))\b"
    r"|绝对(?!位置|值|误差|编码|的?位置|坐标|距离)|永远|必然|必定|肯定|毫无疑问|任何时候|任何情况|任何场景|无论何时|所有人|所有(?:任务|场景|情况|方面)|彻底|百分之百|"
    r"全面(?:超越|碾压|优于)|碾压|完胜|无敌|万能|完全(?:没用|没有用|过时|淘汰|取代|不需要|没必要|没有必要)|一定(?:是|会|要|比|优|强|更|能)|唯一(?:正确|可行|选择|的)|没有任何(?:缺点|问题|例外)"
)
_EXAMPLE = re.compile(
    r"\b(?:e\.?g\.?|for (?:example|instance)|such as|like (?:gpt|bert|t5|llama|qwen|deepseek|mistral)|say,|suppose|imagine)"
    r"|例如|比如|譬如|举个?例|以[^，。]{1,12}为例|像[^，。]{1,12}(?:这样|那样|一样)|假设|\d"
)
_LIMITS = re.compile(
    r"\b(?:but|however|although|though|limit\w*|downside|drawback|trade-?offs?|cost|unless|except|depends?|contested|disputed|"
    r"not (?:always|necessarily|proven|clear)|open question|caveat|disadvantage|weak\w*|on the other hand|so far|mostly|usually|often)\b"
    r"|但|不过|然而|局限|缺点|代价|取舍|权衡|除非|取决于|不一定|未必|有争议|尚无|尚未|目前|通常|一般|多数|大多|弱点|不足"
)
_WORDS_PER_SECOND = {"en": 2.5, "zh": 4.2}
"""How fast people speak: 150 English words and 250 Han characters a minute."""


def remarks(index: Index, lang: str, seconds: int | None) -> tuple[Found, ...]:
    """What to say about the manner of an answer; `seconds` is the time that was asked for."""
    folded = index.reading.folded
    found = []
    if match := _STRONG.search(folded):
        found.append(_at(index, "absolute", match))
    if len(index.reading.tokens) >= 30:
        found += [Found("no-example")] if not _EXAMPLE.search(folded) else []
        found += [Found("no-limits")] if not _LIMITS.search(folded) else []
    if seconds:
        time = _seconds(index)
        found += [Found("too-long")] if time > 1.5 * seconds else []
        found += [Found("too-short")] if time < 0.3 * seconds else []
    elif index.reading.cut_short:
        found.append(Found("too-long"))
    return tuple(found)


def terms_used(index: Index, terms: Iterable[Term]) -> tuple[Found, ...]:
    """Inaccurate terms that the answer uses in earnest."""
    found = []
    for term in terms:
        for form in (*term.wrong.en, *term.wrong.zh):
            hit = next((hit for hit in index.find_text(form) if not index.denies(hit[0])), None)
            if hit:
                found.append(Found(term.id, *words_at(index, [hit])))
                break
    return tuple(found)


def words_at(index: Index, ranges: Iterable[tuple[int, int]]) -> tuple[str, tuple[Span, ...]]:
    """The words of the answer at ranges of tokens, and where they were typed."""
    reading = index.reading
    spans: list[Span] = []
    for start, end in sorted(set(ranges)):
        at, to = reading.typed(reading.tokens[start].start, reading.tokens[end - 1].end)
        if spans and at <= spans[-1].end + 1:
            spans[-1] = Span(spans[-1].start, max(to, spans[-1].end))
        else:
            spans.append(Span(at, to))
    return " … ".join(reading.text[span.start : span.end] for span in spans), tuple(spans)


def _at(index: Index, name: str, match: re.Match[str]) -> Found:
    start, end = match.span()
    at, to = index.reading.typed(start, end)
    return Found(name, index.reading.text[at:to], (Span(at, to),))


def _seconds(index: Index) -> float:
    han = sum(is_han(token.key) for token in index.reading.tokens)
    return han / _WORDS_PER_SECOND["zh"] + (len(index.reading.tokens) - han) / _WORDS_PER_SECOND["en"]
