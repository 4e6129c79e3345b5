"""What each claim says of gaps and of whole texts; without torch."""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.demos.infill.result import Gap
from llmquiz.demos.infill.result import Result as Result
from llmquiz.demos.infill.setting import ENCODERS, GAPS, LENGTH
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

NOISE = 0.1
"""Nats a letter that a trained model may lie above its floor and still be said to reach it."""
CLEAR = 0.15
"""Nats a letter that are a difference."""


# the gaps


def exact_floors(r: Result) -> Finding:
    holds = all(abs(gap.enumerated - gap.floors[1]) <= 1e-9 for gap in r.gaps)
    shown = ", ".join(f"k={gap.letters}: {gap.enumerated:.4f} = {gap.floors[1]:.4f}" for gap in r.gaps)
    formula = " / ".join(f"{gap.floors[1]:.4f}" for gap in r.gaps)
    added = " / ".join(f"{gap.enumerated:.4f}" for gap in r.gaps)
    return Finding(holds, shown, figures={"formula": formula, "added": added})


def blind_to_the_right(r: Result) -> Finding:
    moved = dict(r.moved)
    decoder = moved.pop("decoder")
    holds = decoder == 0 and all(count == r.texts for count in moved.values())
    shown = ", ".join(f"{name} {count}/{r.texts}" for name, count in r.moved)
    figures = {"texts": str(r.texts), "decoder": str(decoder), "others": _range(moved.values(), "d")}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


def left_side_only(r: Result) -> Finding:
    """Neither better nor much worse than the language itself from the left side."""
    over = {gap.letters: _over(r, gap.letters, 0)["decoder"] for gap in r.gaps}
    holds = all(min(losses) >= -0.02 and max(losses) <= NOISE for losses in over.values())
    shown = ", ".join(f"k={letters}: Δ {_span(losses, '+')} ≈ 0" for letters, losses in over.items())
    all_of_them = [loss for losses in over.values() for loss in losses]
    figures = {"least": f"{min(all_of_them):+.2f}", "most": f"{max(all_of_them):+.2f}"}
    return Finding(holds, shown, figures=figures)


def encoder_below(r: Result) -> Finding:
    return _below(r, ENCODERS)


def trained_to_fill(r: Result) -> Finding:
    return _below(r, ("decoder-fill",))


def _below(r: Result, names: tuple[str, ...]) -> Finding:
    """Below what any causal predictor has on the same texts, gaps of one letter."""
    over = _over(r, GAPS[0], 0)
    holds = all(max(over[name]) <= -CLEAR for name in names)
    shown = ", ".join(f"{name} Δ {_span(over[name], '+')}" for name in names) + f" ≤ {-CLEAR}"
    below = [-loss for name in names for loss in over[name]]
    figures = {"least": f"{min(below):.2f}", "most": f"{max(below):.2f}", "floor": f"{r.gaps[0].language[0]:.2f}"}
    here = _range(loss for name, loss in r.gaps[0].found if name in names)
    return Finding(holds, shown, figures=figures | {"here": here})


def tried_out(r: Result) -> Finding:
    """The same weights as in `left_side_only`, against both sides."""
    over = _above(r.gaps[0], 1, _here_and_by_seed(r, "decoder", "gap 1, candidates", r.candidates))
    figures = {
        "letters": str(r.candidates_read),
        "tried": f"{r.candidates:.2f}",
        "left": f"{dict(r.gaps[0].found)['decoder']:.2f}",
        "floor": f"{r.gaps[0].language[1]:.2f}",
    }
    return Finding(max(over) <= NOISE, f"Δ {_span(over, '+')} ≤ {NOISE} ({r.candidates_read}:1)", figures=figures)


def one_pass_is_apart(r: Result) -> Finding:
    """Above the causal floor in one pass, below it letter after letter."""
    at_once, after, floors = _over(r, GAPS[-1], 0, one_pass=True), _over(r, GAPS[-1], 0), r.gaps[-1].floors
    holds = floors[2] > floors[0] and all(
        min(losses) >= CLEAR / 3 and max(after[name]) <= -CLEAR / 3 for name, losses in at_once.items()
    )
    shown = ", ".join(f"{name} Δ {_span(losses, '+')} → {_span(after[name], '+')}" for name, losses in at_once.items())
    longest = r.gaps[-1]
    figures = {
        "letters": str(longest.letters),
        "together": _range(loss for _, loss in longest.one_pass),
        "after": _range(loss for name, loss in longest.found if name in ENCODERS),
        "floor": f"{longest.language[0]:.2f}",
    }
    return Finding(holds, f"{floors[2]:.2f} > {floors[0]:.2f}; {shown}", figures=figures)


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


def _range(values: Iterable[float], form: str = ".2f") -> str:
    """The least and the largest, as they stand in a sentence."""
    ordered = sorted(values)
    least, most = f"{ordered[0]:{form}}", f"{ordered[-1]:{form}}"
    return least if least == most else f"{least}–{most}"


# whole texts


def encoder_cannot_write(r: Result) -> Finding:
    """The sheet's sentence holds where no way of writing comes closer to the language than letters drawn one by one."""
    best = min((texts for texts in r.written if texts.model in ENCODERS), key=lambda texts: texts.nats)
    alone = min(texts.nats for texts in r.written if texts.way == "masks" and texts.passes == 1)
    closer = best.nats - r.language_nats <= 0.5 * (alone - r.language_nats)
    figures = {
        "passes": str(best.passes),
        "best": f"{best.nats:.2f}",
        "alone": f"{alone:.2f}",
        "language": f"{r.language_nats:.2f}",
    }
    shown = f"{best.nats:.2f} ({best.model}, {best.way}, n={best.passes}), {alone:.2f} (n=1)"
    return Finding(not closer, shown, figures=figures)


def one_pass_text(r: Result) -> Finding:
    """Against letters drawn by frequency, and against the same encoder in as many passes as letters."""
    by_frequency = next(texts.nats for texts in r.written if texts.model == "frequency")
    shown, holds, together, after = [], True, list[float](), list[float]()
    for name in ENCODERS:
        at_once, by_letter = (
            _here_and_by_seed(r, name, f"written in {passes}", _nats(r, name, passes)) for passes in (1, LENGTH)
        )
        holds = holds and min(at_once) >= by_frequency - 0.5 and max(by_letter) <= min(at_once) - 0.5
        shown.append(f"{name} {_span(at_once)} → {_span(by_letter)}")
        together += at_once
        after += by_letter
    figures = {"frequency": f"{by_frequency:.2f}", "together": _range(together), "after": _range(after)}
    return Finding(holds, f"{by_frequency:.2f}; {', '.join(shown)}", figures=figures)


def decoder_writes_better(r: Result) -> Finding:
    here = next(texts.nats for texts in r.written if texts.model == "decoder")
    decoder = _here_and_by_seed(r, "decoder", "written", here)
    encoders = {name: _here_and_by_seed(r, name, f"written in {LENGTH}", _nats(r, name, LENGTH)) for name in ENCODERS}
    holds = all(max(decoder) < min(nats) for nats in encoders.values())
    shown = ", ".join(f"{name} {_span(nats)}" for name, nats in encoders.items())
    figures = {"decoder": _range(decoder), "encoders": _range(n for nats in encoders.values() for n in nats)}
    return Finding(holds, f"{_span(decoder)} < {shown}", figures=figures)


def positions(r: Result) -> Finding:
    T = LENGTH
    holds = r.positions_decoder == T and r.positions_encoder == T * T
    figures = {"letters": str(T), "decoder": str(r.positions_decoder), "encoder": str(r.positions_encoder)}
    return Finding(holds, f"{r.positions_decoder} = T, {r.positions_encoder} = T²", figures=figures)


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
