"""Blocks as Markdown."""

from __future__ import annotations

import pytest

from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Agenda, Block, Citation, Heading, Paragraph, Passage, Reason
from llmquiz.ui.document.from_entry import document
from llmquiz.ui.document.markdown import entry, lines, markdown
from llmquiz.ui.document.report_blocks import Bar, Bars, Grid, Line, Quote, Stop, TimeLine
from llmquiz.ui.document.runs import Run, plain
from tests.entries import KINDS, SAMPLES

ENTRIES = {
    "open": """
        ### Why divide?

        **A good answer (one line, 15 s)**

        For the variance.

        **A good answer (one minute, 60 s)**

        It would grow with d.

        **A good answer (in full, 90 s)**

        *Claim* (30 s)

        It keeps it at one.

        **Key points**

        - The variance grows. Each term adds its own.
        - It can be folded in.

        **Misconceptions**

        - “It is faster.” → It costs the same.

        *Since 2017.*""",
    "choice": """
        ### Which is causal?

        - ✗ an encoder it sees both sides
        - ✓ a decoder it sees the past""",
    "code": """
        ### What is wrong?

        ```python
        mask = triu(x)
        ```

        - ✗ an encoder it sees both sides
        - ✓ a decoder it sees the past

        The right code:

        ```python
        mask = tril(x)
        ```

        The past is below.""",
    "order": """
        ### Put in order.

        1. first
        2. second
        3. third

        Each needs the one before.""",
    "prediction": """
        ### How much faster?

        Nothing is computed twice.

        `llmquiz demo kv-cache`""",
    "number": """
        ### How many parameters?

        **175 billion parameters**. As published.""",
    "term": """
        ### Sequential generation?

        **autoregressive** (imprecise)

        It names the dependence.""",
    "claim": """
        ### “The cache is free.”

        **wrong** (as of 2026-06) It takes memory.

        Two vectors a token.""",
    "table": """
        ### Kinds

        |  | sees | makes |
        | --- | --- | --- |
        | encoder | both sides | vectors \\| states *(contested)* |""",
    "reference": """
        ### A paper

        It showed it.

        **But:** Once.""",
    "technique": """
        ### Answer first

        They may stop you.""",
    "interview": """
        ### Dr. Lin

        Calm.

        Evidence.

        Slogans.

        > Shall we?""",
    "cell": """
        ### Kinds: encoder — sees?

        both sides

        No mask.""",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_from_top_to_bottom(kind: str) -> None:
    expected = [line.removeprefix(" " * 8) for line in ENTRIES[kind].splitlines()[1:]]
    assert entry(document(SAMPLES[kind], Words("en"))) == expected


STOP = Stop(1, 0.0, 30.0, 60.0, "why", "good", "0:30 / 1:00")
BLOCKS: list[tuple[Block, list[str]]] = [
    (Heading(1, "Report <b>", "Lin"), ["# Report &lt;b&gt; · Lin"]),
    (Line(plain("a | b")), ["a \\| b"]),
    (Line(plain("met"), "✓", "good", 1), ["  - ✓ met"]),
    (Line((Run("llmquiz drill", "code"),), "1."), ["1. `llmquiz drill`"]),
    (Line((Run("new", "added"), Run("old", "dropped"), Run("there", "moved"))), ["**new**~~old~~*there*"]),
    (Quote(plain("one\ntwo")), ["> one", "> two"]),
    (Bars("Areas", (Bar("scope", 0.5, "50 %"),), "note"),
     ["## Areas", "", "|  |  |  |", "|---|---|---|", f"| scope | {'█' * 10}{'░' * 10} | 50 % |", "", "note"]),
    (TimeLine("Time", (STOP,), 60.0), ["## Time", "", "|  |  |  |", "|---|---|---|", "| 1 | why | 0:30 / 1:00 |"]),
    (Grid(("part", "used"), ((Run("claim"), Run("9 s", "bad")),)), ["| part | used |", "|---|---|", "| claim | 9 s |"]),
    (Agenda("Start", "5 min", ("x", "y")), ["- Start (5 min): x, y"]),
    (Reason("encoder", "sees", "x.y", "No mask."), ["- encoder · sees: No mask."]),
    (Paragraph((Passage("For example", style="example"),)), ["For example"]),
    (Citation("A", 2017, "T", "1706.03762"), ["- A (2017). *T*. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)"]),
    (Citation("A", 2017, "T", url="https://a.org"), ["- A (2017). *T*. <https://a.org>"]),
    (Citation("A", 2017, "T"), ["- A (2017). *T*."]),
]  # fmt: skip


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_a_block_stands_after_an_empty_line(block: Block, expected: list[str]) -> None:
    assert list(lines([block])) == ["", *expected]


def test_the_lines_of_a_list_stand_together() -> None:
    item = Line(plain("a"), "✓")
    assert list(lines([item, item, Line(plain("b")), item])) == ["", "- ✓ a", "- ✓ a", "", "b", "", "- ✓ a"]


def test_a_document_of_its_own_ends_with_one_line_break() -> None:
    assert markdown([Heading(1, "T"), Line(plain("a"))]) == "# T\n\na\n"
