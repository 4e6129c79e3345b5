"""Demos on the screen: the list of them, and what each claim came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.schema.topics import DemoText
from llmquiz.ui.document.prose import Indent, Prose, Styled, heading, inline

if TYPE_CHECKING:
    from llmquiz.demos.lab.demo import ClaimOutcome, Outcome


def listing(demos: Mapping[str, DemoText], words: Words) -> Iterator[RenderableType]:
    """Every demo with what it shows and about how long it takes."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("id", style="cyan", no_wrap=True)
    table.add_column(words("demo.shows"), ratio=1)
    table.add_column(words("demo.seconds"), justify="right", no_wrap=True)
    for name, demo in demos.items():
        table.add_row(name, Styled(inline(demo.shows[words.lang])), f"{demo.seconds} s")
    yield table
    yield Styled(inline(words("demo.how"), "dim"))


def head(demo: DemoText, words: Words) -> Iterator[RenderableType]:
    """The demo's title and line."""
    yield ""
    yield Rule(demo.title[words.lang], align="left", style="dim")
    yield Prose(demo.shows[words.lang], "dim")
    yield ""


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
        mark = "–" if claim.holds is None else "✓" if claim.holds else "✗"
        style = "dim" if claim.holds is None else "bold red" if claim.surprising else "green"
        line = inline(claim.text[words.lang])
        yield Indent(Styled(Text(f"[{whose}] ", style="dim").append_text(line), f"{mark} "), 2)
        tail = _tail(claim, words)
        yield Indent(Styled(Text(claim.measured, style="bold").append(f"  {tail}" if tail else "", style)), 4)
        if claim.why:
            yield Indent(Prose(claim.why[words.lang], "dim"), 4)


def _tail(claim: ClaimOutcome, words: Words) -> str:
    """What the sign alone does not say."""
    if claim.holds is None:
        return words("demo.unknown")
    if claim.surprising:
        return words("demo.not-expected")
    return "" if claim.holds else words("demo.no-expected")


def foot(outcome: Outcome, demo: DemoText, words: Words) -> Iterator[RenderableType]:
    """Caveats and the conditions of the measurement."""
    if demo.caveats:
        yield heading(words("demo.caveats"))
        yield from (Indent(Styled(inline(text[words.lang], "dim"), "· "), 2) for text in demo.caveats)
    threads = outcome.settings.get("threads", 1)
    seconds = f"{outcome.seconds:.1f}"
    yield ""
    line = words("demo.settings", device=outcome.device, dtype=outcome.dtype, threads=threads, seconds=seconds)
    versions = " · ".join(f"{name} {number}" for name, number in outcome.versions.items())
    yield Styled(Text(f"{line} · {versions}", style="dim"))


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
        table.add_row(Text(outcome.demo, style="bold cyan"), "", "", Text(f"{outcome.seconds:.1f} s", style="dim"), "")
        for claim in outcome.claims:
            expected = words("demo.yes" if claim.expected else "demo.no")
            table.add_row(
                Styled(inline(claim.text[lang])), words(f"demo.says.{claim.says}"), expected,
                Styled(Text(claim.measured)), sign(claim, words),
            )  # fmt: skip
    return table
