"""What is measured of gaps and of whole texts, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.infill.setting import ENCODERS, GAPS, LENGTH
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

NOISE = 0.1
"""Nats a letter that a trained model may lie above its floor and still be said to reach it."""
CLEAR = 0.15
"""Nats a letter that are a difference."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Losses on a gap of so many letters, nats a letter."""

    letters: int
    floors: tuple[float, float, float]
    """Exact: seeing the left side only; both sides, letter after letter; both sides, all letters in one pass."""
    enumerated: float
    """The second floor again, all texts of the gap added up."""
    language: tuple[float, float, float]
    """The same three on the texts that the models are measured on here, by the language itself."""
    language_of_cards: tuple[float, float, float]
    """And on those of the cards."""
    found: tuple[tuple[str, float], ...]
    """By each model, letter after letter."""
    one_pass: tuple[tuple[str, float], ...]
    """By each encoder, all letters in one pass."""


@dataclass(frozen=True, slots=True)
class Written:
    """Whole texts of one model."""

    model: str
    """`language` for the language's own, `frequency` for letters drawn independently."""
    way: str
    """`cache`, `masks`, `gibbs`, or `drawn`."""
    passes: int
    positions: int
    """Computed for one text, counted at the embedding."""
    nats: float
    """Minus the log-probability of a letter under the language."""
    divergence: float
    """Of pairs of neighbours from the language's; texts that only play safe are far away."""
    example: str


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in the gap."""

    way: str
    """The model, `best` for the most probable of all fills; behind a comma how."""
    letters: str
    chance: float
    """Of all fills between these two neighbours, under the language."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with a gap, and fills."""

    text: str
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class Seeds:
    """A figure of one model's card."""

    model: str
    figure: str
    values: tuple[float, ...]
    """Of all seeds."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; losses in nats a letter."""

    device: str
    dtype: str
    model: str
    """All models are of this class and size."""
    parameters: tuple[int, ...]
    texts: int
    moved: tuple[tuple[str, int], ...]
    """So many of the texts' predictions for the gap moved when the letter behind the gap was changed."""
    gaps: tuple[Gap, ...]
    floor_left: float
    """Of one missing letter, exact."""
    floor_both: float
    candidates: float
    """Loss of the left-to-right decoder on one letter, every letter tried in its place."""
    candidates_read: int
    """Texts read for one gap."""
    written: tuple[Written, ...]
    language_nats: float
    """Of the language's own texts, exact."""
    positions_decoder: int
    """Computed for one text."""
    positions_encoder: int
    """Computed for one text, a pass for every letter."""
    sample: Sample
    seeds: tuple[Seeds, ...]


# the gaps


def exact_floors(r: Result) -> Finding:
    holds = all(abs(gap.enumerated - gap.floors[1]) <= 1e-9 for gap in r.gaps)
    return Finding(holds, ", ".join(f"k={gap.letters}: {gap.enumerated:.4f} = {gap.floors[1]:.4f}" for gap in r.gaps))


def blind_to_the_right(r: Result) -> Finding:
    moved = dict(r.moved)
    holds = moved.pop("decoder") == 0 and all(count == r.texts for count in moved.values())
    figures = ", ".join(f"{name} {count}/{r.texts}" for name, count in r.moved)
    return exactly(r.dtype, holds, figures)


def left_side_only(r: Result) -> Finding:
    """Neither better nor much worse than the language itself from the left side."""
    over = {gap.letters: _over(r, gap.letters, 0)["decoder"] for gap in r.gaps}
    holds = all(min(losses) >= -0.02 and max(losses) <= NOISE for losses in over.values())
    return Finding(holds, ", ".join(f"k={letters}: Δ {_span(losses, '+')} ≈ 0" for letters, losses in over.items()))


def encoder_below(r: Result) -> Finding:
    return _below(r, ENCODERS)


def trained_to_fill(r: Result) -> Finding:
    return _below(r, ("decoder-fill",))


def _below(r: Result, names: tuple[str, ...]) -> Finding:
    """Below what any causal predictor has on the same texts, gaps of one letter."""
    over = _over(r, GAPS[0], 0)
    holds = all(max(over[name]) <= -CLEAR for name in names)
    return Finding(holds, ", ".join(f"{name} Δ {_span(over[name], '+')}" for name in names) + f" ≤ {-CLEAR}")


def tried_out(r: Result) -> Finding:
    """The same weights as in `left_side_only`, against both sides."""
    over = _above(r.gaps[0], 1, _here_and_by_seed(r, "decoder", "gap 1, candidates", r.candidates))
    return Finding(max(over) <= NOISE, f"Δ {_span(over, '+')} ≤ {NOISE} ({r.candidates_read}:1)")


def one_pass_is_apart(r: Result) -> Finding:
    """Above the causal floor in one pass, below it letter after letter."""
    at_once, after, floors = _over(r, GAPS[-1], 0, one_pass=True), _over(r, GAPS[-1], 0), r.gaps[-1].floors
    holds = floors[2] > floors[0] and all(
        min(losses) >= CLEAR / 3 and max(after[name]) <= -CLEAR / 3 for name, losses in at_once.items()
    )
    figures = ", ".join(
        f"{name} Δ {_span(losses, '+')} → {_span(after[name], '+')}" for name, losses in at_once.items()
    )
    return Finding(holds, f"{floors[2]:.2f} > {floors[0]:.2f}; {figures}")


def _over(r: Result, letters: int, floor: int, *, one_pass: bool = False) -> dict[str, list[float]]:
    """By how much each model loses more than the language itself does on the same texts, here and by seed.

    `floor` is the place in `Gap.floors` of what it is compared with.
    """
    gap = next(gap for gap in r.gaps if gap.letters == letters)
    figure, losses = (f"gap {letters}, one pass", gap.one_pass) if one_pass else (f"gap {letters}", gap.found)
    return {name: _above(gap, floor, _here_and_by_seed(r, name, figure, loss)) for name, loss in losses}


def _above(gap: Gap, floor: int, losses: list[float]) -> list[float]:
    here, *of_seeds = losses  # the cards were measured on other texts than those of this run
    return [here - gap.language[floor], *(loss - gap.language_of_cards[floor] for loss in of_seeds)]


def _here_and_by_seed(r: Result, model: str, figure: str, here: float) -> list[float]:
    """What was measured here, and what every seed of the card had."""
    return [here, *next(seeds.values for seeds in r.seeds if (seeds.model, seeds.figure) == (model, figure))]


def _span(values: list[float], sign: str = "") -> str:
    return f"{min(values):{sign}.2f}…{max(values):{sign}.2f}"


# whole texts


def encoder_cannot_write(r: Result) -> Finding:
    """The sheet's sentence holds where no way of writing comes closer to the language than letters drawn one by one."""
    best = min((texts for texts in r.written if texts.model in ENCODERS), key=lambda texts: texts.nats)
    alone = min(texts.nats for texts in r.written if texts.way == "masks" and texts.passes == 1)
    closer = best.nats - r.language_nats <= 0.5 * (alone - r.language_nats)
    return Finding(not closer, f"{best.nats:.2f} ({best.model}, {best.way}, n={best.passes}), {alone:.2f} (n=1)")


def one_pass_text(r: Result) -> Finding:
    """Against letters drawn by frequency, and against the same encoder in as many passes as letters."""
    by_frequency = next(texts.nats for texts in r.written if texts.model == "frequency")
    figures, holds = [], True
    for name in ENCODERS:
        at_once, by_letter = (
            _here_and_by_seed(r, name, f"written in {passes}", _nats(r, name, passes)) for passes in (1, LENGTH)
        )
        holds = holds and min(at_once) >= by_frequency - 0.5 and max(by_letter) <= min(at_once) - 0.5
        figures.append(f"{name} {_span(at_once)} → {_span(by_letter)}")
    return Finding(holds, f"{by_frequency:.2f}; {', '.join(figures)}")


def decoder_writes_better(r: Result) -> Finding:
    here = next(texts.nats for texts in r.written if texts.model == "decoder")
    decoder = _here_and_by_seed(r, "decoder", "written", here)
    encoders = {name: _here_and_by_seed(r, name, f"written in {LENGTH}", _nats(r, name, LENGTH)) for name in ENCODERS}
    holds = all(max(decoder) < min(nats) for nats in encoders.values())
    figures = ", ".join(f"{name} {_span(nats)}" for name, nats in encoders.items())
    return Finding(holds, f"{_span(decoder)} < {figures}")


def positions(r: Result) -> Finding:
    T = LENGTH
    holds = r.positions_decoder == T and r.positions_encoder == T * T
    return Finding(holds, f"{r.positions_decoder} = T, {r.positions_encoder} = T²")


def _nats(r: Result, name: str, passes: int) -> float:
    return next(texts.nats for texts in r.written if (texts.model, texts.way, texts.passes) == (name, "masks", passes))


CLAIMS = findings.claims(
    exact_floors,
    blind_to_the_right,
    left_side_only,
    encoder_below,
    trained_to_fill,
    tried_out,
    one_pass_is_apart,
    encoder_cannot_write,
    one_pass_text,
    decoder_writes_better,
    positions,
)
