"""Commented YAML for a new topic, question, claim, table or interview: it passes `check` once the blanks are filled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llmquiz.errors import LlmquizError

TODO = "TODO"
"""Stands where a person must write; `check` finds it."""

KINDS = ("topic", "question", "claim", "table", "interview")
SCHEMA_LINE = "# yaml-language-server: $schema=../schema.json\n"
"""Makes editors complete and explain every field."""


def checked_name(name: str) -> str:
    """`name`, if it can be an id.

    Raises: LlmquizError.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise LlmquizError(
            f"{name!r} cannot be an id: use small letters, digits and single hyphens, such as why-scale.",
            f"“{name}”不能作 id：只能用小写字母、数字和单个连字符，例如 why-scale。",
        )
    return name


def text(langs: Sequence[str], words: str = TODO) -> str:
    """A text in each language, to be filled."""
    return "{" + ", ".join(f"{lang}: {_quoted(words)}" for lang in langs) + "}"


def texts(langs: Sequence[str]) -> str:
    """Several texts a language, none yet."""
    return "{" + ", ".join(f"{lang}: []" for lang in langs) + "}"


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def deck(title: str, langs: Sequence[str]) -> str:
    """deck.yaml of a new topic."""
    return f"""{SCHEMA_LINE}# The topic: what it is called, its languages, and the order to learn it in.
title: {text(langs, title)}
summary: {text(langs)}  # one or two sentences
langs: [{", ".join(langs)}]  # every text below needs each of them
order: []  # ids in the order to learn them; what is not named comes after
"""


def question(name: str, prompt: str, langs: Sequence[str]) -> str:
    """A file with one open question."""
    return f"""{SCHEMA_LINE}questions:
  - id: {name}  # permanent: it carries the learner's history; after a renaming put the old one into `aka: []`
    type: open  # or choice, code, order, prediction: see schema.json
    level: core  # core, deep or expert
    prompt: {text(langs, prompt)}
    answers:
      one-line: {{text: {text(langs)}, seconds: 15}}
      one-minute: {{text: {text(langs)}, seconds: 60}}
    points:  # what a good answer says; each comes back by itself when memory fades
      - id: first-point
        text: {text(langs)}  # a full statement
        why: {text(langs)}  # shown when it was missed
        cues: {texts(langs)}  # phrasings that meet it: "variance + grows/increases"
      - id: second-point
        text: {text(langs)}
        why: {text(langs)}
        cues: {texts(langs)}
    # Optional. Uncomment what you need; `llmquiz check` grades the examples.
    # misconceptions:
    #   - id: wrong-belief
    #     text: {text(langs)}
    #     right: {text(langs)}
    #     cues: {texts(langs)}
    #     contradicts: [first-point]
    # hints:
    #   - {{text: {text(langs)}}}
    # accept: {texts(langs)}  # answers that meet every point
    # reject: {texts(langs)}  # plausible answers that meet none
    # partial: [{{lang: {langs[0]}, text: "...", meets: [first-point]}}]
    # sources: [author-year-keyword]  # ids in sources.yaml
    # demo: kv-cache
"""


def claim(name: str, statement: str, langs: Sequence[str]) -> str:
    """A file with one claim."""
    return f"""{SCHEMA_LINE}claims:
  - id: {name}
    level: core
    text: {text(langs, statement)}  # the statement, as it is heard
    verdict: contested  # sound, imprecise, contested, wrong or unverifiable
    right: {text(langs)}  # what holds instead, or when it holds
    why: {text(langs)}  # the evidence in a few sentences
    sources: [{TODO.lower()}-source]  # ids in sources.yaml, or `demo:` with a demo that measures it
    says: field
"""


def table(name: str, title: str, langs: Sequence[str]) -> str:
    """A file with one table of two rows and two columns."""
    cells = "".join(f"          {c}: {{text: {text(langs)}}}\n" for c in ("first", "second"))
    rows = "".join(
        f"      - id: {row}\n        text: {text(langs)}\n        cells:\n{cells}" for row in ("row-one", "row-two")
    )
    return f"""{SCHEMA_LINE}tables:
  - id: {name}
    level: deep
    title: {text(langs, title)}
    columns:
      - {{id: first, text: {text(langs)}}}
      - {{id: second, text: {text(langs)}}}
    rows:  # a cell is asked when it has `accept: {texts(langs)}`
{rows}"""


def interview(name: str, who: str, langs: Sequence[str]) -> str:
    """A file with one blueprint of a mock interview."""
    fields = "".join(
        f"    {field}: {text(langs)}\n" for field in ("manner", "cares", "irritated", "opening", "closing")
    )
    return f"""{SCHEMA_LINE}interviews:
  - id: {name}
    name: {text(langs, who)}
{fields}    sections:
      - id: start
        title: {text(langs)}
        minutes: 10
        ask: [{TODO.lower()}-question]  # ids of questions, in order of preference
"""


SOURCES = f"""{SCHEMA_LINE.replace("../", "")}# Every citation once; content names them by id.
sources: []
#  - id: vaswani-2017-attention
#    title: Attention Is All You Need
#    authors: Vaswani et al.
#    year: 2017
#    arxiv: "1706.03762"  # or `url:`
"""
