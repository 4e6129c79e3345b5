"""Labelled answers on which a grader is measured, in the two forms in which they come.

Questions with their points as statements and answers with what they cover (`from_folder`), and lines of question,
reference and answer with a score or a label (`from_lines`). Files are read by the command.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmquiz.errors import ContentError
from llmquiz.grading.text.read import language, read
from llmquiz.schema.questions import OpenQuestion, Term

if TYPE_CHECKING:
    from llmquiz.language import Lang

LABELS = {"correct": 1.0, "partly": 0.5, "contradictory": 0.0, "incorrect": 0.0}
"""The score that each label stands for."""
MOST_POINTS = 20
"""Sentences of a reference that are taken for points."""


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled answer with its question; `names` leads from the question's ids to those of the data."""

    id: str
    question: OpenQuestion
    group: str
    lang: Lang
    data_lang: str
    """The language that the data names; `mixed` is one."""
    kind: str
    answer: str
    names: Mapping[str, str]
    covered: frozenset[str] | None
    wrong: frozenset[str]
    score: float | None
    label: str | None = None
    terms: tuple[Term, ...] = ()
    """Inaccurate terms to look for."""


def from_folder(questions: object, answers: Iterable[str]) -> list[Case]:
    """The cases of a folder: the parsed questions.yaml and the lines of answers.jsonl."""
    where = "questions.yaml"
    if not isinstance(questions, Mapping):
        raise ContentError("answers.no-questions", where=where)
    entries = [_entry(listed, where) for listed in _listed(questions, "questions", where)]
    known = {_needed(entry, "id", where): _with_points(entry) for entry in entries}
    terms = [
        _term(at, _entry(listed, where)) for at, listed in enumerate(_listed(questions, "terms", where, needed=False))
    ]
    return [
        _answered(known, terms, _parsed(line, f"answers.jsonl:{number}"), f"answers.jsonl:{number}")
        for number, line in enumerate(answers, 1)
        if line.strip()
    ]


def from_lines(lines: Iterable[str]) -> list[Case]:
    """The cases of a JSON-lines file: each sentence of the reference is a point."""
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [_referenced(_parsed(line, f"line {number}"), number) for number, line in numbered]


def _with_points(entry: Mapping[str, Any]) -> tuple[OpenQuestion, dict[str, str]]:
    where = f"questions.yaml: {entry['id']}"
    points = [_entry(item, where) for item in _listed(entry, "points", where)]
    if not points:
        raise ContentError("answers.no-points", where=where)
    wrong = [_entry(item, where) for item in _listed(entry, "misconceptions", where, needed=False)]
    names = {f"p{at}": _needed(item, "id", where) for at, item in enumerate(points)}
    names |= {f"m{at}": _needed(item, "id", where) for at, item in enumerate(wrong)}
    question = _question(
        _text(entry, where),
        [{"id": f"p{at}", "text": _text(item, where)} for at, item in enumerate(points)],
        [{"id": f"m{at}", "text": _text(item, where), "right": _text(item, where)} for at, item in enumerate(wrong)],
    )
    return question, names


def _text(entry: Mapping[str, Any], where: str) -> dict[str, str]:
    text = {lang: entry[lang] for lang in ("en", "zh") if isinstance(entry.get(lang), str) and entry[lang].strip()}
    if not text:
        raise ContentError("answers.no-language", where=where)
    return text


def _question(prompt: dict[str, str], points: list[dict[str, Any]], wrong: list[dict[str, Any]]) -> OpenQuestion:
    # A question must have model answers, which no grader reads.
    answer = {"text": prompt, "seconds": 60}
    written = {
        "type": "open", "id": "bench", "prompt": prompt, "answers": {"one-line": answer, "one-minute": answer},
        "points": points[:MOST_POINTS], "misconceptions": wrong,
    }  # fmt: skip
    return OpenQuestion.model_validate(written)


def _term(at: int, entry: Mapping[str, Any]) -> tuple[str, Term]:
    """An inaccurate term under the data's own id."""
    wrong = [str(form) for form in _listed(entry, "wrong", "questions.yaml: terms")]
    # Only its wrong forms are looked for; the rest is what the schema asks of a term.
    text = {"en": "-"}
    term = {"id": f"t{at}", "prompt": text, "why": text, "wrong": {"en": wrong}, "right": {"en": ["-"]}}
    return _needed(entry, "id", "questions.yaml: terms"), Term.model_validate(term)


def _answered(
    known: Mapping[str, tuple[OpenQuestion, dict[str, str]]],
    terms: Sequence[tuple[str, Term]],
    line: Mapping[str, Any],
    where: str,
) -> Case:
    name, text = _needed(line, "question", where), _needed(line, "text", where)
    if name not in known:
        raise ContentError("answers.unknown-question", where=where, name=name)
    question, names = known[name]
    covered = frozenset(map(str, _listed(line, "covered", where)))
    lang = language(read(text))
    return Case(
        id=_needed(line, "id", where),
        question=question,
        group=name,
        lang=lang,
        data_lang=str(line.get("lang", lang)),
        kind=str(line.get("kind", "unnamed")),
        answer=text,
        names=names | {term.id: name for name, term in terms},
        covered=covered,
        wrong=frozenset(map(str, _listed(line, "misconceptions", where, needed=False))),
        score=len(covered) / len(question.points),
        terms=tuple(term for _, term in terms),
    )


def _referenced(line: Mapping[str, Any], number: int) -> Case:
    where = f"line {number}"
    asked, reference = _needed(line, "question", where), _needed(line, "reference", where)
    answer, label, score = _needed(line, "answer", where), line.get("label"), line.get("score")
    if label is not None and not (isinstance(label, str) and label in LABELS):
        raise ContentError("answers.no-label", where=where, labels=tuple(LABELS))
    # JSON's true is a number to Python.
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1):
        raise ContentError("answers.no-score", where=where)
    stated_in, answered_in = language(read(reference)), language(read(answer))
    points: list[dict[str, Any]] = [
        {"id": f"p{at}", "text": {stated_in: text}} for at, text in enumerate(sentences(reference)[:MOST_POINTS])
    ]
    names = {f"p{at}": f"p{at}" for at in range(len(points))}
    return Case(
        id=str(line.get("id", number)),
        question=_question({stated_in: asked}, points, []),
        group=asked,
        lang=answered_in,
        data_lang=answered_in,
        kind=str(line.get("kind", label or "scored")),
        answer=answer,
        names=names,
        covered=None,
        wrong=frozenset(),
        score=score if score is not None else LABELS.get(label or ""),
        label=label,
    )


def _parsed(line: str, where: str) -> Mapping[str, Any]:
    try:
        return _entry(json.loads(line), where)
    except (ValueError, RecursionError) as error:
        raise ContentError("answers.no-json", where=where, error=error) from error


def _entry(item: object, where: str) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise ContentError("answers.no-mapping", where=where)
    return item


def _needed(entry: Mapping[str, Any], field: str, where: str) -> str:
    value = entry.get(field)
    # An empty answer is an answer.
    if not isinstance(value, str) or (field not in ("answer", "text") and not value.strip()):
        raise ContentError("answers.no-text", where=where, field=field)
    return value


def _listed(entry: Mapping[str, Any], field: str, where: str, *, needed: bool = True) -> list[Any]:
    value = entry.get(field)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise ContentError("answers.no-list", where=where, field=field)
    return value


def sentences(text: str) -> list[str]:
    """The sentences of a text, as they were written."""
    reading = read(text)
    spans: dict[int, tuple[int, int]] = {}
    for token in reading.tokens:
        start = spans[token.sentence][0] if token.sentence in spans else token.start
        spans[token.sentence] = (start, token.end)
    typed = [reading.typed(*span) for span in spans.values()]
    return [text[start:end] for start, end in typed] or [text]
