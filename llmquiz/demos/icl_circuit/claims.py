"""What is measured of the heads that copy, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.icl.arms import PERIODS
from llmquiz.demos.lab.icl.results import NEAR, Answer, span


@dataclass(frozen=True, slots=True)
class Head:
    """One attention head, and where it looks as the last token is asked; shares of its attention."""

    kind: str
    """self, or cross."""
    layer: int
    head: int
    """Both from 0."""
    places: tuple[float, ...]
    """On the places where that token stood before, one place before those, two before."""
    previous: float
    """On the token before it."""
    without: float
    """Share of last tokens right when this head alone says nothing."""

    @property
    def back(self) -> int:
        """So many places before the answer it looks most: 0 to 2."""
        return self.places.index(max(self.places))

    @property
    def share(self) -> float:
        """Of its attention, on those places."""
        return max(self.places)


@dataclass(frozen=True, slots=True)
class Copier:
    """A model trained on repeating tokens and asked here."""

    arm: str
    right: float
    """Share of last tokens."""
    heads: tuple[Head, ...]
    fresh: float
    """The largest share of attention that any head has for one of its three places before the training."""
    without: float
    """Share of last tokens right without the finders."""

    @property
    def finder(self) -> Head:
        """The head with most attention in one place as seen from the answer."""
        return max(self.heads, key=lambda head: head.share)

    @property
    def finders(self) -> tuple[Head, ...]:
        """All heads of its kind with at least half of theirs in the same place."""
        best = self.finder
        return tuple(head for head in self.heads if head.kind == best.kind and head.places[best.back] >= 0.5)

    @property
    def first_layer(self) -> tuple[Head, ...]:
        """Its heads, the one that looks most at the token before first."""
        return tuple(sorted((head for head in self.heads if head.layer == 0), key=lambda head: -head.previous))


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; accuracies as shares."""

    device: str
    dtype: str
    copiers: tuple[Copier, ...]
    along: tuple[float, ...]
    """Share of tokens that the decoder gets right in texts of the longest period, from the second token on."""
    repeated: str
    """A text of repeated tokens."""
    guesses: tuple[Answer, ...]
    """What each model puts in its last place."""

    def copier(self, arm: str) -> Copier:
        """The model of an arm."""
        return next(copier for copier in self.copiers if copier.arm == arm)

    @property
    def decoder(self) -> Copier:
        """The decoder's model."""
        return self.copier("induction-decoder")


def only_repeats(r: Result) -> Finding:
    """The second period's first token follows one that was seen without what came next, and is not counted."""
    new, seen = r.along[: PERIODS[-1] - 1], r.along[PERIODS[-1] :]
    return Finding(
        max(new) <= 0.15 and min(seen) >= NEAR,
        f"{max(new):.0%} ≤ 15%; {min(seen):.0%} ≥ {NEAR:.0%}",
        figures={"new": f"{max(new):.0%}", "seen": f"{min(seen):.0%}"},
    )


def copying_head(r: Result) -> Finding:
    """Where the answer stood; of the encoder–decoder there or up to two places before."""
    there = not any(copier.finder.back for copier in r.copiers if copier.arm != "induction-encoder-decoder")
    holds = there and all(copier.fresh < 1 / 3 and copier.finder.share >= 0.5 for copier in r.copiers)
    return Finding(
        holds,
        ", ".join(f"{copier.fresh:.0%} → {copier.finder.share:.0%}" for copier in r.copiers),
        figures={
            "trained": span(copier.finder.share for copier in r.copiers),
            "fresh": f"{max(copier.fresh for copier in r.copiers):.0%}",
        },
    )


def two_layers(r: Result) -> Finding:
    """The head of the first layer that looks a place back, the finders in the second; then the first's other head."""
    decoder = r.decoder
    back, *idle = decoder.first_layer
    holds = back.previous >= 0.25 and all(head.layer == 1 for head in decoder.finders)
    holds = holds and max(back.without, decoder.without) < decoder.right / 2
    holds = holds and min(head.without for head in idle) >= 0.9 * decoder.right
    shown = ", ".join(f"{share:.0%}" for share in (back.without, decoder.without, *(head.without for head in idle)))
    return Finding(
        holds,
        f"{decoder.right:.0%} → {shown}",
        figures={
            "right": f"{decoder.right:.0%}",
            "back": f"{back.without:.0%}",
            "finders": f"{decoder.without:.0%}",
            "idle": f"{min(head.without for head in idle):.0%}",
            "previous": f"{back.previous:.0%}",
        },
    )


CLAIMS = findings.claims(only_repeats, copying_head, two_layers)
