"""How far two labellers agree on the corpus, and how large its parts are: `python -m tests.grading.agreement`.

Cohen's kappa, (p - e) / (1 - e) with p the share of equal verdicts and e that expected by chance (J. Cohen, "A
Coefficient of Agreement for Nominal Scales", 1960), over all pairs of answer and statement that two have read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.grading.corpus import LETTERS, STATES, Question, questions

Verdicts = tuple[str, str]
"""What the first and the second labeller found."""


def read_twice(chosen: Iterable[Question], *, points: bool) -> Iterator[Verdicts]:
    """The two states of every pair of answer and statement; of points, or of misconceptions."""
    for question in chosen:
        for answer in question.answers:
            if len(answer.readings) == 2:
                for statement, first, second in zip(question.statements, *answer.readings, strict=True):
                    if statement.is_point == points:
                        yield LETTERS[first], LETTERS[second]


def kappa(pairs: Sequence[Verdicts]) -> float:
    """Cohen's kappa of two labellers; 1 where there is nothing to disagree about."""
    first, second = (Counter(pair[labeller] for pair in pairs) for labeller in (0, 1))
    total = len(pairs)
    equal = sum(one_state == other for one_state, other in pairs) / total
    chance = sum(first[state] * second[state] for state in first) / total**2
    return 1.0 if chance == 1 else (equal - chance) / (1 - chance)


def by_state(pairs: Sequence[Verdicts], state: str) -> float:
    """Kappa of whether it is this state or another."""
    return kappa([(str(first == state), str(second == state)) for first, second in pairs])


def table() -> Iterator[str]:
    """A row for points and one for misconceptions."""
    yield "| | pairs read twice | kappa | " + " | ".join(STATES) + " |"
    yield "|---" * (3 + len(STATES)) + "|"
    for name, points in (("points", True), ("misconceptions", False)):
        pairs = list(read_twice(questions(), points=points))
        states = " | ".join(f"{by_state(pairs, state):.2f}" for state in STATES)
        yield f"| {name} | {len(pairs):,} | {kappa(pairs):.2f} | {states} |"


def parts() -> Iterator[str]:
    """What each part of the corpus holds, largest first."""
    yield "| part | questions | answers | Chinese | pairs | says | partly | denies | misconceptions held |"
    yield "|" + "---|" * 9
    by_part: dict[str, list[Question]] = {}
    for question in questions():
        by_part.setdefault(question.part, []).append(question)
    for part, chosen in sorted(by_part.items(), key=lambda item: -len(item[1])):
        answers = [(question, answer) for question in chosen for answer in question.answers]
        pairs = [(s.is_point, answer.label(s.id).state) for question, answer in answers for s in question.statements]
        chinese = sum(answer.lang == "zh" for _, answer in answers) / len(answers)
        states = " | ".join(f"{sum(pair == (True, state) for pair in pairs):,}" for state in STATES[:3])
        held = sum(pair == (False, "says") for pair in pairs)
        yield f"| {part} | {len(chosen)} | {len(answers):,} | {chinese:.0%} | {len(pairs):,} | {states} | {held} |"


if __name__ == "__main__":
    for line in (*table(), "", *parts()):
        print(line)  # noqa: T201 (a table for the README)
