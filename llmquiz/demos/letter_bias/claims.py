"""What is measured of multiple-choice questions asked in several ways, and what each claim says; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

CHANCE = 0.25
"""Of four options."""
LETTERS = ("A", "B", "C", "D")
MENDS = ("digits", "chat", "corrected", "orders")
"""Ways that still ask for the label of an option."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking, and the score that it gives."""

    name: str
    accuracy: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    questions: int
    ways: tuple[Way, ...]
    """All of them; "chat" only where the checkpoint has a chat template."""
    by_place: tuple[float, ...]
    """Accuracy by letter where every right answer stands at A, at B, and so on."""
    chosen: tuple[int, ...]
    """How often each letter was answered, over all places."""
    corrected_chosen: tuple[int, ...]
    """The same after the prior was taken out."""
    prior: tuple[float, ...]
    """Share of each letter where question and options say nothing."""
    mass: float
    """Probability of the four letters together, of all tokens."""
    changed: int
    """Questions for which the option answered by letter depends on the order."""
    changed_listed: int
    """The same by the text of the options, under the same prompts."""
    mean_differs: int
    """Questions that get another answer by mean than by sum of the log-probabilities."""
    chars_differs: int
    """The same where the sum is divided by the count of characters."""
    blind: float
    """Accuracy by text without the question."""
    swapped: float
    """Accuracy by text under another question."""
    prompts: tuple[str, ...]
    """The first question by letter and by text."""

    def accuracy(self, name: str) -> float:
        """The score of one way of asking."""
        return next(way.accuracy for way in self.ways if way.name == name)

    @property
    def favourite(self) -> float:
        """The share of the answers that goes to the letter chosen most."""
        return max(self.chosen) / sum(self.chosen)

    @property
    def points(self) -> float:
        """Percentage points between the ways with the highest and the lowest score."""
        scores = [way.accuracy for way in self.ways]
        return 100 * (max(scores) - min(scores))


def letters_at_chance(r: Result) -> Finding:
    letters, text = r.accuracy("letters"), r.accuracy("text")
    return Finding(
        abs(letters - CHANCE) <= 0.15 and text - letters >= 0.2 and text > max(r.blind, r.swapped),
        f"{letters:.0%} / {text:.0%} (n={r.questions}; {r.swapped:.0%}, {r.blind:.0%})",
        figures={
            "letters": f"{letters:.0%}",
            "text": f"{text:.0%}",
            "count": str(r.questions),
            "swapped": f"{r.swapped:.0%}",
            "blind": f"{r.blind:.0%}",
        },
    )


def one_letter(r: Result) -> Finding:
    letter = LETTERS[r.chosen.index(max(r.chosen))]
    best, worst = max(r.by_place), min(r.by_place)
    return Finding(
        r.favourite >= 0.7 and best - worst >= 0.5,
        f"{letter} {max(r.chosen)}/{sum(r.chosen)}, {worst:.0%}–{best:.0%}",
        figures={
            "letter": letter,
            "share": f"{max(r.chosen)}/{sum(r.chosen)}",
            "best": f"{best:.0%}",
            "worst": f"{worst:.0%}",
        },
    )


def order_decides(r: Result) -> Finding:
    return Finding(
        r.changed >= 0.75 * r.questions and r.changed_listed <= 0.6 * r.changed,
        f"{r.changed} / {r.changed_listed} (n={r.questions})",
        figures={"changed": str(r.changed), "listed": str(r.changed_listed), "count": str(r.questions)},
    )


def score_is_the_models(r: Result) -> Finding:
    low, high = (100 * pick(way.accuracy for way in r.ways) for pick in (min, max))
    return Finding(
        r.points < 20,
        f"{low:.0f}–{high:.0f} %, Δ {r.points:.0f}",
        figures={
            "low": f"{low:.0f}%",
            "high": f"{high:.0f}%",
            "ways": str(len(r.ways)),
            "chars": str(r.chars_differs),
            "mean": str(r.mean_differs),
            "count": str(r.questions),
        },
    )


def options_help(r: Result) -> Finding:
    listed, text = r.accuracy("listed"), r.accuracy("text")
    return Finding(
        listed >= text,
        f"{text:.0%} → {listed:.0%}",
        figures={"text": f"{text:.0%}", "listed": f"{listed:.0%}"},
    )


def bias_can_be_taken_out(r: Result) -> Finding:
    best = max(way.accuracy for way in r.ways if way.name in MENDS)
    corrected, text, share = r.accuracy("corrected"), r.accuracy("text"), max(r.corrected_chosen) / sum(r.chosen)
    return Finding(
        best >= text - 0.1,
        f"≤ {best:.0%} / {text:.0%}; {corrected:.0%}, {r.favourite:.0%} → {share:.0%}",
        figures={
            "corrected": f"{corrected:.0%}",
            "before": f"{r.favourite:.0%}",
            "share": f"{share:.0%}",
            "best": f"{best:.0%}",
            "text": f"{text:.0%}",
        },
    )


CLAIMS = findings.claims(
    letters_at_chance, one_letter, order_decides, score_is_the_models, options_help, bias_can_be_taken_out
)
