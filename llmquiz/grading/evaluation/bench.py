"""A grader measured on labelled answers, beside two baselines: the answer's length, and the words it shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from llmquiz.grading import calibration
from llmquiz.grading.evaluation.cases import Case, from_folder, from_lines, sentences
from llmquiz.grading.evaluation.metrics import Row, report
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.read import keys, listed, read

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion, Term

Grader = Callable[["OpenQuestion", str, "Lang", Sequence["Term"]], Score]
"""Grades one open answer, looking for inaccurate terms; the glossary and all else are bound already."""
Progress = Callable[[float], None]
"""Told the share that is done."""


def measure(
    cases: Sequence[Case], grader: Grader, resamples: int = 1000, progress: Progress = lambda share: None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures of a grader beside the baselines, and its predictions."""
    scores = []
    for number, case in enumerate(cases, 1):
        scores.append(grader(case.question, case.answer, case.lang, case.terms))
        progress(number / len(cases))
    figures = report([row(case, score) for case, score in zip(cases, scores, strict=True)], resamples)
    figures["baselines"] = {
        "length": report(_by_length(cases), resamples),
        "overlap": report([_by_overlap(case) for case in cases], resamples),
    }
    return figures, [prediction(case, score) for case, score in zip(cases, scores, strict=True)]


def row(case: Case, score: Score) -> Row:
    """One case as people and the grader judge it; only met points are covered."""
    covered = frozenset(case.names[point.id] for point in score.points if point.state is PointState.met)
    wrong = frozenset(case.names[misconception.id] for misconception in score.misconceptions)
    return _row(case, covered, wrong, value(score))


def value(score: Score) -> float:
    """The share of the points, by weight, met, a half for partly; what is undecided earns nothing here."""
    total = sum(point.weight for point in score.points)
    earned = sum(point.weight * point.state.credit for point in score.points)
    return round(earned / total, 4) if total else 0.0


def _row(case: Case, covered: frozenset[str], wrong: frozenset[str], score: float) -> Row:
    points = tuple(case.names[point.id] for point in case.question.points)
    return Row(
        case.id, case.group, case.data_lang, case.kind, points,
        case.covered, covered, case.wrong, wrong, case.score, score,
        case.label,
    )  # fmt: skip


def prediction(case: Case, score: Score) -> dict[str, Any]:
    """A line of `--predictions`."""
    return {
        "id": case.id,
        "covered": [case.names[point.id] for point in score.points if point.state is PointState.met],
        "misconceptions": [case.names[remark.id] for remark in score.misconceptions],
        "wrong_terms": [case.names[remark.id] for remark in score.terms],
        "absolute": any(remark.id == "absolute" for remark in score.style),
        "score": value(score),
    }


def _by_length(cases: Sequence[Case]) -> list[Row]:
    """Credit everything in an answer longer than the median."""
    lengths = [len(read(case.answer).tokens) for case in cases]
    middle = median(lengths) if lengths else 0
    rows = []
    for case, length in zip(cases, lengths, strict=True):
        all_points = frozenset(case.names[point.id] for point in case.question.points)
        covered = all_points if length > middle else frozenset()
        # An answer of median length gets a half, one of twice that everything.
        rows.append(_row(case, covered, frozenset(), min(1.0, length / (2 * middle)) if middle else 0.0))
    return rows


def _by_overlap(case: Case) -> Row:
    """Credit each statement of which half the words stand in the answer."""
    words = _words(case.answer)
    texts = {point.id: point.text for point in case.question.points}
    texts |= {wrong.id: wrong.text for wrong in case.question.misconceptions}
    shares = {
        case.names[name]: max(_share(_words(statement), words) for statement in (text["en"], text["zh"]))
        for name, text in texts.items()
    }
    points = {case.names[point.id] for point in case.question.points}
    overlapping = frozenset(name for name, share in shares.items() if share >= calibration.OVERLAP)
    mean = sum(shares[name] for name in points) / len(points)
    return _row(case, overlapping & points, overlapping - points, round(mean, 4))


def _words(text: str) -> frozenset[str]:
    return frozenset(key for key in keys(text) if key not in listed("empty"))


def _share(wanted: frozenset[str], present: frozenset[str]) -> float:
    return len(wanted & present) / len(wanted) if wanted else 0.0


__all__ = ["Case", "Grader", "from_folder", "from_lines", "measure", "prediction", "row", "sentences", "value"]
