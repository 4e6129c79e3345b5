"""What is read from the layers, what happens without some of them, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.quantities import three_figures

FEW = 4
"""Of fewer known facts nothing is said."""
AHEAD = 0.85
"""Of all pairs of a right and a wrong capital: where the right one is ahead in so many, the layer tells them apart."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The state after so many layers, read through the final norm and the output head."""

    layer: int
    """0 is the embedding."""
    loss: float
    """Of the story's last tokens, in nats a token."""
    rank: float
    """Of the answer, 1 is the likeliest: the median over the known facts."""
    p: float
    """Of the answer: the mean over the known facts."""
    ahead: float
    """Of all pairs of a right and a wrong capital, the share in which the right one gets more; 0.5 is chance."""
    top: str
    """The likeliest token after the beginning of a sentence that is shown."""
    top_p: float


@dataclass(frozen=True, slots=True)
class Translated:
    """A layer's states carried over to the last layer's by a linear map, then read through the head."""

    layer: int
    lens: float
    """Loss without the map, of the story's last tokens, in nats a token; the map is fitted on those before them."""
    loss: float
    """Behind the map."""
    shuffled: float
    """Where the map is fitted to the states of other tokens."""
    gain: float
    """What the loss is below that of the embedding behind its own map: what is known beyond the current token."""
    error: float
    """The standard error of the gain, token by token."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The model without one layer."""

    layer: int
    """Counted from 1."""
    cost: float
    """What the loss rises by, in nats a token."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    text: str
    """The beginning of the sentence that is shown."""
    tokens: int
    """Of the story."""
    vocab: int
    facts: int
    known: int
    """Facts whose answer is the likeliest next token in the end."""
    settled: tuple[int, ...]
    """For each known fact the layer from which on the answer is the likeliest token."""
    readings: tuple[Reading, ...]
    """From the embedding to the last layer."""
    bare_loss: float
    """Of the last layer's state read without the final norm."""
    translated: tuple[Translated, ...]
    """Of the embedding first; of the middle layer among others."""
    left_out: tuple[LeftOut, ...]
    third: tuple[int, int]
    """First and last layer of the middle third, counted from 1."""
    third_cost: float
    """What the loss rises by without the middle third."""

    @property
    def layers(self) -> int:
        """How many there are."""
        return len(self.readings) - 1

    @property
    def last(self) -> Reading:
        """What the model itself says."""
        return self.readings[-1]

    @property
    def middle(self) -> Reading:
        """The state after half of the layers."""
        return self.readings[self.layers // 2]

    @property
    def middle_rank(self) -> float:
        """The answer's, after half of the layers."""
        return self.middle.rank

    @property
    def exit(self) -> Reading:
        """The state after nine tenths of the layers."""
        return self.readings[round(0.9 * self.layers)]

    @property
    def exit_cost(self) -> float:
        """What the loss rises by where the last tenth of the layers is not run."""
        return self.exit.loss - self.last.loss

    @property
    def translated_middle(self) -> Translated:
        """The state after half of the layers, carried over."""
        return next(item for item in self.translated if item.layer == self.middle.layer)

    @property
    def apart(self) -> Reading:
        """The first from which on right capitals are told from wrong ones; the last where none is."""
        behind = [reading.layer for reading in self.readings if reading.ahead < AHEAD]
        return self.readings[min(self.layers, behind[-1] + 1 if behind else 0)]


def _of_known(r: Result, holds: bool, measured: str, **figures: str) -> Finding:
    """A finding about the known facts, none where they are too few."""
    enough = r.known >= FEW
    return Finding(holds if enough else None, measured, "" if enough else "few-known", figures)


def answer_comes_late(r: Result) -> Finding:
    layer = median(r.settled) if r.settled else r.layers
    early = min(r.settled, default=r.layers)
    return _of_known(
        r,
        layer >= 0.8 * r.layers,
        f"{layer:g}/{r.layers} (n={r.known}/{r.facts}, ≥{early})",
        layer=f"{layer:g}",
        layers=str(r.layers),
        early=str(early),
        known=str(r.known),
        facts=str(r.facts),
    )


def guess_in_the_middle(r: Result) -> Finding:
    rank, p = f"{r.middle.rank:,.0f}", f"{r.middle.p:.1g}"
    return _of_known(
        r,
        r.middle.rank <= 10,
        f"L={r.middle.layer}: {rank}/{r.vocab:,}, P={p} → {r.last.p:.2f}",
        layer=str(r.middle.layer),
        rank=rank,
        vocab=f"{r.vocab:,}",
        last=f"{r.last.p:.2f}",
    )


def exit_is_free(r: Result) -> Finding:
    return Finding(
        r.exit_cost <= 0.1,
        f"L={r.exit.layer}: {r.exit.loss:.2f} − {r.last.loss:.2f} = {r.exit_cost:+.2f} nat",
        figures={
            "layer": str(r.exit.layer),
            "layers": str(r.layers),
            "exit": f"{r.exit.loss:.2f}",
            "last": f"{r.last.loss:.2f}",
        },
    )


def silent_layers_idle(r: Result) -> Finding:
    first, last = r.third
    before, after = r.readings[first - 1].loss, r.readings[last].loss
    return Finding(
        r.third_cost <= 0.2,
        f"L={first}–{last}: {before:.1f} → {after:.1f} nat; {r.third_cost:+.2f} nat",
        figures={
            "first": str(first),
            "last": str(last),
            "before": f"{before:.1f}",
            "after": f"{after:.1f}",
            "cost": f"{r.third_cost:.2f}",
        },
    )


def nothing_is_there(r: Result) -> Finding:
    item = r.translated_middle
    return Finding(
        item.gain <= 2 * item.error,
        f"L={item.layer}: {item.lens:.1f} → {item.loss:.2f} nat; L=0: {r.translated[0].loss:.2f} nat, "
        f"Δ={item.gain:+.2f} ± {item.error:.2f} nat",
        figures={
            "layer": str(item.layer),
            "lens": f"{item.lens:.1f}",
            "loss": f"{item.loss:.2f}",
            "embedding": f"{r.translated[0].loss:.2f}",
            "gain": f"{item.gain:.2f}",
            "error": f"{item.error:.2f}",
        },
    )


def ahead_before_on_top(r: Result) -> Finding:
    at, rank = r.apart, three_figures(r.apart.rank)
    return _of_known(
        r,
        at.layer < r.layers and at.rank >= 100 and r.middle.ahead < AHEAD,
        f"L={at.layer}: {at.ahead:.0%}, {rank}; L={r.middle.layer}: {r.middle.ahead:.0%}",
        layer=str(at.layer),
        ahead=f"{at.ahead:.0%}",
        rank=f"{at.rank:,.0f}",
        middle=str(r.middle.layer),
        chance=f"{r.middle.ahead:.0%}",
    )


CLAIMS = findings.claims(
    answer_comes_late, guess_in_the_middle, exit_is_free, silent_layers_idle, nothing_is_there, ahead_before_on_top
)
