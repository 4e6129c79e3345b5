"""Content proves itself: the grader is run over every question's own examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmquiz.collection.load import LoadedEntry
from llmquiz.language import LANGS
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.audit.findings import Audit
    from llmquiz.grading.text.glossary import Glossary


def check(work: Audit, entries: Sequence[LoadedEntry]) -> None:
    """Grade the accept, reject and partial answers of every open question among `entries`."""
    for filed in entries:
        if isinstance(filed.entry, OpenQuestion):
            _missing(work, filed, filed.entry)
    from llmquiz.grading.evaluation.examples import faults
    from llmquiz.grading.text.glossary import Glossary

    glossary = Glossary.build(work.loaded.glossary)
    for filed in entries:
        if isinstance(filed.entry, OpenQuestion):
            _look_alikes(work, filed, filed.entry, glossary)
            for fault in faults(filed.entry, glossary):
                level = "warning" if fault.warning else "error"
                work.error(filed, _loc(fault.field), fault.message, getattr(fault, "zh", ""), level)


def _look_alikes(work: Audit, filed: LoadedEntry, question: OpenQuestion, glossary: Glossary) -> None:
    """Points whose statement alone earns another one: the grader cannot tell them apart."""
    from llmquiz.grading import grade
    from llmquiz.grading.score import PointState

    for lang in (lang for lang in LANGS if lang in work.loaded.topics[filed.topic][1].langs):
        for number, point in enumerate(question.points):
            score = grade(question, point.text[lang], lang, glossary=glossary)
            others = [one.id for one in score.points if one.state is PointState.met and one.id != point.id]
            if others:
                names = ", ".join(others)
                work.warning(filed, ("points", number, "text", lang),
                             f"this statement alone also meets {names}: the grader cannot tell them apart; "
                             "narrow their cues or reword it", f"只凭这句话，{names} 也算答到了：判分器分不开，"
                             "请收窄线索或改写")  # fmt: skip


def _loc(field: str) -> tuple[str | int, ...]:
    """`accept.en[2]` -> ("accept", "en", 2)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[\w-]+", field))


def _missing(work: Audit, filed: LoadedEntry, question: OpenQuestion) -> None:
    langs = [lang for lang in LANGS if lang in work.loaded.topics[filed.topic][1].langs]
    for lang in langs:
        for key, found in (("accept", question.accept[lang]), ("reject", question.reject[lang])):
            if not found:
                work.warning(filed, (key,), f"no {key} example in {lang}; add one, so that check can test the grading",
                             f"{key} 里没有 {lang} 的例子，请补一个，check 才能检验判分")  # fmt: skip
        if not any(partial.lang == lang for partial in question.partial):
            work.warning(filed, ("partial",), f"no partial example in {lang}; add one with the points that it meets",
                         f"partial 里没有 {lang} 的例子，请补一个并写明它答到哪些要点")  # fmt: skip
    if not question.demo:
        work.warning(filed, ("demo",), "no demo; every open question should name one", "没有演示，每道问答题最好配一个")
