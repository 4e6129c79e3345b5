"""Sums asked at once, after a chain of steps, and after what only looks like one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Progress, Run
from llmquiz.demos.prompted_reasoning import problems
from llmquiz.demos.prompted_reasoning.claims import Result, Shown, Terms
from llmquiz.demos.prompted_reasoning.problems import CUE, Draw, Way
from llmquiz.demos.prompted_reasoning.writing import Reader

SHOTS = 4
DRAWS = 2
SLIP = 1
ANSWER = 4
"""Tokens that an answer may take behind its cue."""
GIVEN: tuple[Way, ...] = ("equation", "dots", "other", "after")
"""Ways that hold what the model writes against what it is given."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was answered to the tests of one draw, in their order."""

    totals: tuple[int, ...]
    """The right answers."""
    texts: dict[str, list[str]]
    """At once and with a chain, all that stands behind each question."""
    right: dict[str, list[bool]]
    """By the way of answering; "slip": which answers are the end of a wrong chain."""


def measure(run: Run) -> Result:
    """Three numbers in every way, then two and four of them at once, in one step and after a chain."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    source = random.Random(run.seed)
    tests, share = (6, 1.0) if run.quick else (12, 0.6)
    run.progress(0.0)

    draws = [problems.drawn(source, 3, SHOTS, tests) for _ in range(DRAWS)]
    parts = [run.part(share * i / DRAWS, share * (i + 1) / DRAWS) for i in range(DRAWS)]
    sheets = [answered(own, draw, part) for draw, part in zip(draws, parts, strict=True)]

    further = []
    for terms, start, end in () if run.quick else ((2, 0.6, 0.75), (4, 0.75, 1.0)):
        draw = problems.drawn(source, terms, SHOTS, tests)
        further.append(counted(terms, [answered(own, draw, run.part(start, end), given=("equation",))]))

    pairs = list(zip(*(rights(sheets, way) for way in ("direct", "chain")), strict=True))
    direct, steps = (tokens(own, sheets, way) for way in ("direct", "chain"))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        size=tiny.parameters(own.model),
        shots=SHOTS,
        draws=DRAWS,
        tests=DRAWS * tests,
        commonest=max(Counter(total for sheet in sheets for total in sheet.totals).values()),
        direct=sum(rights(sheets, "direct")),
        chain=sum(rights(sheets, "chain")),
        won=pairs.count((False, True)),
        lost=pairs.count((True, False)),
        equation=sum(rights(sheets, "equation")),
        dots=sum(rights(sheets, "dots")),
        other=sum(rights(sheets, "other")),
        after=sum(rights(sheets, "after")),
        carried=sum(rights(sheets, "slip")),
        direct_tokens=direct,
        chain_tokens=steps,
        by_terms=tuple(sorted([*further, counted(3, sheets)], key=lambda row: row.terms)),
        shown=sample(draws[0], sheets[0]),
    )


def answered(own: Checkpoint, draw: Draw, progress: Progress, given: Sequence[Way] = GIVEN) -> Sheet:
    """The tests of a draw answered at once, after a chain that is written, and in the ways of `given`.

    With all of these also after a wrong chain. But for the written chain, what stands before the answer is given.
    """

    def filler(text: str) -> str:
        return " ." * own.tokens(text).shape[1]

    asked = [problems.question(numbers) for numbers in draw.tests]
    totals = tuple(map(sum, draw.tests))
    reader = Reader(own, problems.examples("chain", draw.shots, filler))
    most = max(own.tokens(problems.chain(numbers) + CUE).shape[1] for numbers in draw.tests) + 2 * ANSWER
    texts = {"chain": reader.write(asked, most)}
    progress(0.4)
    at_once = Reader(own, problems.examples("direct", draw.shots, filler))
    texts["direct"] = [CUE + text for text in at_once.write([text + CUE for text in asked], ANSWER)]
    progress(0.5)
    right = {
        way: [problems.answer_in(text) == total for text, total in zip(written, totals, strict=True)]
        for way, written in texts.items()
    }
    if given == GIVEN:
        wrong = [text + problems.chain(numbers, SLIP) + CUE for text, numbers in zip(asked, draw.tests, strict=True)]
        right["slip"] = reader.writes(wrong, [total + SLIP for total in totals])
    for i, way in enumerate(given):
        rows = zip(asked, draw.tests, problems.others(draw.tests), strict=True)
        rests = [text + problems.lead(way, numbers, other, filler) for text, numbers, other in rows]
        right[way] = Reader(own, problems.examples(way, draw.shots, filler)).writes(rests, totals)
        progress(0.6 + 0.4 * (i + 1) / len(given))
    progress(1.0)
    return Sheet(totals, texts, right)


def rights(sheets: Sequence[Sheet], way: str) -> list[bool]:
    """Over all sheets, which answers are right."""
    return [right for sheet in sheets for right in sheet.right[way]]


def counted(terms: int, sheets: Sequence[Sheet]) -> Terms:
    """Right answers at once, in one step and after a chain, over all sheets."""
    tests = sum(len(sheet.totals) for sheet in sheets)
    return Terms(terms, tests, *(sum(rights(sheets, way)) for way in ("direct", "equation", "chain")))


def tokens(own: Checkpoint, sheets: Sequence[Sheet], way: str) -> float:
    """How many tokens an answer takes, its line break included: the mean over all tests."""
    lines = [text.split("\n")[0] + "\n" for sheet in sheets for text in sheet.texts[way]]
    return fmean(own.tokens(line).shape[1] for line in lines)


def sample(draw: Draw, sheet: Sheet) -> Shown:
    """The first test: its prompt with chains, and the lines that were written."""
    prompt = problems.examples("chain", draw.shots, str) + problems.question(draw.tests[0])
    return Shown(prompt, *(sheet.texts[way][0].split("\n")[0].strip() for way in ("direct", "chain")))
