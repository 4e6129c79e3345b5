"""Claims: the verdict in the first line earns the credit; the reason after it is graded by the claim's own points."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.read import fold
from llmquiz.schema.texts import Verdict

if TYPE_CHECKING:
    from llmquiz.schema.questions import Claim

WORDS: dict[Verdict, frozenset[str]] = {
    verdict: frozenset(word.strip() for word in synonyms.replace("\n", ",").split(",") if word.strip())
    for verdict, synonyms in {
        Verdict.sound: "sound,true,correct,right,holds,accurate,yes,成立,正确,准确,对,属实,可靠",
        Verdict.imprecise: """imprecise,inexact,inaccurate,oversimplified,partly,half,loose,not precise
            不准确,不精确,不严谨,不够准确,不够严谨,不够精确,过于笼统,太笼统,片面,部分正确,半对,欠准确,欠严谨""",
        Verdict.contested: """contested,disputed,debated,controversial
            有争议,争议,存疑,尚无定论,有分歧,说法不一""",
        Verdict.wrong: "wrong,false,incorrect,untrue,no,not true,错误,错,不对,不成立,不正确,有误",
        Verdict.unverifiable: """unverifiable,unknown,undisclosed,cannot be verified,can't be verified,not verifiable
            unconfirmed,无法核实,无法验证,无法证实,无从核实,无从验证,不可验证,不可核实
            未公开,未披露,没有公开,不可考,待证实""",
    }.items()
}
"""What people write for each verdict; any beginning that fits no other verdict counts too."""


def grade_claim(claim: Claim, response: str, *, hinted: frozenset[str] = frozenset()) -> Score:
    """The Score of a verdict with an optional reason; the value is the verdict's alone."""
    first, _, reason = response.strip().partition("\n")
    verdict = read_verdict(first)
    if not first.strip():
        state = PointState.missing
    elif verdict is None:
        state = PointState.undecided
    else:
        state = PointState.met if verdict is claim.verdict else PointState.missing
    score = single(state, first.strip()[:200])
    if not claim.points or not reason.strip():
        return score
    from llmquiz.grading.points.key_points import grade_points

    reasons, _ = grade_points(claim.points, (), reason, prompt=claim.text, hinted=hinted)
    return replace(score, points=(*score.points, *reasons))


def read_verdict(line: str) -> Verdict | None:
    """The verdict that a line names: a word, its beginning, or its place 1 to 5; nothing where two fit or none."""
    # Without the marks around it: `(wrong).`, `- 不准确`.
    typed = re.sub(r"^[\s.,:;()\[\]。、'\"*#-]+|[\s.,:;!()\[\]。、'\"*]+$", "", fold(line[:200])[0])
    if not typed:
        return None
    if typed.isdecimal():
        return list(Verdict)[int(typed) - 1] if len(typed) == 1 and 1 <= int(typed) <= len(Verdict) else None
    # A place with words behind it: `2) too strong`.
    if number := re.match(r"([1-5])\s*[.):、 ]", typed):
        return list(Verdict)[int(number[1]) - 1]
    exact = [verdict for verdict, words in WORDS.items() if typed in words]
    if exact:
        return exact[0]
    begun = {verdict for verdict, words in WORDS.items() if any(word.startswith(typed) for word in words)}
    if len(begun) == 1:
        return begun.pop()
    return _named(typed)


def _named(typed: str) -> Verdict | None:
    """The one verdict whose word stands in a longer line, the longest words first: 不准确 is not 准确."""
    named: list[tuple[int, int, Verdict]] = []
    words = sorted(
        ((word, verdict) for verdict, many in WORDS.items() for word in many), key=lambda pair: -len(pair[0])
    )
    for word, verdict in words:
        # Between Han characters \b finds no edge.
        edges = r"\b" if word.isascii() else ""
        for match in re.finditer(edges + re.escape(word) + edges, typed):
            if not any(start <= match.start() and match.end() <= end for start, end, _ in named):
                named.append((*match.span(), verdict))
    # What stands after a "not" is named, but not meant.
    sure = {
        verdict
        for start, _, verdict in named
        if not re.search(r"(?:\bnot\b|n't|不|没|非)[^,，。]{0,6}$", typed[:start])
    }
    return sure.pop() if len(sure) == 1 and len(sure) == len({verdict for *_, verdict in named}) else None
