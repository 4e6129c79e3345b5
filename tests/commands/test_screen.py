"""What stands on a screen of 80 by 24 after an answer: score and points, of every kind of question, in both languages.

The program writes to a terminal that is emulated, so that what scrolled away is not there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmquiz.app.context import AppContext
from llmquiz.language import Lang
from llmquiz.schema.questions import OpenQuestion
from tests.commands.terminal import Start, marks, pexpect, terminals

pyte = pytest.importorskip("pyte", reason="emulates the screen")
pytestmark = marks
COLUMNS, LINES = 80, 24

ANSWERED = {
    "why-decoder-only": ":reveal",
    "drawbacks": ":reveal",
    "claim": "4",
    "choice": "1",
    "code": "1",
    "order": "1 2 3 4 5 6 7 8 9",
    "number": "13",
    "term": "wrong",
    "cell": "wrong",
}
"""What is answered: of a kind, to the question of it with the longest answer."""


class Screen:
    """A terminal as it is seen."""

    def __init__(self, child: pexpect.spawn) -> None:
        self.child = child
        self.screen = pyte.Screen(COLUMNS, LINES)
        # It tells where its cursor stands when it is asked.
        self.screen.write_process_input = child.send
        self.stream = pyte.Stream(self.screen)

    @property
    def lines(self) -> list[str]:
        # pyte puts an empty cell after a wide character
        return [line.rstrip() for line in self.screen.display]

    def wait(self, pattern: str) -> str:
        """The text on the screen once it shows `pattern`."""
        deadline = time.monotonic() + 60
        while not re.search(pattern, shown := "\n".join(self.lines)):
            assert time.monotonic() < deadline, shown
            try:
                self.stream.feed(self.child.read_nonblocking(4096, timeout=1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                pytest.fail(f"ended at\n{shown}")
        return shown


@pytest.fixture
def shipped(home: Path) -> Iterator[AppContext]:
    """What is shipped, in English."""
    context = AppContext("en")
    yield context
    context.collection.close()


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts with what is shipped."""
    with terminals(home, timeout=60, lines=LINES) as spawn:
        yield spawn


def longest(context: AppContext, kind: str) -> str:
    """The question of a kind whose verdict is longest."""
    names = {item.question for item in context.collection.items() if item.kind == kind}
    return max(sorted(names), key=lambda name: len(str(context.collection.get(name).entry)))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("asked", ANSWERED)
def test_score_and_missed_points_are_on_the_screen(start: Start, shipped: AppContext, asked: str, lang: Lang) -> None:
    name = longest(shipped, asked) if asked in {item.kind for item in shipped.collection.items()} else asked
    question = shipped.collection.get(name)
    words = AppContext(lang).words
    answer = ANSWERED[asked]
    if asked == "order":
        answer = " ".join(answer.split()[: len(question.entry.steps)])  # type: ignore[union-attr]
    screen = Screen(start("drill", str(question.id), "--seed", "1", lang=lang, columns=COLUMNS))
    screen.wait(re.escape(words("keys.open" if asked in ("claim", *NAMED) else "keys.line").split("|")[-1]))
    screen.child.send(f"{answer}\r")
    shown = screen.wait(re.escape(words("keys.verdict.q")))
    verdicts = [words(key) for key in ("back.right", "back.wrong", "back.nearly", "back.undecided")]
    if isinstance(question.entry, OpenQuestion):
        core = [point for point in question.entry.points if (point.level or question.entry.level).rank == 0]
        assert words("back.score", percent=0, met=0, total=len(core)) in shown
        assert len(re.findall(rf"^ ?\d+ ○ {words('state.missing')}", shown, re.M)) == len(core)
    else:
        assert [text for text in verdicts if re.search(rf"^\S {re.escape(text)}", shown, re.M)]
    # what was asked stands above it, and what comes next below it
    assert front(question, lang)[:20] in shown.replace("\n", "")
    assert words("back.saved", when="|").split("|")[0] in shown or words("back.not-counted") in shown


NAMED = ("why-decoder-only", "drawbacks")


def front(question: object, lang: Lang) -> str:
    """The beginning of what is asked, as it stands on the screen."""
    from llmquiz.messages.ui import Words
    from llmquiz.ui.document.front import prompt

    text = prompt(question.entry, Words(lang))  # type: ignore[attr-defined]
    return re.sub(r"[`*]", "", text)
