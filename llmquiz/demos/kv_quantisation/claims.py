"""What is measured of a quantised KV cache, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

UNCHANGED = 0.03
"""Where fewer of the predictions change than this share, the cache costs as good as nothing."""
FEW = 0.1
"""Where fewer change than this, the cache is good enough."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The text read with keys, values or both rounded to so many bits."""

    bits: int
    loss: float
    """Mean over all predicted tokens, in nats."""
    changed: float
    """The share of tokens for which another one is now the most likely."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured. Each series goes from many bits down to 2."""

    device: str
    dtype: str
    model: str
    text: str
    tokens: int
    group: int
    """So many numbers share a scale and an offset of 16 bits each."""
    layers: int
    kv_heads: int
    width: int
    """Numbers in a key of one head."""
    full_loss: float
    """With the cache as it is."""
    keys_by_channel: tuple[Cost, ...]
    keys_by_token: tuple[Cost, ...]
    values_by_token: tuple[Cost, ...]
    values_by_channel: tuple[Cost, ...]
    both: tuple[Cost, ...]
    """Keys by channel and values by token: KIVI's rule."""
    wrong: Cost
    """Keys by token and values by channel, in the same bytes."""
    whole: Cost
    """KIVI's rule with one scale a channel over the whole text, and one a token over the whole head."""
    evened: Cost
    """Keys by token after every channel was divided by its largest magnitude, and multiplied by it again."""
    key_ratio: float
    """The largest channel of a head by the median one, in mean magnitude: the median over all heads."""
    value_ratio: float

    def rise(self, cost: Cost) -> float:
        """What `cost` adds to the loss."""
        return cost.loss - self.full_loss

    def both_in(self, bits: int) -> Cost:
        """KIVI's rule in so many bits."""
        return next(cost for cost in self.both if cost.bits == bits)

    def bytes_a_token(self, bits: int) -> float:
        """What one token takes in all layers: the numbers, and the scales and offsets of their groups."""
        numbers = 2 * self.layers * self.kv_heads * self.width
        if bits == 16:
            return numbers * 2
        scales_of_key = self.width / self.group  # of `group` tokens each
        scales_of_value = -(-self.width // self.group)
        return numbers * bits / 8 + self.layers * self.kv_heads * (scales_of_key + scales_of_value) * 4

    @property
    def bits_a_number(self) -> float:
        """What a number takes at 2 bits, its part of the scales included."""
        return 16 * self.bytes_a_token(2) / self.bytes_a_token(16)

    @property
    def keys_times(self) -> float:
        """By how much more the loss rises at 2 bits where keys are quantised by token."""
        return self.rise(self.keys_by_token[-1]) / self.rise(self.keys_by_channel[-1])


def keys_by_channel(r: Result) -> Finding:
    right, wrong = r.rise(r.keys_by_channel[-1]), r.rise(r.keys_by_token[-1])
    return _axis(right, wrong)


def values_by_token(r: Result) -> Finding:
    right, wrong = r.rise(r.values_by_token[-1]), r.rise(r.values_by_channel[-1])
    return _axis(right, wrong)


def _axis(right: float, wrong: float) -> Finding:
    """The wrong axis costs at least twice as much as the right one."""
    figures = {"right": f"{right:+.2f}", "wrong": f"{wrong:+.2f}"}
    return Finding(wrong >= 2 * right and wrong >= 0.1, f"2 bit: {right:+.2f} / {wrong:+.2f} nat", figures=figures)


def four_bits_free(r: Result) -> Finding:
    eight, four = r.both_in(8), r.both_in(4)
    return Finding(
        four.changed < UNCHANGED,
        f"4 bit: {four.changed:.1%}, {r.rise(four):+.3f} nat; 8 bit: {eight.changed:.1%}",
        figures={"four": f"{four.changed:.1%}", "eight": f"{eight.changed:.1%}", "rise": f"{r.rise(four):+.3f}"},
    )


def two_bits_enough(r: Result) -> Finding:
    two = r.both_in(2)
    return Finding(
        two.changed < FEW,
        f"2 bit: {two.changed:.0%}, {r.rise(two):+.2f} nat",
        figures={"changed": f"{two.changed:.0%}", "rise": f"{r.rise(two):+.2f}", "whole": f"{r.rise(r.whole):+.2f}"},
    )


def keys_have_large_channels(r: Result) -> Finding:
    return Finding(
        r.key_ratio >= 2 * r.value_ratio and r.evened.loss < r.keys_by_token[-1].loss,
        f"K ×{r.key_ratio:.1f}, V ×{r.value_ratio:.1f}; {r.keys_by_token[-1].loss:.2f} → {r.evened.loss:.2f} nat",
        figures={
            "keys": f"{r.key_ratio:.1f}",
            "values": f"{r.value_ratio:.1f}",
            "before": f"{r.rise(r.keys_by_token[-1]):+.2f}",
            "evened": f"{r.rise(r.evened):+.2f}",
        },
    )


def an_eighth_at_two_bits(r: Result) -> Finding:
    two, full = r.bytes_a_token(2), r.bytes_a_token(16)
    return Finding(
        two <= 1.1 * full / 8,
        f"{two:,.0f} / {full:,.0f} B = {two / full:.1%}; {r.bits_a_number:.2f} bit",
        figures={
            "two": f"{two:,.0f}",
            "full": f"{full:,.0f}",
            "share": f"{two / full:.1%}",
            "bits": f"{r.bits_a_number:.3g}",
            "group": str(r.group),
        },
    )


CLAIMS = findings.claims(
    keys_by_channel,
    values_by_token,
    four_bits_free,
    two_bits_enough,
    keys_have_large_channels,
    an_eighth_at_two_bits,
)
