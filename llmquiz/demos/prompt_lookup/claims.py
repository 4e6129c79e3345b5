"""What is measured of drafts that are looked up in the prompt, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio

COPY = "copy"
OPEN = ("sky", "journey", "lighthouse")
"""The tasks whose answer is not in the prompt."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the writing of a text took."""

    calls: int
    """Passes of the model, that over the prompt included."""
    positions: int
    """Computed after the prompt."""
    drafted: int
    """Tokens that were proposed."""
    accepted: int
    """Proposed tokens that stand in the text."""
    equal: int
    """So many tokens are those of plain greedy decoding."""


@dataclass(frozen=True, slots=True)
class Task:
    """A prompt that was answered without and with lookup."""

    name: str
    prompt: int
    """Tokens of the prompt."""
    tokens: int
    """Tokens of the answer."""
    copied: float
    """Share of the answer's runs of three tokens that stand in the prompt."""
    plain: Cost
    lookup: Cost
    pieces: tuple[str, ...]
    """The answer in the pieces that each call added."""
    speed: Varies[float]
    """Seconds of plain decoding over seconds with lookup, both after the prompt."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    most: int
    """Tokens that are proposed at a time."""
    tasks: tuple[Task, ...]
    random: Cost
    """Of the copying, with random tokens as the draft."""
    elsewhere: Cost
    """Of the copying, with drafts looked up in another text instead of the prompt."""
    open_speed: Varies[Ratio]
    """As `Task.speed`, over the open tasks: each is a round."""
    check_price: Varies[Ratio]
    """Time of a pass over the newest token and a full draft, in passes over one token."""

    @property
    def copying(self) -> Task:
        """The task whose answer stands in the prompt word for word."""
        return next(task for task in self.tasks if task.name == COPY)

    @property
    def open(self) -> tuple[Task, ...]:
        """The tasks of `OPEN`."""
        return tuple(task for task in self.tasks if task.name in OPEN)

    @property
    def slower_speed(self) -> Ratio:
        """`open_speed` without the question that gains most: what is said of always must hold without it too."""
        slower = tuple(sorted(self.open_speed.rounds)[:-1])
        return Ratio(fmean(slower), slower)

    @property
    def copy_tokens_a_call(self) -> float:
        """Tokens that a call yields where the text is copied."""
        return self.copying.tokens / self.copying.lookup.calls

    @property
    def open_calls_share(self) -> float:
        """Calls with lookup over calls without, in the open tasks together."""
        return sum(task.lookup.calls for task in self.open) / sum(task.plain.calls for task in self.open)


def same_text(r: Result) -> Finding:
    tokens = sum(task.tokens for task in r.tasks) + 2 * r.copying.tokens
    equal = sum(task.lookup.equal for task in r.tasks) + r.random.equal + r.elsewhere.equal
    finding = exactly(r.dtype, equal == tokens, f"{equal}/{tokens}")
    return finding._replace(figures={"equal": str(equal), "tokens": str(tokens), "texts": str(len(r.tasks) + 2)})


def copying_saves(r: Result) -> Finding:
    task = r.copying
    figures = {
        "calls": str(task.lookup.calls),
        "tokens": str(task.tokens),
        "accepted": str(task.lookup.accepted),
        "drafted": str(task.lookup.drafted),
        "times": f"{task.speed:.1f}",
    }
    measured = f"{task.lookup.calls}/{task.plain.calls} ≤ 1/3, {task.lookup.accepted}/{task.lookup.drafted}"
    return Finding(task.lookup.calls <= task.plain.calls / 3, measured, figures=figures)


def open_saves_little(r: Result) -> Finding:
    calls, plain = sum(task.lookup.calls for task in r.open), sum(task.plain.calls for task in r.open)
    accepted, drafted = sum(task.lookup.accepted for task in r.open), sum(task.lookup.drafted for task in r.open)
    figures = {"calls": str(calls), "plain": str(plain), "accepted": str(accepted), "drafted": str(drafted)}
    return Finding(r.open_calls_share >= 0.8, f"{calls}/{plain} = {r.open_calls_share:.0%} ≥ 80%", figures=figures)


def always_faster(r: Result) -> Finding:
    figures = {"times": f"{r.slower_speed.value:.2f}", "price": f"{r.check_price.value:.1f}", "most": str(r.most)}
    return reaching(r.slower_speed, 1.2)._replace(figures=figures)


def prompt_pays(r: Result) -> Finding:
    tokens, random, elsewhere = r.copying.tokens, r.random, r.elsewhere
    figures = {
        "calls": str(r.copying.lookup.calls),
        "random": str(random.calls),
        "elsewhere": str(elsewhere.calls),
        "tokens": str(tokens),
        "wrong": str(random.accepted),
        "drafted": str(random.drafted),
    }
    measured = f"{r.copying.lookup.calls} → {elsewhere.calls}, {random.calls} (N={tokens})"
    return Finding(min(random.calls, elsewhere.calls) >= 0.8 * r.copying.plain.calls, measured, figures=figures)


def saves_arithmetic(r: Result) -> Finding:
    plain, lookup = (sum(cost.positions for cost in costs) for costs in zip(*map(costs_of, r.tasks), strict=True))
    calls, fewer = (sum(cost.calls for cost in costs) for costs in zip(*map(costs_of, r.tasks), strict=True))
    figures = {"plain": str(plain), "lookup": str(lookup), "calls": str(calls), "fewer": str(fewer)}
    return Finding(lookup < plain, f"{plain} → {lookup} (×{lookup / plain:.1f})", figures=figures)


def costs_of(task: Task) -> tuple[Cost, Cost]:
    """Without lookup and with it."""
    return task.plain, task.lookup


CLAIMS = findings.claims(same_text, copying_saves, open_saves_little, always_faster, prompt_pays, saves_arithmetic)
