"""What an answer denies: the words after a "not", and the beliefs of others that it reports only to refute them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llmquiz.grading.text import Reading

NEGATORS = frozenset(
    [
        "not",
        "no",
        "never",
        "none",
        "nothing",
        "nobody",
        "neither",
        "nor",
        "without",
        "hardly",
        "barely",
        "rarely",
        "lack",
        "unlike",
        "cannot",
        "nowhere",
    ]
)
"""English words whose clause is denied from there on."""

_LEADING = re.compile(r"\b(?:instead of|rather than|far from|fail(?:s|ed)? to|free of|absence of|stops? short of)\b")
_HARMLESS = re.compile(
    r"\bnot (?:only|just|merely|simply|to mention|least|until)\b|\bno (?:matter|doubt|less than|wonder|sooner|question)\b"
    r"|\bnothing (?:but|else)\b|\bwhether or not\b|\bor not\b|\bwhy not\b|\bno\.? ?\d"
)
_HAN_NEGATION = re.compile(
    r"(?<![差要得是想肯会能])不(?!停|住|仅|但|只|光|管|论|断|同|一样|一致|少|过(?!滤)|错|得不|可避免|可或缺|妨|外乎|免|久|禁|止|然|如|等|足)"
    r"|(?<=[是想肯会能要得])不(?=[是会能用需必要再做看])|(?<=[看得见存算做学用找够])不(?=[到见了着出完起住])"
    r"|没(?!错|问题|准|什么问题)|未(?!来|尝不)|无(?!论|数|限|疑|监督|非|穷|损|偏|状态|标注)|并非|绝非|而非|决非|毫无|勿"
)
_REFUTED_BEFORE = re.compile(
    r"\b(?:(?:is|are|was|that's|it's|which is) (?:simply |just |plainly |actually |completely )?(?:wrong|false|incorrect|mistaken|"
    r"untrue|a myth|a misconception|a misunderstanding|nonsense|not (?:true|so|the case|right|correct|accurate))"
    r"|does not hold|doesn't hold|isn't (?:true|so|right|correct|the case)|not (?:true|so)\b|on the contrary|no such thing)"
    r"|是错(?:的|误)|是不对的|不对$|这不对|并不对|是误解|是个?误区|是谣言|站不住脚|不成立|并非如此|不是这样|不是这么回事|"
    r"没这回事|不准确|说反了|恰恰相反|不会的|不是的|其实不然|其实不是|并没有这回事|这种说法(?:有误|不)"
)
_REFUTED_AFTER = re.compile(
    r"\b(?:myth|misconception|mistake|wrong|false|incorrect|nonsense|misunderstanding) (?:that|to|is|:)"
    r"|\b(?:it|that) (?:is|would be) (?:not true|false|wrong|untrue|a mistake)|误以为|误认为|错误地?认为|别以为|不要以为|并不是说|不是说|不能说|误区是"
)
_OTHERS = re.compile(
    r"\b(?:some|many|most|people|others|folks|it is often|it's often|often)\b[^.]{0,24}"
    r"\b(?:say|says|said|claim|claims|claimed|think|thinks|believe|believes|assume|argue|worry|fear|imagine)\b"
    r"|\b(?:you (?:may|might|will|often)?|i've|we|one) ?(?:often |may |might )?hears?d?\b|\bcommon(?:ly)? (?:belief|claim|misconception|myth)"
    r"|有人(?:说|以为|认为|觉得|担心|讲)|(?:很多|不少|许多|一些|有些|大家|常有|网上)[^。]{0,6}(?:说|以为|认为|觉得|担心)|"
    r"常(?:听|见)[^。]{0,4}说|常说|都说|据说|传言|听说|乍看|表面上看"
)
_TURN = re.compile(
    r"^\W*(?:it|that|they|this|he|we) (?:does|do|is|are|was|will|would|can|did)(?:n't| not)(?: do that)?\W*$"
    r"|^\W*(?:but|however|actually|in fact|in reality|contrary to|no\b|not so|not really|wrong|yet|that's|that is|this is|they are)"
    r"|^\W*(?:但|其实|实际上|事实上|不是|不会|不对|并非|并不|错|然而|可是|不过|这不|这是错|没有|恰恰)"
)

_AT_THE_END = re.compile(r"(?:都|也|就|才|并)(?:没有?|不行|不用|不会|不是|不能|不要|不需要)(?:了|的)?$|没了$")
_BACK = re.compile(
    r"^\W*(?:but |however |no |actually )?(?:that|this|it|they|which|these|those|such)\b|^\W*(?:但|其实|可)?(?:这|那|此|它)"
)


@dataclass(frozen=True, slots=True)
class Polarity:
    """What is denied in a reading, by token; and which clauses hold a negation."""

    denied: tuple[bool, ...]
    """The token stands after a negation in its clause."""
    negated_clauses: frozenset[int]
    refuted_clauses: frozenset[int]
    """Beliefs that the speaker calls wrong."""
    marks: dict[int, int]
    """For each clause with a negation, where in the folded text it stands."""
    wholly: frozenset[int]
    """Clauses that are denied from their beginning by a negation at their end: 一点损失都没有."""


def polarity(reading: Reading) -> Polarity:
    """The negations and refutations of a reading."""
    clauses = _clauses(reading)
    refuted = _refuted(reading.folded, clauses)
    first: dict[int, int] = {}
    marks = negations(reading.folded)
    at = 0
    for number, (start, end, _) in clauses.items():
        while at < len(marks) and marks[at] < start:
            at += 1
        if at < len(marks) and marks[at] < end:
            first[number] = marks[at]
    wholly = {number for number, (start, end, _) in clauses.items() if _AT_THE_END.search(reading.folded[start:end])}
    denied = tuple(t.clause in wholly or t.start >= first.get(t.clause, t.start + 1) for t in reading.tokens)
    return Polarity(denied, frozenset(first), refuted, first, frozenset(wholly))


def _clauses(reading: Reading) -> dict[int, tuple[int, int, int]]:
    """Each clause's first and last place in the folded text, and its sentence."""
    clauses: dict[int, tuple[int, int, int]] = {}
    for token in reading.tokens:
        start = clauses[token.clause][0] if token.clause in clauses else token.start
        clauses[token.clause] = (start, token.end, token.sentence)
    return clauses


def _refuted(folded: str, clauses: dict[int, tuple[int, int, int]]) -> frozenset[int]:
    """Clauses that the speaker calls wrong, or reports as what others believe and then turns against."""
    refuted: set[int] = set()
    reported: list[int] = []
    earlier: list[int] = []
    before: list[int] = []
    sentence = -1
    warned = False
    for number, (start, end, of) in clauses.items():
        text = folded[start:end]
        if of != sentence:
            earlier, before, sentence, warned = [], earlier, of, False
        turn = bool(_TURN.search(text))
        if reported and (turn or _REFUTED_BEFORE.search(text)):
            refuted.update(reported)
            reported = []
        elif _REFUTED_BEFORE.search(text):
            refuted.update(_meant(folded, clauses, number, earlier, before, turn))
        elif reported and of > clauses[reported[-1]][2] + (reported[-1] != number - 1):
            reported = []
        warned = (warned and not turn) or bool(_REFUTED_AFTER.search(text))
        if warned:
            refuted.add(number)
        if _OTHERS.search(text) or (reported and not turn and clauses[reported[-1]][2] == of):
            reported.append(number)
        earlier.append(number)
    return frozenset(refuted)


def _meant(
    folded: str,
    clauses: dict[int, tuple[int, int, int]],
    number: int,
    earlier: list[int],
    before: list[int],
    turn: bool,
) -> list[int]:
    """What "... is wrong" speaks of: its own clause, or with "that", 这 or nothing before it the ones before."""
    start, end, _ = clauses[number]
    text = folded[start:end]
    points_back = bool(_BACK.search(text)) or end - start < 8
    if points_back:
        return [number, *(earlier or before)]
    return [number] if turn else [number, *earlier[-1:]]


def negations(folded: str) -> list[int]:
    """Places of the negations in a folded text, those that negate nothing ("not only", 不仅) left out."""
    harmless = [match.span() for match in _HARMLESS.finditer(folded)]
    found = [match.start() for match in _HAN_NEGATION.finditer(folded)]
    found += [match.start() for match in _LEADING.finditer(folded)]
    found += [m.start() for m in re.finditer(r"[a-z']+", folded) if m[0] in NEGATORS or m[0].endswith("n't")]
    return sorted(place for place in found if not any(start <= place < end for start, end in harmless))
