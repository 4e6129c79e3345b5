"""Fit llmquiz/grading/points/likelihood.json: `python -m tests.grading.tune [--write] DIR ...`.

DIR holds questions.yaml and answers.jsonl as in tests/grading/tuning. Without --write only the figures are printed:
each question is judged by weights fitted on the other questions.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from llmquiz.grading import Glossary
from llmquiz.grading.points import integrity, likelihood, statements
from llmquiz.grading.points.cues import Index
from llmquiz.grading.text.read import read
from llmquiz.schema.topics import GlossaryFile

ROOT = Path(__file__).parents[2]
SETTLED = ("point", "wrong", "point beside", "wrong beside")


@dataclass(slots=True)
class Case:
    """One answer: the measures of each statement and whether it truly says it."""

    question: str
    lang: str
    kind: str
    points: int
    measured: list[list[float]]
    truly: list[float]
    blank: list[bool]


def glossary() -> Glossary:
    """The glossary of content."""
    loaded = yaml.safe_load((ROOT / "content/glossary.yaml").read_text("utf-8"))
    return Glossary.build(GlossaryFile.model_validate(loaded).terms)


def cases(folder: Path, known: Glossary) -> list[Case]:
    """The labelled answers of one folder, measured."""
    questions = {q["id"]: q for q in yaml.safe_load((folder / "questions.yaml").read_text("utf-8"))["questions"]}
    return [_case(questions, json.loads(line), known) for line in (folder / "answers.jsonl").open(encoding="utf-8")]


def _case(questions: dict[str, dict], answer: dict, known: Glossary) -> Case:
    question = questions[answer["question"]]
    entries = [*question["points"], *question["misconceptions"]]
    points = len(question["points"])
    prompts = (question["en"], question["zh"])
    prepared = statements.prepare(tuple(entry[lang] for entry in entries for lang in ("en", "zh")), prompts, known)
    index = Index.of(read(answer["text"]), known)
    rubric = [point[lang] for point in question["points"] for lang in ("en", "zh")]
    mentions = statements.AnswerMentions(index, integrity.blank(index.reading, prompts, rubric), prepared)
    measured = likelihood.features(prepared, mentions, points)
    true = {*answer["covered"], *answer["misconceptions"]}
    return Case(
        answer["question"],
        answer["lang"],
        answer["kind"],
        points,
        [[features[name] for name in _names(at, points)] for at, (features, _) in enumerate(measured)],
        [float(entry["id"] in true) for entry in entries],
        [not likelihood.enough(fit, at < points) for at, (_, fit) in enumerate(measured)],
    )


def _names(at: int, points: int) -> tuple[str, ...]:
    return likelihood.POINT_FEATURES if at < points else likelihood.WRONG_FEATURES


def fit(rows: Sequence[Sequence[float]], truly: Sequence[float], penalty: float) -> list[float]:
    """Logistic regression by Newton's method on standardized features; weights for the features as they are."""
    size = len(rows[0])
    mean = [sum(row[at] for row in rows) / len(rows) for at in range(size)]
    spread = [math.sqrt(sum((row[at] - mean[at]) ** 2 for row in rows) / len(rows)) or 1.0 for at in range(size)]
    scaled = [[1.0, *((row[at] - mean[at]) / spread[at] for at in range(size))] for row in rows]
    weights = [0.0] * (size + 1)
    for _ in range(25):
        slope = [0.0] + [penalty * value for value in weights[1:]]
        curve = [[penalty * (at == to) * (at > 0) for to in range(size + 1)] for at in range(size + 1)]
        for row, true in zip(scaled, truly, strict=True):
            likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(a * b for a, b in zip(weights, row, strict=True))))))
            weight = max(likely * (1 - likely), 1e-9)
            for at, value in enumerate(row):
                slope[at] += (likely - true) * value
                for to, two in enumerate(row):
                    curve[at][to] += weight * value * two
        step = _solved(curve, slope)
        weights = [value - change for value, change in zip(weights, step, strict=True)]
    back = [weights[at + 1] / spread[at] for at in range(size)]
    return [
        round(weights[0] - sum(a * b for a, b in zip(back, mean, strict=True)), 4),
        *(round(value, 4) for value in back),
    ]


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a small linear system by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at in range(len(rows)):
        pivot = max(range(at, len(rows)), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for other in range(len(rows)):
            if other != at:
                times = rows[other][at] / rows[at][at]
                rows[other] = [a - times * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[-1] / row[at] for at, row in enumerate(rows)]


def first_step(training: Sequence[Case]) -> dict[str, list[float]]:
    """The weights of the statements by themselves."""
    weights = {}
    for name, wanted in (("point", True), ("wrong", False)):
        chosen = [
            (c.measured[at], c.truly[at]) for c in training for at in range(len(c.truly)) if (at < c.points) == wanted
        ]
        weights[name] = fit([row for row, _ in chosen], [true for _, true in chosen], 2.0)
    return weights


def alone(case: Case, weights: dict[str, list[float]]) -> list[float]:
    """The first step's verdicts on one answer."""
    return [
        likelihood.logistic(weights["point" if at < case.points else "wrong"], row)
        for at, row in enumerate(case.measured)
    ]


def _apart(all_cases: Sequence[Case], learn: Callable[[Sequence[Case]], dict[str, list[float]]]) -> dict[str, dict]:
    """What is learned for each question from the others."""
    return {name: learn([c for c in all_cases if c.question != name]) for name in {c.question for c in all_cases}}


def second_step(training: Sequence[Case]) -> dict[str, list[float]]:
    """The weights of the statements beside each other, on first verdicts of questions left out."""
    apart = _apart(training, first_step)
    weights = {}
    for name, wanted in (("point beside", True), ("wrong beside", False)):
        rows, truly = [], []
        for case in training:
            verdicts = alone(case, apart[case.question])
            for at, true in enumerate(case.truly):
                if (at < case.points) == wanted:
                    rows.append(likelihood.beside(verdicts, at, case.points))
                    truly.append(true)
        weights[name] = fit(rows, truly, 1.0)
    return weights


def judged(case: Case, weights: dict[str, list[float]]) -> list[float]:
    """Both steps' verdicts on one answer."""
    verdicts = alone(case, weights)
    return [
        0.0
        if case.blank[at]
        else likelihood.logistic(
            weights["point beside" if at < case.points else "wrong beside"],
            likelihood.beside(verdicts, at, case.points),
        )
        for at in range(len(verdicts))
    ]


def figures(all_cases: Sequence[Case], verdicts: Sequence[Sequence[float]], wanted: bool, least: float) -> str:
    """F1 in all and by language; false credit of points, false alarms of misconceptions."""
    counts: dict[str, list[int]] = {}
    trusted: list[tuple[int, int]] = []
    for case, likely in zip(all_cases, verdicts, strict=True):
        chosen = [at for at in range(len(likely)) if (at < case.points) == wanted]
        pairs = [(likely[at] >= least, case.truly[at] > 0) for at in chosen]
        false = sum(taken and not true for taken, true in pairs)
        for lang in ("all", case.lang):
            count = counts.setdefault(lang, [0, 0])
            count[0] += sum(taken and true for taken, true in pairs)
            count[1] += sum(taken + true for taken, true in pairs)
        if case.kind in (("wrong", "stuffed", "injection") if wanted else ("refutes", "excellent")):
            trusted.append((false, len(chosen)))
    shares = " ".join(f"{lang} {2 * hit / max(1, total):.3f}" for lang, (hit, total) in sorted(counts.items()))
    answers = sum(false > 0 for false, _ in trusted) / len(trusted)
    slots = sum(false for false, _ in trusted) / sum(size for _, size in trusted)
    what = "false credit" if wanted else "false alarms"
    return f"{least:.2f}: F1 {shares}; {what} {answers:.3f} of {len(trusted)} answers, {slots:.3f} of slots"


def main() -> None:
    """Print the figures for questions left out; with --write fit on all and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    known = glossary()
    all_cases = [case for folder in asked.folders for case in cases(folder, known)]
    learned = _apart(all_cases, lambda training: first_step(training) | second_step(training))
    verdicts = [judged(case, learned[case.question]) for case in all_cases]
    for wanted in (True, False):
        print("points" if wanted else "misconceptions", len(all_cases), "answers")  # noqa: T201
        for least in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
            print(" ", figures(all_cases, verdicts, wanted, least))  # noqa: T201
    if asked.write:
        weights = first_step(all_cases) | second_step(all_cases)
        path = ROOT / "llmquiz/grading/points/likelihood.json"
        path.write_text("{\n" + ",\n".join(f'  "{name}": {weights[name]}' for name in SETTLED) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
