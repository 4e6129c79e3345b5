"""What is measured of copying over a distance, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding


@dataclass(frozen=True, slots=True)
class Rope:
    """The same weights with one choice of angles."""

    name: str
    """As trained it is "plain"; the others are `ropes.SLOWER`."""
    shares: tuple[float, ...]
    """Of the tokens, those that are copied right, by distance."""
    loss: float
    """On plain text at ordinary positions, in nats a token."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    trained: int
    """Tokens of the longest text in training, as the checkpoint states it."""
    factor: int
    """How many times as far the slower angles are meant to reach."""
    copied: int
    """Random tokens that stand there twice."""
    draws: int
    """So many times other tokens were drawn."""
    distances: tuple[int, ...]
    """Positions from a token to its copy; at the first one the copy follows at once."""
    ropes: tuple[Rope, ...]
    """As trained, then slower."""
    shift: int
    """Added to all positions alike."""
    shifted_share: float
    """Copied right at the first distance after the shift, as trained."""
    shifted_loss: float
    """On the plain text after the shift, as trained."""
    text_tokens: int
    far: tuple[tuple[int, float], ...]
    """Distance by which the start of the text is moved away, and the loss on the rest, as trained."""
    pairs: int
    """Pairs of dimensions that are turned in a head."""
    unturned: int
    """Those that do not turn once around within the trained length."""

    def rope(self, name: str) -> Rope:
        """The measurement with the angles of that name."""
        return next(rope for rope in self.ropes if rope.name == name)

    def share(self, name: str, above: float, most: float) -> float:
        """Copied right, the mean over distances above and up to so many trained lengths."""
        pairs = zip(self.distances, self.rope(name).shares, strict=True)
        return fmean(share for distance, share in pairs if above * self.trained < distance <= most * self.trained)

    def beyond(self, name: str) -> float:
        """Copied right between the trained length and twice that."""
        return self.share(name, 1, 2)

    @property
    def near(self) -> float:
        """Copied right as trained where the copy follows at once."""
        return self.ropes[0].shares[0]

    @property
    def late(self) -> float:
        """Copied right as trained in the last tenth of the trained length."""
        return self.share("plain", 0.9, 1)

    @property
    def reach(self) -> float:
        """The distance, between those measured, at which copying as trained falls below half of `near` for good."""
        return float(round(falls_below(self.near / 2, self.distances, self.rope("plain").shares)))

    @property
    def interpolation_cost(self) -> float:
        """What position interpolation adds to the loss on plain text, in nats a token."""
        return self.rope("PI").loss - self.rope("plain").loss


def falls_below(level: float, distances: Sequence[int], shares: Sequence[float]) -> float:
    """Where the line through the shares passes below `level` for the last time; the last distance if it ends above."""
    steps = list(pairwise(zip(distances, shares, strict=True)))
    for (start, high), (end, low) in reversed(steps):
        if low >= level:
            return float(end)
        if high >= level:
            return start + (end - start) * (high - level) / (high - low)
    return float(distances[0])


def relative_so_it_extrapolates(r: Result) -> Finding:
    beyond = r.beyond("plain")
    return Finding(
        beyond >= r.near / 2,
        f"{r.near:.2f} → {beyond:.2f} (> {r.trained:,})",
        figures={"near": f"{r.near:.0%}", "beyond": f"{beyond:.0%}", "trained": f"{r.trained:,}"},
    )


def shift_changes_nothing(r: Result) -> Finding:
    loss = r.rope("plain").loss
    return Finding(
        abs(r.shifted_share - r.near) <= 0.05 and abs(r.shifted_loss - loss) <= 0.02,
        f"+{r.shift:,}: {r.near:.2f} → {r.shifted_share:.2f}, {loss:.3f} → {r.shifted_loss:.3f} nat",
        figures={
            "shift": f"{r.shift:,}",
            "near": f"{r.near:.0%}",
            "shifted": f"{r.shifted_share:.0%}",
            "loss": f"{loss:.3f}",
            "moved": f"{r.shifted_loss:.3f}",
        },
    )


def usable_to_the_end(r: Result) -> Finding:
    distance = max(d for d in r.distances if d <= r.trained)
    return Finding(
        r.late >= r.near / 2,
        f"{r.near:.2f} → {r.late:.2f} ({distance:,} ≤ {r.trained:,})",
        figures={"near": f"{r.near:.0%}", "late": f"{r.late:.0%}", "distance": f"{distance:,}"},
    )


def slower_angles_reach_further(r: Result) -> Finding:
    ntk, yarn, plain = (r.beyond(name) for name in ("NTK", "YaRN", "plain"))
    cost = max(r.rope(name).loss for name in ("NTK", "YaRN")) - r.rope("plain").loss
    return Finding(
        min(ntk, yarn) >= plain + 0.1 and cost <= 0.2,
        f"{plain:.2f} → {ntk:.2f}, {yarn:.2f} (> {r.trained:,}); {cost:+.2f} nat",
        figures={"ntk": f"{ntk:.0%}", "yarn": f"{yarn:.0%}", "plain": f"{plain:.0%}", "cost": f"{cost:+.2f}"},
    )


def interpolation_needs_no_training(r: Result) -> Finding:
    beyond = r.beyond("PI")
    before, after = r.rope("plain").loss, r.rope("PI").loss
    return Finding(
        beyond >= 0.1 and r.interpolation_cost <= 0.2,
        f"{beyond:.2f} (> {r.trained:,}); {before:.2f} → {after:.2f} nat",
        figures={"beyond": f"{beyond:.0%}", "loss": f"{before:.2f}", "after": f"{after:.2f}"},
    )


def loss_would_show_it(r: Result) -> Finding:
    distance, loss = r.far[0]
    rise, last = loss - r.rope("plain").loss, r.far[-1][1] - r.rope("plain").loss
    return Finding(
        rise >= 0.5,
        f"{distance:,}: {rise:+.2f} nat; {r.far[-1][0]:,}: {last:+.2f} nat",
        figures={
            "distance": f"{distance:,}",
            "rise": f"{rise:+.2f}",
            "further": f"{r.far[-1][0]:,}",
            "last": f"{last:+.2f}",
        },
    )


CLAIMS = findings.claims(
    relative_so_it_extrapolates,
    shift_changes_nothing,
    usable_to_the_end,
    slower_angles_reach_further,
    interpolation_needs_no_training,
    loss_would_show_it,
)
