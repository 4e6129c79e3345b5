"""Demos on the screen: the list of them, and what each claim came to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from llmquiz.demos.lab.curves import Curves
from llmquiz.messages.ui import Words
from llmquiz.schema.topics import DemoText
from llmquiz.ui.document.fitting import Fitted, Piece
from llmquiz.ui.document.prose import Indent, Prose, Styled, heading, inline

if TYPE_CHECKING:
    from llmquiz.demos.lab.outcome import ClaimOutcome, Outcome
    from llmquiz.demos.lab.real import Known

LOWEST = 5
"""Lines between the axes of a plot, where there is little room."""


def listing(demos: Mapping[str, DemoText], takes: Mapping[str, str], words: Words) -> Iterator[RenderableType]:
    """Every demo in a line: its title, of what family a model of the user's may be, and about how long it takes."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("id", style="cyan", no_wrap=True)
    table.add_column(words("demo.shows"), ratio=1)
    table.add_column("--model", no_wrap=True)
    table.add_column(words("demo.seconds"), justify="right", no_wrap=True)
    for name, demo in demos.items():
        table.add_row(name, Styled(inline(demo.title[words.lang])), takes[name], f"{demo.seconds} s")
    yield table
    yield Styled(inline(words("demo.how"), "dim"))
    yield Styled(inline(words("demo.real"), "dim"))


def models(known: Iterable[tuple[Known, str | None]], words: Words) -> Iterator[RenderableType]:
    """The real models with a short name: where each is on this machine, or the line that gets it."""
    for model, where in known:
        key = "demo.model-here" if where else "demo.model-missing"
        line = words(key, where=where, install=model.install, megabytes=model.megabytes)
        yield Indent(Styled(Text.assemble((model.name, "cyan"), f"  {model.title}  ", line)), 2)


def head(demo: DemoText, words: Words) -> Iterator[RenderableType]:
    """The demo's title, and what a candidate would answer."""
    yield ""
    yield Rule(demo.title[words.lang], align="left", style="dim")
    if demo.answer:
        yield Prose(demo.answer[words.lang], "bold")
    yield Prose(demo.shows[words.lang], "dim")


@dataclass(frozen=True, slots=True)
class Minute:
    """What a minute's reading shows of a demo: the answer, the plot, the first claims, in at most `rows` lines."""

    outcome: Outcome
    demo: DemoText
    plot: RenderableType
    words: Words
    rows: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lang = self.words.lang
        head = Group(
            Rule(self.demo.title[lang], align="left", style="dim"),
            Prose((self.demo.answer or self.demo.shows)[lang], "bold"),
        )
        pieces = [*self._claims(), self._last()]

        def lines(part: RenderableType) -> int:
            return len(console.render_lines(part, options, pad=False))

        plot = self.plot
        # A plot can be drawn lower, and a sentence cannot be read by halves.
        if self.rows and isinstance(plot, Curves):
            over = lines(Group(head, plot, Fitted(pieces))) - self.rows
            plot = replace(plot, height=max(plot.height - max(over, 0), LOWEST))
        yield head
        yield plot
        yield Fitted(pieces, max(self.rows - lines(Group(head, plot)), 3) if self.rows else None)

    def _claims(self) -> Iterator[Piece]:
        chosen = [claim for claim in self.outcome.claims if claim.first or claim.surprising]
        for number, claim in enumerate(chosen or self.outcome.claims[:3]):
            mark, style = _mark(claim)
            yield Piece(_in_short(claim, self.words), f"{mark} ", turn=number, style=style)

    def _last(self) -> Piece:
        outcome, words = self.outcome, self.words
        # What is cut where there is no room stands last, and that a run was recorded must not be cut.
        when = f"{words('demo.recorded-on', day=outcome.recorded)} · " if outcome.recorded else ""
        where = conditions(replace(outcome, recorded=None), words, versions=False)
        return Piece(Text(f"{when}{tally(outcome, words)} · {where}", style="dim"), turn=8)


def _mark(claim: ClaimOutcome) -> tuple[str, str]:
    """The sign before a claim, and its style."""
    mark = "–" if claim.holds is None else "✓" if claim.holds else "✗"
    return mark, "dim" if claim.holds is None else "bold red" if claim.surprising else "green"


def _in_short(claim: ClaimOutcome, words: Words) -> Text:
    """A claim in a line or two: what was measured, with the claim before it where it does not hold."""
    lang = words.lang
    measured = inline(claim.sentence[lang]) if claim.sentence else Text(claim.measured)
    if claim.holds and claim.expected and claim.sentence:
        return measured
    tail = f"  {words('demo.not-expected')}" if claim.surprising else ""
    line = inline(_beginning(claim.text[lang])).append(" ").append_text(Text("→ ", style="dim")).append_text(measured)
    return line.append(tail, "bold red")


def _beginning(text: str) -> str:
    """A claim as far as its first stop: what comes behind it explains or measures."""
    return re.split(r"(?<=[.])\s|[;；]|(?<=。)", text, maxsplit=1)[0]


def tally(outcome: Outcome, words: Words) -> str:
    """How many claims came out as expected, how many not, and how many could not be shown."""
    surprising = sum(claim.surprising for claim in outcome.claims)
    unknown = sum(claim.holds is None for claim in outcome.claims)
    expected = len(outcome.claims) - surprising - unknown
    parts = [words("demo.tally", count=len(outcome.claims), expected=expected)]
    parts += [words("demo.tally-surprising", count=surprising)] if surprising else []
    parts += [words("demo.tally-unknown", count=unknown)] if unknown else []
    return words("list.separator").join(parts)


def conditions(outcome: Outcome, words: Words, *, versions: bool = True) -> str:
    """Under what conditions it was measured: model, day, device, and the `versions` where they are wanted."""
    threads = outcome.settings.get("threads", 1)
    seconds = f"{outcome.seconds:.1f}"
    line = words("demo.settings", device=outcome.device, dtype=outcome.dtype, threads=threads, seconds=seconds)
    parts = [outcome.model] if outcome.model else []
    if outcome.recorded:
        parts.append(words("demo.recorded-on", day=outcome.recorded))
    numbers = outcome.versions.items() if versions else ()
    return " · ".join([*parts, line, *(f"{name} {number}" for name, number in numbers)])


def missing(model: Known, words: Words) -> Iterator[RenderableType]:
    """That a recorded run is shown, and how to get the model."""
    yield Styled(Text(words("demo.recorded", title=model.title), style="yellow"))
    yield Indent(Styled(Text(words("demo.get", install=model.install, megabytes=model.megabytes, hub=model.hub))), 2)


def sign(claim: ClaimOutcome, words: Words) -> Text:
    """Whether a claim holds, and whether that was expected."""
    verdict = words("demo.unknown" if claim.holds is None else "demo.yes" if claim.holds else "demo.no")
    style = "dim" if claim.holds is None else "bold red" if claim.surprising else "green"
    return Text(verdict + ("  !" if claim.surprising else ""), style=style)


def claims(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Each claim, whose it is, and what was measured."""
    yield heading(words("demo.claim"))
    for claim in outcome.claims:
        whose = words(f"demo.says.{claim.says}")
        mark, style = _mark(claim)
        line = inline(claim.text[words.lang])
        yield Indent(Styled(Text(f"[{whose}] ", style="dim").append_text(line), f"{mark} "), 2)
        if claim.sentence:
            yield Indent(Styled(inline(claim.sentence[words.lang])), 4)
        tail = _tail(claim, words)
        figures = Text(claim.measured, style="dim" if claim.sentence else "bold")
        yield Indent(Styled(figures.append(f"  {tail}" if tail else "", style)), 4)
        if claim.why:
            yield Indent(Prose(claim.why[words.lang], "dim"), 4)


def _tail(claim: ClaimOutcome, words: Words) -> str:
    """What the sign alone does not say."""
    if claim.holds is None:
        return words("demo.unknown")
    if claim.surprising:
        return words("demo.not-expected")
    return "" if claim.holds else words("demo.no-expected")


def foot(
    outcome: Outcome, demo: DemoText, words: Words, settles: Sequence[tuple[str, str]] = ()
) -> Iterator[RenderableType]:
    """Caveats, the questions that it settles (id and heading), and the conditions of the measurement."""
    other = "own" if outcome.model else "given"
    if caveats := [text for text in demo.caveats if text.when != other]:
        yield heading(words("demo.caveats"))
        yield from (Indent(Styled(inline(text[words.lang], "dim"), "· "), 2) for text in caveats)
    if settles:
        yield heading(words("demo.settles"))
        for name, title in settles:
            yield Indent(Styled(Text(f"{name}  ", style="cyan").append_text(inline(title, "dim"))), 2)
    yield ""
    yield Styled(Text(conditions(outcome, words), style="dim"))


def verification(outcomes: list[Outcome], words: Words) -> Table:
    """One table over all demos: claim, whose, expected, measured, holds."""
    lang = words.lang
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_lines=False)
    for key, ratio in (
        ("demo.claim", 5),
        ("demo.says", 1),
        ("demo.expected", 1),
        ("demo.measured", 4),
        ("demo.holds", 1),
    ):
        table.add_column(Styled(Text(words(key))), ratio=ratio, overflow="fold")
    for outcome in outcomes:
        seconds = f"{outcome.seconds:.1f} s"
        when = words("demo.recorded-on", day=outcome.recorded) if outcome.recorded else seconds
        table.add_row(Text(outcome.demo, style="bold cyan"), "", "", Text(when, style="dim"), "")
        for claim in outcome.claims:
            expected = words("demo.yes" if claim.expected else "demo.no")
            table.add_row(
                Styled(inline(claim.text[lang])), words(f"demo.says.{claim.says}"), expected,
                Styled(Text(claim.measured)), sign(claim, words),
            )  # fmt: skip
    return table
