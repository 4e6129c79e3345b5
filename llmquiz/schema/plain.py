"""An entry in plain text: what it asks or is called, and its right answer where there is a single one."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from llmquiz.messages.ui import Words

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import CellQuestion, Option
    from llmquiz.schema.topics import Entry


# Matched by `type`, not by class: the classes of what is not asked are not loaded before the first question stands.
def heading(entry: Entry | CellQuestion, lang: Lang) -> str:
    """What an entry asks; where nothing is asked, what it is called."""
    match entry.type:
        case "open" | "choice" | "code" | "order" | "prediction" | "number" | "term":
            return entry.prompt[lang].strip()
        case "claim" | "technique":
            return entry.text[lang].strip()
        case "table" | "reference":
            return entry.title[lang].strip()
        case "interview":
            return entry.name[lang].strip()
        case "cell":
            row, column = entry.row.text[lang], entry.column.text[lang]
            return Words(lang)("ask.cell", title=entry.table.title[lang], row=row, column=column)
        case other:
            assert_never(other)


def right_answer(entry: Entry | CellQuestion, lang: Lang) -> str:
    """The right answer; empty where an answer is judged point by point, measured, or not asked for."""
    match entry.type:
        case "number":
            return amount(entry.value, entry.unit[lang], lang)
        case "claim":
            return entry.right[lang].strip()
        case "choice":
            return _right_option(entry.options, lang)
        case "code":
            # Without options the gap is typed, and the answer is the snippet as it should be.
            return _right_option(entry.options, lang) or entry.right.strip()
        case "order":
            return " → ".join(step[lang] for step in entry.steps)
        case "term":
            return next(iter(entry.right[lang]), "")
        case "cell":
            return entry.cell.text[lang]
        case "open" | "prediction" | "table" | "reference" | "interview" | "technique":
            return ""
        case other:
            assert_never(other)


def _right_option(options: list[Option], lang: Lang) -> str:
    return next((option.text[lang] for option in options if option.right), "")


def amount(value: float, unit: str, lang: Lang) -> str:
    """A number with its unit: 512 KiB, 1750 亿个参数."""
    shown = number(value, lang)
    # Between two Han characters there is no space.
    close = shown[-1] > "\u2e80" and unit[:1] > "\u2e80"
    return f"{shown}{'' if close or not unit else ' '}{unit}"


_SCALES = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
    "zh": ((1e12, " 万亿"), (1e8, " 亿"), (1e4, " 万")),
}


def number(value: float, lang: Lang) -> str:
    """A number as people write it in a language: 175 billion and 1750 亿, 524,288, 3.14 × 10²³."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-3:
        digits, _, power = f"{value:.3g}".partition("e")
        return f"{digits} × 10{str(int(power)).translate(_RAISED)}" if power else digits
    for scale, name in _SCALES[lang]:
        # Only where nothing is rounded away: 524,288 stays as it is.
        if size >= scale and (short := f"{value / scale:.4g}") and float(short) * scale == value and "e" not in short:
            return short + name
    # YAML's 7.0 is written 7.
    return f"{value:,}" if isinstance(value, int) or value != int(value) else f"{int(value):,}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
