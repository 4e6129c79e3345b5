"""The first question of a drill, and what is told of a single answer."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import llmquiz.ui.document.show
print(*sorted(set(sys.modules) & {"rich.progress", "jinja2", "markdown_it", "llmquiz.schema.topics",
                                  "llmquiz.ui.document.blocks", "llmquiz.ui.document.screen"}))
"""


def test_a_question_loads_nothing_that_only_its_answer_needs() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
