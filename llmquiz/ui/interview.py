"""What the interviewer says, as renderables and as lines of a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from llmquiz.interview.plan.pace import SECONDS, clock
from llmquiz.interview.plan.planning import Plan
from llmquiz.interview.turns import Turn
from llmquiz.messages.ui import Words
from llmquiz.ui.document import plain, show
from llmquiz.ui.document.from_report import spoken
from llmquiz.ui.document.front import prompt, put
from llmquiz.ui.document.prose import Indent, Prose, Styled, code, inline

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.layout import Layout


def introduction(plan: Plan, others: Iterable[str], words: Words) -> Iterator[RenderableType]:
    """Who interviews, what they care about, and how the clock runs."""
    lang, blueprint, setting = words.lang, plan.blueprint, plan.setting
    minutes = words("mock.minutes", minutes=f"{setting.minutes:g}")
    yield ""
    yield Rule(f"{words('mock.title')} · {minutes}", align="left", style="dim")
    yield Styled(Text(blueprint.name[lang], style="bold"))
    for key, text in (("manner", blueprint.manner), ("cares", blueprint.cares), ("irritated", blueprint.irritated)):
        # The text is appended to a dim label and must take that style off again.
        label = Text(f"{words(f'mock.{key}')}{words('report.colon')}", style="dim")
        yield Indent(Styled(label.append_text(inline(text[lang], "not dim"))), 2)
    yield ""
    budgets = {depth: clock(plan.pace.allowed(seconds)) for depth, seconds in SECONDS.items()}
    line, minute, full = budgets["one-line"], budgets["one-minute"], budgets["full"]
    rules = [words("mock.budgets", line=line, minute=minute, full=full, rate=setting.rate)]
    rules.append(words("mock.strict" if setting.strict else "mock.soft"))
    rules += [words("mock.practice")] if setting.practice else []
    rules.append(words("mock.kept"))
    names = ", ".join(others)
    rules += [words("mock.others", names=names)] if names else []
    yield from (Indent(Styled(Text(rule, style="dim"), "· "), 2) for rule in rules)


def speech(name: str, text: str) -> Iterator[RenderableType]:
    """Words of the interviewer."""
    yield ""
    # Content names a person with their work, “Marco, principal engineer”; who speaks needs the name alone.
    yield Indent(Styled(Text(f"{name.split(',')[0].split('，')[0]}", style="cyan")), 0)
    yield Indent(Prose(text, "bold"), 2)


def section(title: str, left: float, words: Words) -> Iterator[RenderableType]:
    """The head of a section."""
    yield ""
    yield Rule(f"{title} · {words('mock.left', left=clock(left))}", align="left", style="dim")


def asked_text(turn: Turn, asked: QuestionRef | None, words: Words) -> str:
    """Everything the interviewer says at a turn."""
    # The content's own words go before those of the interface.
    asks = turn.kind != "spoken"
    own = turn.say or spoken(str(turn.why), turn.because, words, asks=asks)
    if not asks or asked is None:
        return own
    text = prompt(asked.entry, words, turn.prompt)
    return "\n\n".join(part for part in (own, text) if part)


def question(
    turn: Turn, asked: QuestionRef | None, shown: Layout, allowed: float, name: str, words: Words
) -> Iterator[RenderableType]:
    """A turn on a terminal: what is said, code and options, how long the answer may take."""
    yield from speech(name, asked_text(turn, asked, words))
    if asked is not None and turn.kind != "spoken":
        front = put(asked.entry, words)
        yield from ["", code(front.code)] if front.code else []
        yield from show.choices(front, shown)
        if front.instruction:
            yield Indent(Styled(Text(front.instruction, style="dim")), 2)
    depth = words(f"depth.{turn.depth}") if turn.kind in ("open", "spoken") else ""
    yield Indent(Text(" · ".join(part for part in (depth, clock(allowed)) if part), style="dim"), 2)
    yield ""


def line(turn: Turn, asked: QuestionRef | None, shown: Layout, words: Words) -> str:
    """A turn in a pipe: `[ID] kind: words`, then code and options."""
    # One line a question: whoever reads the pipe goes by the `[ID]` at its beginning.
    text = " ".join(asked_text(turn, asked, words).split())
    kind = "follow-up" if turn.kind == "spoken" else turn.kind
    lines = [f"[{turn.question}] {kind}: {text}"]
    if asked is not None and turn.kind != "spoken":
        lines += plain.below(put(asked.entry, words), shown.order)
    return "\n".join(lines)
