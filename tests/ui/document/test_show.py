"""The first question of a drill, and what is told of a single answer."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.language import Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.document import show
from tests.grading.kinds.test_claim import claim

LOADED = """
import sys
import llmquiz.ui.document.show
print(*sorted(set(sys.modules) & {"rich.progress", "jinja2", "markdown_it", "llmquiz.schema.topics",
                                  "llmquiz.ui.document.blocks", "llmquiz.ui.document.screen"}))
"""


def test_a_question_loads_nothing_that_only_its_answer_needs() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("verdict", "lang", "text"),
    [
        (
            "imprecise",
            "en",
            "Nearly Imprecise: something in it holds, though not as it is said. Wrong: its core does not",
        ),
        ("wrong", "zh", "就差一点 “不够准确”：有一部分站得住，只是话说过了头；“错误”：核心就站不住。"),
        (
            "contested",
            "en",
            "Nearly Contested: those who can check it disagree. Unverifiable: nobody outside can check it.",
        ),
        ("unverifiable", "zh", "就差一点 “有争议”：能查证，但结论不一；“无法核实”：外人根本查不到。"),
    ],
)
def test_a_verdict_that_is_nearly_right_is_told_the_difference(verdict: str, lang: Lang, text: str) -> None:
    asked: Any = SimpleNamespace(entry=claim(verdict))
    console = Console(width=200)
    with console.capture() as capture:
        console.print(*show.single_feedback(asked, Score(0.5, (PointScore("", PointState.partly),)), Words(lang)))
    assert text in " ".join(capture.get().replace("◐", "").split())
