"""What is measured of reading a prompt and of writing behind it, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, below, reaching
from llmquiz.demos.lab.quantities import Ratio, byte_size, duration


@dataclass(frozen=True, slots=True)
class Length:
    """One length of the prompt."""

    tokens: int
    prefill: Varies[float]
    """Seconds to read all of it in one pass, the median."""
    step: Varies[float]
    """Seconds to write one token behind it, the median."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    parameters: int
    weight_bytes: int
    """What every pass has to read, be it for one token or for many."""
    lengths: tuple[Length, ...]
    """The shortest first."""
    prefill_flops: int
    """Of one pass over the longest prompt, as counted by torch, for each of its tokens."""
    decode_flops: int
    """Of one step behind it."""
    batch: int
    slower: Varies[Ratio]
    """A written token against a read one, at the longest prompt."""
    batched: Varies[Ratio]
    """A token of one sequence against one of `batch` sequences that are written together."""
    longer_prompt: Varies[Ratio]
    """The first token behind the longest prompt against that behind the shortest."""
    longer_cache: Varies[Ratio]
    """A step behind the longest prompt against one behind the shortest."""

    @property
    def times(self) -> float:
        """How many times as long a written token takes as a read one."""
        return self.slower.value

    @property
    def longest(self) -> Length:
        """The longest prompt."""
        return self.lengths[-1]

    @property
    def flops_ratio(self) -> float:
        """Arithmetic of a written token against that of a read one."""
        return self.decode_flops / self.prefill_flops


def writing_costs_more(r: Result) -> Finding:
    read, write = r.longest.prefill / r.longest.tokens, r.longest.step
    return reaching(r.slower, 3)._replace(
        figures={
            "read": duration(read),
            "write": duration(write),
            "times": f"{r.slower.value:.1f}",
            "tokens": str(r.longest.tokens),
        }
    )


def it_is_the_arithmetic(r: Result) -> Finding:
    return Finding(
        r.flops_ratio >= 1.5,
        f"{r.decode_flops:,} / {r.prefill_flops:,} = ×{r.flops_ratio:.2f}",
        figures={"ratio": f"{r.flops_ratio:.2f}", "times": f"{r.slower.value:.1f}"},
    )


def batching_mends_it(r: Result) -> Finding:
    return reaching(r.batched, 1.5)._replace(
        figures={"batch": str(r.batch), "times": f"{r.batched.value:.1f}", "bytes": byte_size(r.weight_bytes)}
    )


def prompt_delays_the_first_token(r: Result) -> Finding:
    more = r.longest.tokens / r.lengths[0].tokens
    return reaching(r.longer_prompt, more / 2)._replace(
        figures={
            "short": str(r.lengths[0].tokens),
            "long": str(r.longest.tokens),
            "first": duration(r.lengths[0].prefill),
            "last": duration(r.longest.prefill),
        }
    )


def prompt_slows_every_token(r: Result) -> Finding:
    more = r.longest.tokens / r.lengths[0].tokens
    slows = below(r.longer_cache, more / 2)
    return Finding(
        None if slows.holds is None else not slows.holds,
        slows.measured,
        slows.why,
        {
            "short": str(r.lengths[0].tokens),
            "long": str(r.longest.tokens),
            "times": f"{r.longer_cache.value:.2f}",
        },
    )


CLAIMS = findings.claims(
    writing_costs_more,
    it_is_the_arithmetic,
    batching_mends_it,
    prompt_delays_the_first_token,
    prompt_slows_every_token,
)
