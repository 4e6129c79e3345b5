"""Content proves itself: the grader is run over every question's own examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from llmquiz.collection.loaded import LoadedEntry
from llmquiz.language import LANGS
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.audit.findings import Findings
    from llmquiz.grading.text.glossary import Glossary


def check(findings: Findings, entries: Sequence[LoadedEntry]) -> None:
    """Grade the accept, reject and partial answers of every open question among `entries`."""
    from llmquiz.grading.evaluation.examples import faults
    from llmquiz.grading.text.glossary import Glossary

    glossary_of = cache(lambda topic: Glossary.build(findings.result.glossary_of(topic)))
    for loaded in entries:
        if isinstance(loaded.entry, OpenQuestion):
            _missing(findings, loaded, loaded.entry)
            glossary = glossary_of(loaded.topic)
            _look_alikes(findings, loaded, loaded.entry, glossary)
            for fault in faults(loaded.entry, glossary):
                note = findings.warning if fault.warning else findings.error
                note(loaded, _loc(fault.field), fault.code, **fault.values)


def _look_alikes(findings: Findings, loaded: LoadedEntry, question: OpenQuestion, glossary: Glossary) -> None:
    """Points whose statement alone earns another one: the grader cannot tell them apart."""
    from llmquiz.grading import grade
    from llmquiz.grading.score import PointState

    for lang in (lang for lang in LANGS if lang in findings.result.topics[loaded.topic][1].langs):
        for number, point in enumerate(question.points):
            score = grade(question, point.text[lang], lang, glossary=glossary)
            others = [other.id for other in score.points if other.state is PointState.met and other.id != point.id]
            if others:
                findings.warning(loaded, ("points", number, "text", lang), "point.look-alike", names=others)


def _loc(field: str) -> tuple[str | int, ...]:
    """`accept.en[2]` -> ("accept", "en", 2)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[\w-]+", field))


def _missing(findings: Findings, loaded: LoadedEntry, question: OpenQuestion) -> None:
    langs = [lang for lang in LANGS if lang in findings.result.topics[loaded.topic][1].langs]
    for lang in langs:
        for key, examples in (("accept", question.accept[lang]), ("reject", question.reject[lang])):
            if not examples:
                findings.warning(loaded, (key,), "question.no-example", key=key, lang=lang)
        if not any(partial.lang == lang for partial in question.partial):
            findings.warning(loaded, ("partial",), "question.no-partial", lang=lang)
    if not question.demo:
        findings.warning(loaded, ("demo",), "question.no-demo")
