"""Commented YAML for a new topic, question, claim, table or interview: it passes `check` once the blanks are filled."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.collection.yaml import written
from llmquiz.errors import LlmquizError
from llmquiz.ids import is_name

TODO = "TODO"
"""Stands where a person must write; `check` finds it."""

KINDS = ("topic", "question", "claim", "table", "interview")


def schema_line(kind: str, depth: int = 1) -> str:
    """The first line of a file `depth` folders below its root: it makes editors complete and explain every field."""
    return f"# yaml-language-server: $schema={'../' * depth}schema/{kind}.json\n"


def checked_name(name: str) -> str:
    """`name`, if it can be an id.

    Raises: LlmquizError.
    """
    if not is_name(name):
        raise LlmquizError("content.no-id", name=name)
    return name


def text(langs: Sequence[str], words: str = TODO) -> str:
    """A text in each language, to be filled."""
    return "{" + ", ".join(f"{lang}: {_quoted(words)}" for lang in langs) + "}"


def texts(langs: Sequence[str]) -> str:
    """Several texts a language, none yet."""
    return "{" + ", ".join(f"{lang}: []" for lang in langs) + "}"


def _named(key: str, name: str) -> str:
    """The line of a name; in quotes where YAML would take it for something else: no, null, 2017."""
    return written({key: name}).strip()


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def deck(title: str, langs: Sequence[str]) -> str:
    """deck.yaml of a new topic."""
    return f"""{schema_line("deck")}# The topic: what it is called, its languages, and the order to learn it in.
title: {text(langs, title)}
summary: {text(langs)}  # one or two sentences
langs: [{", ".join(langs)}]  # every text below needs each of them
sections: []  # folders of the topic in the order to read them; files may also stand beside this one
order: []  # ids in the order to learn them; what is not named comes after
"""


def question(name: str, prompt: str, langs: Sequence[str], depth: int = 1) -> str:
    """The file of one open question."""
    return f"""{schema_line("question", depth)}# The id is permanent: it carries the learner's history.
{_named("id", name)}  # after a renaming put the old one into `aka: []`
type: open  # or choice, code, order, prediction: see schema/question.json
level: core  # core, deep or expert
prompt: {text(langs, prompt)}
answers:
  one-line: {{text: {text(langs)}, seconds: 15}}
  one-minute: {{text: {text(langs)}, seconds: 60}}
points:  # what a good answer says; each comes back by itself when memory fades
  - id: first-point
    text: {text(langs)}  # a full statement
    why: {text(langs)}  # shown when it was missed
  - id: second-point
    text: {text(langs)}
    why: {text(langs)}
    # also: {texts(langs)}  # sentences that say the same in other words: a formula, a name
# Optional. Uncomment what you need; `llmquiz check` grades the examples.
# misconceptions:
#   - id: wrong-belief
#     text: {text(langs)}
#     right: {text(langs)}
#     contradicts: [first-point]
# hints:
#   - {{text: {text(langs)}}}
# accept: {texts(langs)}  # answers that meet every point
# reject: {texts(langs)}  # plausible answers that meet none
# partial: [{{lang: {langs[0]}, text: "...", meets: [first-point]}}]
# sources: [author-year-keyword]  # ids in sources/
# demo: kv-cache
"""


def claim(name: str, statement: str, langs: Sequence[str], depth: int = 1) -> str:
    """A file with one claim."""
    # The source is in small letters because an id is; `check` finds that there is none.
    return f"""{schema_line("items", depth)}claims:
  - {_named("id", name)}
    level: core
    text: {text(langs, statement)}  # the statement, as it is heard
    verdict: contested  # sound, imprecise, contested, wrong or unverifiable
    right: {text(langs)}  # what holds instead, or when it holds
    why: {text(langs)}  # the evidence in a few sentences
    sources: [{TODO.lower()}-source]  # ids in sources/, or `demo:` with a demo that measures it
    says: field
"""


def table(name: str, title: str, langs: Sequence[str], depth: int = 1) -> str:
    """A file with one table of two rows and two columns."""
    cells = "".join(f"          {c}: {{text: {text(langs)}}}\n" for c in ("first", "second"))
    rows = "".join(
        f"      - id: {row}\n        text: {text(langs)}\n        cells:\n{cells}" for row in ("row-one", "row-two")
    )
    return f"""{schema_line("items", depth)}tables:
  - {_named("id", name)}
    level: deep
    title: {text(langs, title)}
    columns:
      - {{id: first, text: {text(langs)}}}
      - {{id: second, text: {text(langs)}}}
    rows:  # a cell is asked when it has `accept: {texts(langs)}`
{rows}"""


def interviewer(who: str, langs: Sequence[str]) -> str:
    """The file of a person who interviews."""
    fields = "".join(f"{field}: {text(langs)}\n" for field in ("manner", "cares", "irritated", "opening", "closing"))
    return f"""{schema_line("interviewer")}# Who interviews, whatever the topic; each topic says what is asked.
name: {text(langs, who)}
{fields}"""


def interview(name: str, langs: Sequence[str], depth: int = 1) -> str:
    """The file of a topic's part of a mock interview, held by the interviewer of the same name."""
    return f"""{schema_line("interview", depth)}interviews:
  - {_named("id", name)}
    {_named("interviewer", name)}
    sections:
      - id: start
        title: {text(langs)}
        minutes: 10
        ask: [{TODO.lower()}-question]  # ids of questions, in order of preference
"""


SOURCES = f"""{schema_line("sources")}# Every citation once; content names them by id.
sources: []
#  - id: vaswani-2017-attention
#    title: Attention Is All You Need
#    authors: Vaswani et al.
#    year: 2017
#    arxiv: "1706.03762"  # or `url:`
"""
