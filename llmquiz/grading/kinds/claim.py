"""Claims: the verdict at the beginning earns the credit; the reason behind it is graded by the claim's own points."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.grading.text.lexicon import pattern, patterns
from llmquiz.grading.text.read import fold, is_han
from llmquiz.schema.texts import Verdict

if TYPE_CHECKING:
    from llmquiz.schema.questions import Claim

SHORT: dict[str, Verdict] = {
    **{verdict.value[:size]: verdict for verdict in Verdict for size in range(1, len(verdict.value))},
    **{"t": Verdict.sound, "y": Verdict.sound, "f": Verdict.wrong, "n": Verdict.wrong},
    **{"成": Verdict.sound, "不够": Verdict.imprecise, "不够准": Verdict.imprecise, "有争": Verdict.contested},
    **{"无法": Verdict.unverifiable, "无法核": Verdict.unverifiable},
}
"""Beginnings that stand for the whole word where nothing else stands before the first mark."""
del SHORT["un"]  # it may be untrue

NEIGHBOURS = ({Verdict.imprecise, Verdict.wrong}, {Verdict.contested, Verdict.unverifiable})
"""Verdicts that people take for each other: with a right reason one is nearly the other."""

LETTERS = "对错真是假否"
_ALONE = re.compile(r"[了吧啊呀呢哈嘛]|的(?!是)|因为|但|(?![\u4e00-\u9fff])")
"""What follows a verdict that ends in one of LETTERS; before anything else it begins a word: 对照, 错位, 真实."""
_OTHER_WORD = re.compile(r"的是|率|性|地说|来说|说来|的答案")
_EDGE = re.compile(r"(?![\w'’])")
_PLACE = re.compile(r"[\s(（\[]*([1-5])(?:\s*[.):、）\]，,:：]|\s|$)")
_GAP = re.compile(r"\s*[,，.。:：;；-]+\s*")
_OR = re.compile(r"\s*(?:[,，/、]\s*)?(?:or|还是|或者?|/)\s*")
_BUT = re.compile(r"\s*[,，]?\s*(?:but|though|except|但|不过|只是|可是|只不过)")
_NOT = re.compile(r"(?:\bnot\b|n't|不|没|非)[^,，。]{0,6}$")
_CLAUSE = re.compile(r"[,，。;；:：!！?？]|\.(?=\s|$)")
_LEFT = re.compile(r"[了的吧啊呀呢哈嘛]?[\s.,:;!，。：；！、)）\]】-]*")
"""Between a verdict and its reason."""
SIMPLIFIED = str.maketrans(
    "這個說錯夠準確實無爭議對過絕論謬誤據沒覺認為應該話則點兒種條數嗎嚴謹誇張籠統驗覈滿頭斷專見傳聞開佈別盡結與間讓還從眾紛紜執詞異學術內圍單純屬測資訊裡",
    "这个说错够准确实无争议对过绝论谬误据没觉认为应该话则点儿种条数吗严谨夸张笼统验核满头断专见传闻开布别尽结与间让还从众纷纭执词异学术内围单纯属测资讯里",
)
"""The characters of verdicts, and of what stands before them, where they are written in the traditional way."""


class Judgement(NamedTuple):
    """What was typed to a claim."""

    verdict: Verdict | None
    """Nothing where none is named, or two."""
    reason: str


def grade_claim(claim: Claim, response: str, *, hinted: frozenset[str] = frozenset()) -> Score:
    """The Score of a verdict with an optional reason.

    The value is the verdict's alone; a neighbour of the right one with a right reason and no wrong one earns half.
    """
    verdict, reason = read_judgement(response)
    reasons = _reasons(claim, reason, hinted)
    if not response.strip():
        state = PointState.missing
    elif verdict is None:
        state = PointState.undecided
    elif verdict is claim.verdict:
        state = PointState.met
    elif {verdict, claim.verdict} in NEIGHBOURS and _right(reasons):
        state = PointState.partly
    else:
        state = PointState.missing
    score = single(state, response.strip().partition("\n")[0][:200])
    return replace(score, points=(*score.points, *reasons))


def _reasons(claim: Claim, reason: str, hinted: frozenset[str]) -> tuple[PointScore, ...]:
    if not claim.points or not reason.strip():
        return ()
    from llmquiz.grading.points.key_points import grade_points

    return grade_points(claim.points, (), reason, prompt=claim.text, hinted=hinted)[0]


def _right(reasons: tuple[PointScore, ...]) -> bool:
    """Whether one is right and none wrong: who gives a reason in a line gives one."""
    states = {reason.state for reason in reasons}
    return PointState.met in states and PointState.contradicted not in states


def read_judgement(text: str) -> Judgement:
    """The verdict at the beginning of an answer, by its word, its first letters or its place 1 to 5; and the rest."""
    text = text.strip()
    folded, origin = fold(text)
    line = folded.translate(SIMPLIFIED).partition("\n")[0][:200]
    behind = text[origin[len(line)] :]
    if place := _PLACE.match(line):
        return Judgement(list(Verdict)[int(place[1]) - 1], text[origin[place.end()] :])
    first = _CLAUSE.split(line.lstrip(" ([（【-*#"), maxsplit=1)[0]
    short = SHORT.get(re.sub(r"^\W+|\W+$", "", first))
    verdict, end = (short, line.find(first) + len(first)) if short else _begun(line)
    if verdict:
        return Judgement(verdict, _LEFT.sub("", text[origin[end] :], count=1))
    # It may stand further on, in the first clause: "the papers disagree".
    named = _named(first) if end == 0 else None
    return Judgement(named, text if named else behind)


def _begun(line: str) -> tuple[Verdict | None, int]:
    """The verdict with which a line begins, and where its words end; none, and 1, where two stand side by side."""
    verdict, end = _first_word(line, 0)
    if not verdict:
        return None, 0
    other = _word_at(line, choice.end())[0] if (choice := _OR.match(line, end)) else None
    # Whether "true, but …" is sound or imprecise is for the learner to say.
    if (other and other is not verdict) or (verdict is Verdict.sound and _BUT.match(line, end)):
        return None, 1
    # "No, that is too strong": the plain word only opens what is meant.
    if verdict in (Verdict.sound, Verdict.wrong) and (gap := _GAP.match(line, end)):
        closer, closer_end = _first_word(line, gap.end())
        if closer and closer not in (Verdict.sound, verdict):
            return closer, closer_end
    return verdict, end


def _first_word(line: str, at: int) -> tuple[Verdict | None, int]:
    """The word of a verdict at a place, or behind what may stand before one, and its end."""
    verdict, end = _word_at(line, at)
    while not verdict and (filler := pattern("before-a-verdict").match(line, at)):
        at = filler.end()
        verdict, end = _word_at(line, at)
    return verdict, end


def _word_at(line: str, at: int) -> tuple[Verdict | None, int]:
    """The longest word of a verdict that stands at a place, and its end."""
    longest: tuple[Verdict | None, int] = None, at
    for verdict in Verdict:
        for expression in patterns(f"verdict-{verdict.value}"):
            match = expression.match(line, at)
            if match and match.end() > longest[1] and _ends(line, match.end()):
                longest = verdict, match.end()
    return longest


def _ends(line: str, at: int) -> bool:
    """Whether a word of a verdict may end there."""
    if not is_han(line[at - 1]):
        return bool(_EDGE.match(line, at))
    return bool(_ALONE.match(line, at) if line[at - 1] in LETTERS else not _OTHER_WORD.match(line, at))


def _named(clause: str) -> Verdict | None:
    """The one verdict whose word stands in a clause; nothing where two do, or one behind a "not"."""
    named: set[Verdict | None] = set()
    at = 0
    while at < len(clause):
        verdict, end = _word_at(clause, at)
        # 对 also stands in 绝对 and 相对, "no" in "casino"
        inside = end - at < 2 or (clause[at].isascii() and at and clause[at - 1].isalnum())
        if verdict and not inside:
            named.add(None if _NOT.search(clause[:at]) else verdict)
        at = max(end, at + 1)
    return named.pop() if len(named) == 1 else None
