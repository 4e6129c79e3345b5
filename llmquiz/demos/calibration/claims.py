"""What is measured of the probabilities of next tokens, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

SMALL = 0.06
"""An expected calibration error below this counts as small."""
WORSE = 3
"""A distribution that is sharpened or flattened must be miscalibrated so many times as much."""
ENOUGH = 1000
"""Of fewer places the error of a perfectly calibrated model is too large itself, by chance, to judge."""
SURE = 0.8
"""From this probability on a prediction counts as sure; an edge of the bins."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The places where the probability of the top token lies in one range."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean probability of the top token."""
    accuracy: float
    """Share of places where the top token is what came."""


@dataclass(frozen=True, slots=True)
class Tempered:
    """All places, with the logits divided by one temperature."""

    temperature: float
    loss: float
    """Mean over the places, in nats."""
    confidence: float
    """Mean probability of the top token."""
    hits: int
    """Places where the top token is what came."""
    error: float
    """Expected calibration error over bins of equal width."""
    bins: tuple[Bin, ...]
    """Those that are not empty, from low to high."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A place where the model was sure and wrong."""

    before: str
    predicted: str
    actual: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    text: str
    """How what was read begins."""
    places: int
    """Tokens that were predicted."""
    tempered: tuple[Tempered, ...]
    """By temperature, 0.5, 1 and 1.5 among them."""
    equal_error: float
    """At temperature 1, over as many bins of equal count."""
    shuffled_error: float
    """At temperature 1, with the probabilities shuffled over the places: the mean of many shuffles."""
    ideal_error: float
    """What a perfectly calibrated model of the same probabilities has over so many places: the mean of many draws."""
    blind_error: float
    """Of a predictor without context, which gives the model's average prediction at each place."""
    blind_loss: float
    misses: tuple[Miss, ...]
    """At temperature 1, the surest first."""

    def at(self, temperature: float) -> Tempered:
        """What was measured at that temperature."""
        return next(t for t in self.tempered if t.temperature == temperature)

    def gap(self, temperature: float) -> float:
        """Mean confidence less accuracy: above zero is overconfident."""
        return self.at(temperature).confidence - self.at(temperature).hits / self.places

    @property
    def best(self) -> float:
        """The temperature of the lowest loss, of those that were tried."""
        return min(self.tempered, key=lambda t: t.loss).temperature

    @property
    def sharp_error(self) -> float:
        """The expected calibration error at temperature 0.5."""
        return self.at(0.5).error

    @property
    def sure_share(self) -> float:
        """How often a sure prediction is right at temperature 1."""
        sure = [b for b in self.at(1.0).bins if b.low >= SURE - 1e-9]
        return sum(b.accuracy * b.count for b in sure) / max(1, sum(b.count for b in sure))


def _judged(r: Result, holds: bool, measured: str, figures: Mapping[str, str]) -> Finding:
    """The finding of what chance could turn where few tokens were read: then it is not judged."""
    if r.places < ENOUGH:
        return Finding(None, measured, "too-few", figures)
    return Finding(holds, measured, figures=figures)


def calibrated(r: Result) -> Finding:
    plain = r.at(1.0)
    figures = {"error": f"{plain.error:.3f}", "ideal": f"{r.ideal_error:.3f}", "count": f"{r.places:,}"}
    return _judged(r, plain.error < SMALL, f"ECE {plain.error:.3f} < {SMALL:g} (n={r.places:,})", figures)


def temperature_breaks_it(r: Result) -> Finding:
    plain, sharp, flat = r.at(1.0), r.at(0.5), r.at(1.5)
    worse = min(sharp.error, flat.error) >= WORSE * plain.error and r.gap(0.5) > 0 > r.gap(1.5)
    figures = {
        "plain": f"{plain.error:.3f}",
        "sharp": f"{sharp.error:.3f}",
        "flat": f"{flat.error:.3f}",
        "over": _signed(r.gap(0.5)),
        "under": _signed(r.gap(1.5)),
        "best": f"{r.best:g}",
        "tried": str(len(r.tempered)),
    }
    measured = f"T=0.5: {sharp.error:.3f}, T=1: {plain.error:.3f}, T=1.5: {flat.error:.3f}, min nat: T={r.best:g}"
    return _judged(r, worse and 0.8 <= r.best <= 1.25, measured, figures)


def probabilities_mean_nothing(r: Result) -> Finding:
    plain = r.at(1.0).error
    figures = {"plain": f"{plain:.3f}", "shuffled": f"{r.shuffled_error:.3f}", "sure": f"{r.sure_share:.0%}"}
    measured = f"{plain:.3f} → {r.shuffled_error:.3f} = ×{r.shuffled_error / plain:.1f}"
    return _judged(r, r.shuffled_error < WORSE * plain, measured, figures)


def always_overconfident(r: Result) -> Finding:
    confidence, accuracy = r.at(1.0).confidence, r.at(1.0).hits / r.places
    figures = {
        "confidence": f"{confidence:.1%}",
        "accuracy": f"{accuracy:.1%}",
        "gap": _signed(r.gap(1.0)),
        "sharp": _signed(r.gap(0.5)),
    }
    return _judged(r, r.gap(1.0) >= SMALL, f"{confidence:.3f} − {accuracy:.3f} = {_signed(r.gap(1.0), 3)}", figures)


def cooler_is_more_accurate(r: Result) -> Finding:
    hits = [t.hits for t in r.tempered]
    low, high = min(hits), max(hits)
    shown = f"{low:,}" if low == high else f"{low:,}–{high:,}"
    figures = {"hits": shown, "count": f"{r.places:,}", "temperatures": str(len(hits))}
    return Finding(r.at(0.5).hits > r.at(1.0).hits, f"{shown} / {r.places:,}", figures=figures)


def calibrated_is_good(r: Result) -> Finding:
    loss, lost = r.at(1.0).loss, r.blind_loss - r.at(1.0).loss
    figures = {"blind": f"{r.blind_error:.3f}", "loss": f"{r.blind_loss:.2f}", "own": f"{loss:.2f}"}
    measured = f"ECE {r.blind_error:.3f}; {r.blind_loss:.2f} − {loss:.2f} = {lost:.2f} nat"
    return _judged(r, r.blind_error >= SMALL or lost < 1, measured, figures)


def _signed(value: float, places: int = 2) -> str:
    """A difference with its sign, a true minus."""
    return f"{value:+.{places}f}".replace("-", "−")


CLAIMS = findings.claims(
    calibrated,
    temperature_breaks_it,
    probabilities_mean_nothing,
    always_overconfident,
    cooler_is_more_accurate,
    calibrated_is_good,
)
