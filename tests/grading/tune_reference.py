"""Fit llmquiz/grading/points/single_reference.json: `python -m tests.grading.tune_reference [--write] LINES.jsonl`.

LINES.jsonl holds {"question", "reference", "answer", "label"} a line, as `llmquiz grade --bench` takes it. The shipped
trees were fitted on the training split of Beetle (SemEval-2013 task 7; 3,941 answers to 36 questions), fetched from
ashudeep/Student-Response-Analysis (semevalFormatProcessing-5way: trainingGold.txt joined with answers.csv); it is not
part of llmquiz. Printed are the figures of all answers, each question judged by trees fitted on the others, and what
the trees are not asked about by the combiner. Boosted trees by Newton's method (Friedman 2001,
https://doi.org/10.1214/aos/1013203451); contradictory answers weigh twice.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llmquiz.grading.calibration import MET
from llmquiz.grading.evaluation.cases import Case, from_lines
from llmquiz.grading.points import integrity, likelihood, single_reference, statements
from llmquiz.grading.points.cues import Index
from llmquiz.grading.text.read import read
from tests.grading.tune import ROOT, glossary

TREES, DEPTH, RATE, SMALLEST, DRAWN = 80, 3, 0.08, 30, 0.6
FOLDS = 12
AGAINST = 1.85
"""Weight of an answer that contradicts its reference."""


@dataclass(slots=True)
class Data:
    """Measures, truth, weights and questions."""

    measures: Any
    right: Any
    weights: Any
    against: Any
    questions: Any
    asked: Any
    """Whether the trees are asked about an answer; else the combiner's verdict counts, the first measure."""


def measured(cases: Sequence[Case]) -> Data:
    """Every answer to a reference of one statement, measured."""
    known, rows, chosen, trees = glossary(), [], [], []
    for case in cases:
        if len(case.question.points) == 1:
            rows.append(_measures(case, known))
            chosen.append(case)
            statement = case.question.points[0].text["en"]
            trees.append(single_reference.applies(statement, read(case.answer), known))
    labels = np.array([case.label for case in chosen])
    return Data(
        np.array(rows),
        (labels == "correct").astype(float),
        np.where(labels == "contradictory", AGAINST, 1.0),
        labels == "contradictory",
        np.array([case.group for case in chosen]),
        np.array(trees),
    )


def _measures(case: Case, known: Any) -> list[float]:
    statement, prompt = case.question.points[0].text["en"], case.question.prompt["en"]
    index = Index.of(read(case.answer), known)
    blank = integrity.blank(index.reading, (prompt,), (statement,))
    prepared = statements.prepare((statement, statement), (prompt, prompt), known)
    alone = likelihood.chances(prepared, statements.AnswerMentions(index, blank, prepared), 1)[0]
    return single_reference.measures(statement, prompt, index.reading, alone, known)


def boosted(data: Data, rows: Any, seed: int = 0) -> dict[str, Any]:
    """Trees fitted on those of some rows about which they are asked."""
    rows = rows & data.asked
    measures, right, weights = data.measures[rows], data.right[rows], data.weights[rows]
    mean = float((weights * right).sum() / weights.sum())
    start = float(np.log(mean / (1 - mean)))
    total, trees, draw = np.full(len(right), start), [], np.random.default_rng(seed)
    for _ in range(TREES):
        likely = 1 / (1 + np.exp(-total))
        chosen = draw.random(len(right)) < DRAWN
        slope, curve = weights * (right - likely), weights * likely * (1 - likely)
        tree = _grown(measures[chosen], slope[chosen], curve[chosen], DEPTH)
        trees.append(tree)
        total += np.array([single_reference.leaf(tree, row) for row in measures.tolist()])
    return {"start": round(start, 4), "trees": trees}


def _grown(measures: Any, slope: Any, curve: Any, depth: int) -> Any:
    """A tree that takes the steepest way down the loss."""
    best = (1e-6, 0, 0.0)
    if depth and len(slope) >= 2 * SMALLEST:
        for feature in range(measures.shape[1]):
            best = max(best, _split(measures[:, feature], slope, curve, feature))
    gain, feature, threshold = best
    if gain <= 1e-6:
        return round(float(RATE * slope.sum() / (curve.sum() + 1.0)), 4)
    below = measures[:, feature] <= threshold
    return [
        feature,
        threshold,
        _grown(measures[below], slope[below], curve[below], depth - 1),
        _grown(measures[~below], slope[~below], curve[~below], depth - 1),
    ]


def _split(values: Any, slope: Any, curve: Any, feature: int) -> tuple[float, int, float]:
    """The best gain of one feature, and its threshold."""
    order = np.argsort(values, kind="stable")
    sums, curves = np.cumsum(slope[order]), np.cumsum(curve[order])
    ranked = values[order]
    at = np.arange(SMALLEST - 1, len(values) - SMALLEST)
    at = at[ranked[at] < ranked[at + 1]]
    if not len(at):
        return 0.0, feature, 0.0
    left, right = sums[at], sums[-1] - sums[at]
    gains = left**2 / (curves[at] + 1) + right**2 / (curves[-1] - curves[at] + 1) - sums[-1] ** 2 / (curves[-1] + 1)
    best = int(np.argmax(gains))
    return float(gains[best]), feature, round(float((ranked[at[best]] + ranked[at[best] + 1]) / 2), 4)


def judged(model: dict[str, Any], measures: Any) -> Any:
    """The probability of each row."""
    return np.array([single_reference.likely(row, model) for row in measures.tolist()])


def figures(data: Data, likely: Any, least: float) -> str:
    """Two-way macro F1, and the share of contradictory answers accepted."""
    taken, right = np.where(data.asked, likely >= least, data.measures[:, 0] >= MET), data.right > 0
    sides = [2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in ((taken, right), (~taken, ~right))]
    return f"{least:.2f}: macro F1 {sum(sides) / 2:.4f}, contradictory accepted {taken[data.against].mean():.4f}"


def apart(data: Data) -> Any:
    """Each question judged by trees fitted on the questions of other folds."""
    names = sorted(set(data.questions))
    fold = np.array([names.index(name) % FOLDS for name in data.questions])
    likely = np.zeros(len(data.right))
    for number in range(FOLDS):
        likely[fold == number] = judged(boosted(data, fold != number), data.measures[fold == number])
    return likely


def main() -> None:
    """Print the figures for questions left out; with --write fit on all and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    data = measured(from_lines(asked.lines.open(encoding="utf-8")))
    print(len(data.right), "answers,", len(set(data.questions)), "questions; left out:")  # noqa: T201
    likely = apart(data)
    for least in (0.4, 0.45, 0.5, 0.55):
        print(" ", figures(data, likely, least))  # noqa: T201
    if asked.write:
        model = boosted(data, np.ones(len(data.right), dtype=bool))
        print("fitted on all:", figures(data, judged(model, data.measures), MET))  # noqa: T201
        path = ROOT / "llmquiz/grading/points/single_reference.json"
        lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["trees"])
        path.write_text(f'{{"start": {model["start"]}, "trees": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
