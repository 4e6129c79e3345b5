"""The author's to-do list on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from llmquiz.ids import Id
from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Indent, Styled


def todo(rows: Sequence[dict[str, Any]], words: Words) -> Iterator[RenderableType]:
    """Each question with its place, its flags and the answers on which learner and grader disagree."""
    if not rows:
        yield Styled(Text(words("review.none")))
    for row in rows:
        yield ""
        yield Styled(Text(row["id"], style="bold cyan"))
        if row["path"]:
            yield Indent(Text(f"{row['path']}:{row['line']}", style="dim", overflow="fold"), 2)
        for flag in row["flags"]:
            yield Indent(Styled(Text(flag["note"]), "⚑ "), 2)
        for answer in row["answers"]:
            yield Indent(Styled(Text(answer["text"]), f"#{answer['number']} "), 2)
            for item in answer["items"]:
                named = (Id(item["item"]).parts or (item["item"],))[-1]
                verdict = words(f"review.{item['why']}", item=named, state=words(f"state.{item['state']}"))
                yield Indent(Styled(Text(verdict, style="yellow")), 4)
    if any(row["answers"] for row in rows):
        yield ""
        yield Styled(Text(words("review.how"), style="dim"))
