"""What is measured of the heads that copy, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

MUCH = 0.3
"""A head that gives at least this share of its attention to the token to be copied counts as an induction head."""

ENDED = 1 / 3
"""Copying has ended where less than this share of it is left."""


@dataclass(frozen=True, slots=True)
class Head:
    """An attention head, and how much of its attention goes to the place that it is looked for by."""

    layer: int
    head: int
    """Both counted from 0."""
    share: float

    def __str__(self) -> str:
        return f"L{self.layer} H{self.head}"


@dataclass(frozen=True, slots=True)
class Silenced:
    """What is left of the copying once the strongest induction heads add nothing."""

    heads: int
    right: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured. `right` is the share of the tokens of a second reading that are predicted."""

    device: str
    dtype: str
    model: str
    text: str
    """The ordinary text."""
    tokens: int
    repeated: str
    """The random tokens of one text, which are read twice."""
    length: int
    """Tokens of one reading."""
    texts: int
    heads: int
    """Of the whole model."""
    finders: tuple[Head, ...]
    """The strongest induction heads, by their attention to the token that followed last time."""
    finding: int
    """Heads that give it at least `MUCH`."""
    unrepeated_share: float
    """What the strongest gives to the same distance where nothing is repeated."""
    first_right: float
    """In the first reading."""
    silenced: tuple[Silenced, ...]
    """By the number of induction heads, none of them first."""
    others: tuple[float, ...]
    """Right with as many random other heads silenced, draw by draw, each on one of the texts."""
    beside: tuple[float, ...]
    """The same, drawn from the layers of the induction heads."""
    losses: tuple[float, ...]
    """By place, in nats: both readings but the first token."""
    silenced_losses: tuple[float, ...]
    text_loss: float
    text_silenced: float
    """With the induction heads silenced."""
    text_others: tuple[float, ...]
    """With random heads silenced."""
    feeders: tuple[Head, ...]
    """The strongest previous-token heads in the layers before the induction heads."""
    place_share: float
    """What the induction heads give to the token to be copied, on average."""
    place_unfed: float
    """The same with the previous-token heads silenced."""
    place_others: tuple[float, ...]
    """With as many random heads of the same layers and those before silenced."""
    unfed_right: float
    unfed_others: tuple[float, ...]
    """Right, with those random heads silenced."""

    @property
    def intact(self) -> float:
        """Right with every head in place."""
        return self.silenced[0].right

    @property
    def left(self) -> float:
        """Right without the induction heads."""
        return self.silenced[-1].right

    @property
    def intact_percent(self) -> float:
        """The same in percent, to be predicted."""
        return 100 * self.intact

    @property
    def text_cost(self) -> float:
        """What ordinary text loses without the induction heads, in nats a token."""
        return self.text_silenced - self.text_loss

    @property
    def copying_cost(self) -> float:
        """What the second reading loses, in nats a token."""
        second = slice(self.length, None)  # without its first token, which nothing announces
        return fmean(self.silenced_losses[second]) - fmean(self.losses[second])


def copies_random_tokens(r: Result) -> Finding:
    return Finding(
        r.intact >= 0.3 and r.first_right <= 0.05,
        f"{r.first_right:.0%} → {r.intact:.0%} (n={r.texts}×{r.length - 1})",
        figures={"first": f"{r.first_right:.0%}", "second": f"{r.intact:.0%}"},
    )


def only_in_toys(r: Result) -> Finding:
    top = r.finders[0]
    return Finding(
        top.share < 0.5 or top.share < 3 * r.unrepeated_share,
        f"{top} {top.share:.0%} / {r.unrepeated_share:.0%}, {r.finding}/{r.heads} ≥ {MUCH:.0%}",
        figures={
            "head": str(top),
            "share": f"{top.share:.0%}",
            "unrepeated": f"{r.unrepeated_share:.0%}",
            "finding": str(r.finding),
            "heads": str(r.heads),
        },
    )


def spread_over_everything(r: Result) -> Finding:
    count = r.silenced[-1].heads
    return Finding(
        r.left >= r.intact * ENDED,
        f"{r.intact:.0%} → {r.left:.0%} ({count}/{r.heads})",
        figures={
            "intact": f"{r.intact:.0%}",
            "left": f"{r.left:.0%}",
            "count": str(count),
            "heads": str(r.heads),
        },
    )


def any_heads_would_do(r: Result) -> Finding:
    others, beside = median(r.others), median(r.beside)
    draws = (*r.others, *r.beside)
    below = sum(right < r.intact / 2 for right in draws)
    return Finding(
        min(others, beside) < r.intact * ENDED,  # the bar that the induction heads have to pass
        f"{others:.0%}, {beside:.0%} / {r.left:.0%}, {below}/{len(draws)} < {r.intact / 2:.0%}",
        figures={
            "others": f"{others:.0%}",
            "beside": f"{beside:.0%}",
            "below": str(below),
            "draws": str(len(draws)),
            "left": f"{r.left:.0%}",
        },
    )


def text_hardly_notices(r: Result) -> Finding:
    others = median(r.text_others) - r.text_loss
    return Finding(
        r.text_cost < 0.2 and r.copying_cost > 2,
        f"{r.text_cost:+.2f} / {r.copying_cost:+.1f} nat (T={r.tokens})",
        figures={
            "cost": f"{r.text_cost:+.2f}",
            "copying": f"{r.copying_cost:+.1f}",
            "others": f"{others:+.2f}",
        },
    )


def two_steps(r: Result) -> Finding:
    return Finding(
        r.place_unfed < r.place_share / 2 < median(r.place_others),
        f"{r.place_share:.0%} → {r.place_unfed:.0%}, {median(r.place_others):.0%}",
        figures={
            "feeders": " + ".join(map(str, r.feeders)),
            "share": f"{r.place_share:.0%}",
            "unfed": f"{r.place_unfed:.0%}",
            "others": f"{median(r.place_others):.0%}",
            "right": f"{r.unfed_right:.0%}",
        },
    )


CLAIMS = findings.claims(
    copies_random_tokens, only_in_toys, spread_over_everything, any_heads_would_do, text_hardly_notices, two_steps
)
