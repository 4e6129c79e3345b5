"""The default grader on labelled answers to the first topic: `python -m tests.grading.held [--errors]`.

held/answers.jsonl has answers of all kinds to its open questions, with the points that each makes and the
misconceptions that it holds. They were written from the statements alone by one of llmquiz's makers, and keep close to
their wording: they say less than the answers of strangers in corpus/, and stay to compare with what stood here before.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from llmquiz import paths
from llmquiz.collection.load import load
from llmquiz.grading import Glossary, Score, grade
from llmquiz.grading.evaluation.bench import measure
from llmquiz.grading.evaluation.cases import Case
from llmquiz.schema.questions import OpenQuestion

ANSWERS = Path(__file__).parent / "held" / "answers.jsonl"


@lru_cache(maxsize=1)
def content() -> tuple[Mapping[str, OpenQuestion], Glossary]:
    """The open questions of the first topic, and the glossary."""
    loaded = load([paths.shipped_content()])
    entries = [filed.entry for filed in loaded.entries.values() if filed.topic == "decoder-only"]
    return {e.id: e for e in entries if isinstance(e, OpenQuestion)}, Glossary.build(loaded.glossary)


def cases() -> list[Case]:
    """The labelled answers with their questions."""
    questions, _ = content()
    return [_case(questions, json.loads(line)) for line in ANSWERS.read_text("utf-8").splitlines()]


def _case(questions: Mapping[str, OpenQuestion], line: Mapping[str, Any]) -> Case:
    question = questions[line["question"]]
    return Case(
        id=line["id"],
        question=question,
        group=line["question"],
        lang="zh" if line["lang"] == "zh" else "en",
        data_lang=line["lang"],
        kind=line["kind"],
        answer=line["text"],
        names={entry.id: entry.id for entry in (*question.points, *question.misconceptions)},
        covered=frozenset(line["covered"]),
        wrong=frozenset(line["misconceptions"]),
        score=len(line["covered"]) / len(question.points),
    )


def judged(question: OpenQuestion, answer: str, lang: Any, *_: object) -> Score:
    """The default grader."""
    return grade(question, answer, lang, glossary=content()[1])


def figures(resamples: int = 1000) -> dict[str, Any]:
    """What `grade --bench --json` would print."""
    return measure(cases(), judged, resamples)[0]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="print every answer judged wrongly")
    asked = parser.parse_args()
    from rich.console import Console

    from llmquiz.messages.ui import Words
    from llmquiz.ui.tables import bench as view

    console = Console(width=110)
    console.print(*view.report(figures(), "points", Words("en")), sep="\n")
    if asked.errors:
        _errors()


def _errors() -> None:
    for case in cases():
        score = judged(case.question, case.answer, case.lang)
        met = {point.id for point in score.points if point.state == "met"}
        wrong = {misconception.id for misconception in score.misconceptions}
        if (met, wrong) != (case.covered, case.wrong):
            sys.stdout.write(
                f"{case.id} {case.kind}\n"
                f"    points missed {sorted(case.covered - met)}, falsely credited {sorted(met - case.covered)}\n"
                f"    misconceptions missed {sorted(case.wrong - wrong)}, falsely seen {sorted(wrong - case.wrong)}\n"
                f"    {case.answer}\n"
            )


if __name__ == "__main__":
    main()
