"""Three answers to one question, few enough to be counted by hand, and a grader that says the same of each."""

from __future__ import annotations

import json

from llmquiz.grading import PointScore, PointState, Remark, Score

QUESTIONS = {
    "questions": [
        {
            "id": "q_1",
            "en": "Why a cache?",
            "zh": "为什么要缓存？",
            "points": [
                {"id": "first_one", "en": "Keys are reused.", "zh": "键被复用。"},
                {"id": "second", "en": "Memory grows.", "zh": "显存增长。"},
            ],
            "misconceptions": [{"id": "bad_1", "en": "It stores text.", "zh": "它存的是文字。"}],
        }
    ]
}


def line(name: str, kind: str, covered: list[str], wrong: list[str]) -> str:
    """A line of answers.jsonl."""
    return json.dumps(
        {"id": name, "question": "q_1", "lang": "en", "kind": kind, "text": "Memory grows a lot.", "covered": covered,
         "misconceptions": wrong}
    )  # fmt: skip


LINES = [
    line("a", "excellent", ["first_one", "second"], []),
    line("b", "wrong", [], ["bad_1"]),
    line("c", "partial", ["first_one"], []),
]


def second_only(*_: object) -> Score:
    """A grader that credits the second point and sees the misconception, whatever the answer."""
    points = (PointScore("p0", PointState.undecided), PointScore("p1", PointState.met))
    return Score(1.0, points, (Remark("m0"),))
