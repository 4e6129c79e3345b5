"""Markdown text on a terminal, with lines broken as Chinese and English typesetting break them.

rich breaks lines at spaces only, so a Chinese paragraph with a few Latin words in it comes out ragged; and its Markdown
renderer costs more to import than the rest of a drill's start. This covers what content uses: paragraphs, lists,
quotes, fenced code, `code`, **bold** and *italic*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.text import Text

# `code`, **bold**, *italic*, [label](address); an asterisk beside a letter is multiplication, not emphasis: a*b*c.
_INLINE = re.compile(
    r"`([^`\n]+)`|\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\n]+)\*(?![\w*])|\[([^\]\n]+)\]\((https?://[^)\s]+)\)"
)
_ITEM = re.compile(r"(\s*)([-*•]|\d+[.)])\s+(.*)")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f\U00020000-\U0003ffff"
# What Chinese typesetting keeps from the beginning of a line, and from its end.
_CLOSING = "，。、；：？！）》」』】”’％%,.;:?!)]}"
_OPENING = "（《「『【“‘([{"
# Spaces, one Han character, or a run of anything else: lines may break between them, never inside.
_ATOM = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")


def inline(text: str, style: str = "") -> Text:
    """One run of Markdown as styled text; anything else in it, Rich markup included, is shown as it stands."""
    result, end = Text(style=style), 0
    for match in _INLINE.finditer(text):
        result.append(text[end : match.start()])
        code, bold, italic, label, address = match.groups()
        result.append(code or bold or italic or label, "cyan" if code else "bold" if bold else "italic")
        if address:
            result.append(f" ({address})", "dim")
        end = match.end()
    result.append(text[end:])
    return result


def quoted(text: str) -> str:
    """`text` in quotation marks; those inside it become single ones."""
    return "“" + text.replace("“", "‘").replace("”", "’") + "”"


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown as a renderable."""

    text: str
    style: str = ""
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pad = " " * self.indent
        for first, rest, body in _blocks(self.text):
            if body is None:
                yield Text("")
                continue
            if isinstance(body, str):  # code: as it stands
                yield Text(pad + first + body, style="cyan", no_wrap=True, overflow="fold")
                continue
            body.style = self.style
            # At least 8 cells, here and below: a terminal that tells no width, or a deep indent, must not leave none.
            width = max(options.max_width - self.indent - cell_len(first), 8)
            for number, line in enumerate(wrap(body, width)):
                yield Text(pad + (rest if number else first), style=self.style).append_text(line)


@dataclass(frozen=True, slots=True)
class Styled:
    """Styled text as a renderable with the same line breaking."""

    text: Text
    first: str = ""
    """Before the first line, such as a bullet; the others are indented as far."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = cell_len(self.first)
        for number, line in enumerate(wrap(self.text, max(options.max_width - width, 8))):
            yield Text(" " * width if number else self.first).append_text(line)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        # rich's tables ask for it; its own measure would take a Chinese sentence for one word that cannot be broken.
        units = [self.text.plain[a:b].rstrip() for a, b in _units(self.text.plain)]
        extra = cell_len(self.first)
        widest = max((cell_len(line) for line in self.text.plain.split("\n")), default=0)
        return Measurement(min(extra + max(map(cell_len, units), default=0), options.max_width), extra + widest)


def _blocks(text: str) -> Iterator[tuple[str, str, Text | str | None]]:
    """(before the first line, before the others, body) of each block; body None is an empty line, str is code."""
    fenced, paragraph = False, ""
    for line in text.strip().splitlines():
        item = _ITEM.fullmatch(line)
        starts = fenced or not line.strip() or item or line.lstrip().startswith(("```", ">", "#"))
        # Anything that begins something of its own closes the paragraph before; all other lines go on with it.
        if starts and paragraph:
            yield _paragraph(paragraph)
            paragraph = ""
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield "    ", "    ", line
        elif not line.strip():
            yield "", "", None
        else:
            paragraph = line if not paragraph else _joined(paragraph, line.strip())
    if paragraph:
        yield _paragraph(paragraph)


def _paragraph(text: str) -> tuple[str, str, Text]:
    item = _ITEM.fullmatch(text)
    if item:
        depth, bullet, body = item.groups()
        first = f"{depth}{'•' if bullet in '-*•' else bullet} "
        return first, " " * cell_len(first), inline(body)
    if text.startswith("#"):
        return "", "", inline(text.lstrip("# "), "bold")
    if text.startswith(">"):
        return "│ ", "│ ", inline(text.lstrip("> "))
    return "", "", inline(text)


def _joined(before: str, after: str) -> str:
    """Two lines of one paragraph as one: a space between Latin words, none between Han characters."""
    wide = re.match(rf"[{_WIDE}]", after) and re.search(rf"[{_WIDE}]$", before)
    return f"{before}{after}" if wide else f"{before} {after}"


def wrap(text: Text, width: int) -> list[Text]:
    """`text` in lines of at most `width` cells; no line begins with closing punctuation or ends with an opening one."""
    lines: list[Text] = []
    for part in text.split("\n", allow_blank=True):
        starts = line_starts(part.plain, width)
        pieces = [part[a:b] for a, b in zip(starts, [*starts[1:], len(part)], strict=True)]
        for piece in pieces:
            # In place: Text.rstrip returns nothing.
            piece.rstrip()
        lines += pieces
    return lines


def line_starts(plain: str, width: int) -> list[int]:
    """Where each line of at most `width` cells begins in a text without line breaks; the first at 0."""
    starts, used = [0], 0
    for begin, end in _units(plain):
        # The spaces after a word may hang over the edge: they are cut off there.
        size = cell_len(plain[begin:end].rstrip())
        if used + size > width and used:
            starts.append(begin)
            used = 0
        while size > width:  # a word longer than a line
            cut = _cut(plain, begin, width)
            starts.append(cut)
            begin, size = cut, cell_len(plain[cut:end].rstrip())
        used += cell_len(plain[begin:end])
    return starts


def _cut(plain: str, begin: int, width: int) -> int:
    used = 0
    for position in range(begin, len(plain)):
        used += cell_len(plain[position])
        if used > width:
            # One character at least, or a wide one in a single cell would never come to an end.
            return max(position, begin + 1)
    return len(plain)


def _units(plain: str) -> Iterator[tuple[int, int]]:
    """Stretches that must not be broken: a word with its spaces, a Han character with its punctuation."""
    begin = end = 0
    for atom in _ATOM.finditer(plain):
        piece = atom.group()
        # An opening bracket takes what follows it along, closing punctuation and spaces stay with what stands before.
        clings = piece.isspace() or piece[0] in _CLOSING or (end > begin and plain[end - 1] in _OPENING)
        if end > begin and not clings:
            yield begin, end
            begin = atom.start()
        end = atom.end()
    if end > begin:
        yield begin, end


@dataclass(frozen=True, slots=True)
class Indent:
    """Any renderable moved to the right, after `top` empty lines, without trailing spaces."""

    body: RenderableType
    by: int
    top: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(options.max_width - self.by, 8))
        yield from (Segment.line() for _ in range(self.top))
        # rich's Padding would fill each line up to the edge; spaces there come along when a line is copied.
        for line in console.render_lines(self.body, inner, pad=False):
            yield Segment(" " * self.by)
            yield from line
            yield Segment.line()


def heading(text: str) -> RenderableType:
    """The title of a part."""
    return Group("", Text(text, style="bold"))


def code(text: str) -> RenderableType:
    """A snippet as it stands, set apart."""
    return Indent(Text(text.rstrip(), style="cyan", no_wrap=True, overflow="fold"), 4)
