"""A grader measured on labelled answers, beside two baselines: the answer's length, and the words it shares.

Two forms of data: questions with their points as statements and answers with what they cover (`from_folder`), and
lines of question, reference and answer with a score or a label (`from_lines`). Files are read by the command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from llmquiz.errors import ContentError
from llmquiz.grading.figures import Row, report
from llmquiz.grading.phrases import words
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text import is_han, keys, read
from llmquiz.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.texts import Lang

Grader = Callable[[OpenQuestion, str, "Lang"], Score]
"""Grades one open answer; the glossary and all else are bound already."""
OVERLAP = 0.5
"""Share of a statement's words in the answer from which the baseline credits it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled answer with its question; `names` leads from the question's ids to those of the data."""

    id: str
    question: OpenQuestion
    group: str
    lang: Lang
    told: str
    """The language that the data names; `mixed` is one."""
    kind: str
    answer: str
    names: Mapping[str, str]
    covered: frozenset[str] | None
    wrong: frozenset[str]
    score: float | None
    label: str | None = None


def from_folder(questions: Mapping[str, Any], answers: Iterable[str]) -> list[Case]:
    """The cases of a folder: the parsed questions.yaml and the lines of answers.jsonl."""
    known = {entry["id"]: _with_points(entry) for entry in questions["questions"]}
    return [_answered(known, json.loads(line), number) for number, line in enumerate(answers, 1) if line.strip()]


def _with_points(entry: Mapping[str, Any]) -> tuple[OpenQuestion, dict[str, str]]:
    points, wrong = entry["points"], entry.get("misconceptions") or []
    names = {f"p{at}": one["id"] for at, one in enumerate(points)} | {
        f"m{at}": one["id"] for at, one in enumerate(wrong)
    }
    question = _question(
        _text(entry),
        [{"id": f"p{at}", "text": _text(one)} for at, one in enumerate(points)],
        [{"id": f"m{at}", "text": _text(one), "right": _text(one)} for at, one in enumerate(wrong)],
    )
    return question, names


def _text(entry: Mapping[str, Any]) -> dict[str, str]:
    return {lang: entry[lang] for lang in ("en", "zh") if entry.get(lang)}


def _question(prompt: dict[str, str], points: list[dict[str, Any]], wrong: list[dict[str, Any]]) -> OpenQuestion:
    answer = {"text": prompt, "seconds": 60}
    written = {
        "type": "open", "id": "bench", "prompt": prompt, "answers": {"one-line": answer, "one-minute": answer},
        "points": points, "misconceptions": wrong,
    }  # fmt: skip
    return OpenQuestion.model_validate(written)


def _answered(known: Mapping[str, tuple[OpenQuestion, dict[str, str]]], line: Mapping[str, Any], number: int) -> Case:
    if line.get("question") not in known:
        raise ContentError(f"answers.jsonl:{number}: no question {line.get('question')!r} in questions.yaml")
    question, names = known[line["question"]]
    covered = frozenset(line["covered"])
    return Case(
        id=line["id"],
        question=question,
        group=line["question"],
        lang=_lang(line["text"]),
        told=line["lang"],
        kind=line["kind"],
        answer=line["text"],
        names=names,
        covered=covered,
        wrong=frozenset(line["misconceptions"]),
        score=len(covered) / len(question.points),
    )


def _lang(text: str) -> Lang:
    """Chinese where a fifth of the tokens are Han characters."""
    tokens = read(text).tokens
    return "zh" if sum(is_han(token.key) for token in tokens) * 5 > len(tokens) else "en"


def from_lines(lines: Iterable[str]) -> list[Case]:
    """The cases of a JSON-lines file: each sentence of the reference is a point."""
    return [_referenced(json.loads(line), number) for number, line in enumerate(lines, 1) if line.strip()]


def _referenced(line: Mapping[str, Any], number: int) -> Case:
    for field in ("question", "reference", "answer"):
        if not isinstance(line.get(field), str) or not line[field].strip():
            raise ContentError(f"line {number}: {field}: a text is needed")
    lang = _lang(line["reference"])
    points: list[dict[str, Any]] = [
        {"id": f"p{at}", "text": {lang: text}} for at, text in enumerate(sentences(line["reference"])[:20])
    ]
    label = line.get("label")
    score = line.get("score", {"correct": 1.0, "partly": 0.5, "contradictory": 0.0, "incorrect": 0.0}.get(label or ""))
    names = {f"p{at}": f"p{at}" for at in range(len(points))}
    return Case(
        id=str(line.get("id", number)),
        question=_question({lang: line["question"]}, points, []),
        group=line["question"],
        lang=_lang(line["answer"]),
        told=_lang(line["answer"]),
        kind=str(line.get("kind", label or "scored")),
        answer=line["answer"],
        names=names,
        covered=None,
        wrong=frozenset(),
        score=score,
        label=label,
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text, as they were written."""
    reading = read(text)
    spans: dict[int, tuple[int, int]] = {}
    for token in reading.tokens:
        start = spans[token.sentence][0] if token.sentence in spans else token.start
        spans[token.sentence] = (start, token.end)
    typed = [reading.typed(*span) for span in spans.values()]
    return [text[start:end] for start, end in typed] or [text]


def row(case: Case, score: Score) -> Row:
    """One case as people and the grader judge it; only met points are covered."""
    covered = frozenset(case.names[point.id] for point in score.points if point.state is PointState.met)
    wrong = frozenset(case.names[found.id] for found in score.misconceptions)
    return _row(case, covered, wrong, value(score))


def value(score: Score) -> float:
    """The share of the points, by weight, met, a half for partly; what is undecided earns nothing here."""
    credit = {PointState.met: 1.0, PointState.partly: 0.5}
    total = sum(point.weight for point in score.points)
    return (
        round(sum(point.weight * credit.get(point.state, 0.0) for point in score.points) / total, 4) if total else 0.0
    )


def _row(case: Case, covered: frozenset[str], wrong: frozenset[str], found: float) -> Row:
    points = tuple(case.names[point.id] for point in case.question.points)
    return Row(
        case.id, case.group, case.told, case.kind, points, case.covered, covered, case.wrong, wrong, case.score, found,
        case.label,
    )  # fmt: skip


def prediction(case: Case, score: Score) -> dict[str, Any]:
    """A line of `--predictions`."""
    return {
        "id": case.id,
        "covered": [case.names[point.id] for point in score.points if point.state is PointState.met],
        "misconceptions": [case.names[found.id] for found in score.misconceptions],
        "wrong_terms": [found.id for found in score.terms],
        "absolute": any(found.id == "absolute" for found in score.style),
        "score": value(score),
    }


def measure(
    cases: Sequence[Case], grader: Grader, resamples: int = 1000
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures of a grader beside the baselines, and its predictions."""
    scores = [grader(case.question, case.answer, case.lang) for case in cases]
    figures = report([row(case, score) for case, score in zip(cases, scores, strict=True)], resamples)
    figures["baselines"] = {
        "length": report(_by_length(cases), resamples),
        "overlap": report([_by_overlap(case) for case in cases], resamples),
    }
    return figures, [prediction(case, score) for case, score in zip(cases, scores, strict=True)]


def _by_length(cases: Sequence[Case]) -> list[Row]:
    """Credit everything in an answer longer than the median."""
    lengths = [len(read(case.answer).tokens) for case in cases]
    middle = median(lengths) if lengths else 0
    rows = []
    for case, length in zip(cases, lengths, strict=True):
        all_points = frozenset(case.names[point.id] for point in case.question.points)
        found = all_points if length > middle else frozenset()
        rows.append(_row(case, found, frozenset(), min(1.0, length / (2 * middle)) if middle else 0.0))
    return rows


def _by_overlap(case: Case) -> Row:
    """Credit each statement of which half the words stand in the answer."""
    said = _words(case.answer)
    texts = {point.id: point.text for point in case.question.points}
    texts |= {wrong.id: wrong.text for wrong in case.question.misconceptions}
    shares = {
        case.names[name]: max(_share(_words(one), said) for one in (text["en"], text["zh"]))
        for name, text in texts.items()
    }
    points = {case.names[point.id] for point in case.question.points}
    found = frozenset(name for name, share in shares.items() if share >= OVERLAP)
    mean = sum(shares[name] for name in points) / len(points)
    return _row(case, found & points, found - points, round(mean, 4))


def _words(text: str) -> frozenset[str]:
    return frozenset(key for key in keys(text) if key not in words("empty"))


def _share(wanted: frozenset[str], said: frozenset[str]) -> float:
    return len(wanted & said) / len(wanted) if wanted else 0.0
