"""PagedAttention: the same tokens from a cache in blocks, and how many more requests the same memory holds.

Kwon et al. (2023): memory for keys and values is handed out in blocks of a few tokens, on demand and from anywhere, in
place of one stretch a request that is as long as the longest answer could be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import caching, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, byte_size
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.paged_attention import paging
from llmquiz.demos.paged_attention import workloads as _workloads
from llmquiz.demos.paged_attention.blocks import Memory
from llmquiz.demos.paged_attention.paging import Mixed, OtherBeginning, Samples, Shared
from llmquiz.demos.paged_attention.serving import LONGEST
from llmquiz.demos.paged_attention.workloads import POOL, SERVER, SIZE, Held
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong key changes."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured or counted; means over the steps and the drawn workloads."""

    device: str
    dtype: str
    model: str
    server: str
    pool_bytes: int
    token_bytes: int
    longest: int
    workloads: int
    fit_reserved: float
    """Requests at once, each with room for the longest case."""
    fit_blocks: float
    used_percent_reserved: float
    """Of the bytes set aside for the longest case, so many are in use."""
    ways: tuple[Held, ...]
    """For the longest case, for the next power of two, for the true length known in advance, in blocks."""
    sizes: tuple[Held, ...]
    """Blocks of growing size."""
    common: tuple[Held, Held]
    """The same system prompt in every request: kept by each, kept once."""
    full: tuple[Held, Held]
    """Requests as long as the reservation: one stretch each, blocks."""
    mixed: Mixed
    shared: Shared
    shared_positions: int
    samples: Samples
    copies: int
    other: OtherBeginning
    block_bytes: int
    contiguous_bytes: int
    """As many tokens in an ordinary cache."""
    batches: tuple[int, int]
    """Requests at once, rounded: reserved, blocks."""
    rates: Varies[tuple[float, float]]
    """Tokens a second at these."""
    gain: Varies[Ratio]


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Decode through blocks, then count what drawn workloads do to a server's memory."""
    # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
    model = tiny.llama(init=0.2, device=device, dtype=dtype)
    mixed = paging.mixed(model, requests=6 if quick else 12, blocks=12, seed=seed)
    shared = paging.shared(model, questions=4 if quick else 6, prefix=72, seed=seed)
    samples, other = paging.samples(model, 4, prompt=40, seed=seed), paging.other_beginning(model, seed)
    progress(0.4)
    seeds = range(seed, seed + (1 if quick else 3))
    held = _workloads.workloads(seeds, part(progress, 0.4, 0.9))
    ways = held["ways"]
    batches = (round(ways[0].served.live), round(ways[-1].served.live))
    rates, gain = _workloads.throughput(device, dtype, batches, 3 if quick else 7)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(model),
        server=SERVER,
        pool_bytes=POOL,
        token_bytes=_workloads.token_bytes(),
        longest=LONGEST,
        workloads=len(seeds),
        fit_reserved=ways[0].served.live,
        fit_blocks=ways[-1].served.live,
        used_percent_reserved=100 * ways[0].share,
        ways=ways,
        sizes=held["sizes"],
        common=(held["common"][0], held["common"][1]),
        full=(held["full"][0], held["full"][1]),
        mixed=mixed,
        shared=shared,
        shared_positions=shared.positions,
        samples=samples,
        copies=samples.copies,
        other=other,
        block_bytes=Memory(model, blocks=1, size=SIZE).block_bytes,
        contiguous_bytes=contiguous_bytes(model, SIZE, seed),
        batches=batches,
        rates=rates,
        gain=gain,
    )


def contiguous_bytes(model: Any, tokens: int, seed: int) -> int:
    """An ordinary cache of so many tokens."""
    cache = caching.empty_cache(model)
    caching.step(model, tiny.random_tokens(model, 1, tokens, seed=seed), cache)
    return caching.cache_size(cache)


def same_tokens(r: Result) -> Finding:
    found = r.mixed
    holds = found.equal == found.tokens and found.gap <= ROUNDING and found.handed_out > found.blocks
    return exactly(r.dtype, holds, f"{found.equal}/{found.tokens}, max|Δ| {found.gap:.1e} ≤ {ROUNDING:g}")


def as_large(r: Result) -> Finding:
    holds = r.block_bytes == r.contiguous_bytes
    return Finding(holds, f"{r.block_bytes:,} B = {r.contiguous_bytes:,} B (T={SIZE})")


def reservation_wastes(r: Result) -> Finding:
    reserved, blocks = r.ways[0].share, r.ways[-1].share
    return Finding(reserved < 0.4 and blocks > 0.96, f"{reserved:.1%} < 40%, {blocks:.1%} > 96%")


def less_than_a_block(r: Result) -> Finding:
    holds = all(one.served.worst < one.size for one in r.sizes)
    return Finding(holds, ", ".join(f"{one.served.worst} < {one.size}" for one in r.sizes))


def block_size(r: Result) -> Finding:
    shares = [1 - one.share for one in r.sizes]
    holds = shares == sorted(shares) and shares[-1] > shares[0]
    return Finding(holds, ", ".join(f"{one.size}: {1 - one.share:.1%}" for one in r.sizes))


def fits_more(r: Result) -> Finding:
    return _more(r.ways[0], r.ways[-1], 2)


def beats_foresight(r: Result) -> Finding:
    return _more(r.ways[2], r.ways[-1], 1.2)


def shared_fits(r: Result) -> Finding:
    return _more(*r.common, 1.2)


def no_gain_when_full(r: Result) -> Finding:
    few, many = (one.served.live for one in r.full)
    return Finding(many <= 1.1 * few, f"{few:.3g} → {many:.3g} (×{many / few:.3g} ≤ 1.1)")


def _more(few: Held, many: Held, least: float) -> Finding:
    """So many times as many requests at once."""
    each = [b / a for a, b in zip(few.served.lives, many.served.lives, strict=True)]
    gain = many.served.live / few.served.live
    spread = f"n={len(each)}, {min(each):.3g}–{max(each):.3g}"
    return Finding(gain >= least, f"{few.served.live:.3g} → {many.served.live:.3g}: ×{gain:.3g} ({spread}) ≥ {least:g}")


def raises_throughput(r: Result) -> Finding:
    found = reaching(r.gain, 1.1)
    few, many = r.batches
    return Finding(found.holds, f"{few} → {many}/step; {found.measured}", found.why)


def shared_prefix(r: Result) -> Finding:
    s = r.shared
    counts = (s.blocks, s.positions) == (s.blocks_formula, s.positions_formula)
    holds = counts and s.equal == s.tokens and s.gap <= ROUNDING
    figures = f"{s.blocks} < {s.blocks_alone}, {s.positions} < {s.positions_alone}, {s.equal}/{s.tokens}"
    return exactly(r.dtype, holds, figures)


def copy_on_write(r: Result) -> Finding:
    s = r.samples
    holds = s.copies == s.samples - 1 and s.equal == s.tokens and s.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{s.copies} = {s.samples} − 1, {s.equal}/{s.tokens}, {s.blocks} < {s.blocks_alone}")


def only_beginnings(r: Result) -> Finding:
    o = r.other
    holds = o.found_again == o.blocks and o.found_behind_another == 0 and o.gap_if_shared > ROUNDING
    figures = f"{o.found_again}/{o.blocks}, {o.found_behind_another}/{o.blocks}; max|Δ| {o.gap_if_shared:.2g}"
    return exactly(r.dtype, holds, figures)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-tokens": same_tokens,
    "as-large": as_large,
    "reservation-wastes": reservation_wastes,
    "less-than-a-block": less_than_a_block,
    "block-size": block_size,
    "fits-more": fits_more,
    "beats-foresight": beats_foresight,
    "raises-throughput": raises_throughput,
    "shared-prefix": shared_prefix,
    "shared-fits": shared_fits,
    "copy-on-write": copy_on_write,
    "only-beginnings": only_beginnings,
    "no-gain-when-full": no_gain_when_full,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The memory under each way, then block sizes, then sharing."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = [labels[key] for key in ("way", "requests", "reserved", "used", "in-use", "preempted")]
    ways = [(named(way, labels), way) for way in (*result.ways, *(one for one in result.sizes if one.size != SIZE))]
    sharing = [(labels["apart"], result.common[0]), (labels["once"], result.common[1])]
    full = [(f"{labels['full']}: {named(way, labels)}", way) for way in result.full]
    memory = f"{result.server}, {byte_size(result.pool_bytes)} = {result.pool_bytes // result.token_bytes:,} token"
    blocks = [
        (labels["prefix"], f"{result.shared.blocks_alone}", f"{result.shared.blocks}"),
        (labels["positions"], f"{result.shared.positions_alone}", f"{result.shared.positions}"),
        (labels["samples"], f"{result.samples.blocks_alone}", f"{result.samples.blocks}"),
    ]
    return Group(
        Text(memory),
        bars([(name, way) for name, way in ways[: len(result.ways)]], result.pool_bytes),
        Text(f"█ {labels['used']}  ░ {labels['wasted']}"),
        "",
        terminal.table(header, [row(name, way) for name, way in [*ways, *sharing, *full]]),
        "",
        terminal.table((result.model, labels["each"], labels["once-short"]), blocks),
    )


def named(way: Held, labels: Mapping[str, str]) -> str:
    """What it is called."""
    names = {
        "longest": f"{labels['longest']} {LONGEST:,}",
        "power": labels["power"],
        "oracle": labels["oracle"],
        "blocks": f"{labels['blocks']} {way.size}",
    }
    return names[way.name]


def row(name: str, way: Held) -> tuple[str, ...]:
    """A line of the table."""
    sizes = (byte_size(way.reserved_bytes), byte_size(way.used_bytes))
    return (name, f"{way.served.live:.1f}", *sizes, f"{way.share:.1%}", f"{way.served.preempted}")


def bars(ways: list[tuple[str, Held]], pool: int) -> Text:
    """The whole memory, a line each: in use, reserved for nothing, free."""
    margin = max(cell_len(name) for name, _ in ways) + 1
    room = terminal.WIDTH - margin - 2
    lines = []
    for name, way in ways:
        used, reserved = (round(size / pool * room) for size in (way.used_bytes, way.reserved_bytes))
        filled = "█" * used + "░" * (reserved - used)
        lines.append(f"{terminal.pad(name, margin)}│{filled:{room}}│")
    return Text("\n".join(lines), no_wrap=True)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The memory under each way, and the waste by block size."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (memory, size) = plots.blank(words.title[lang], panels=2)
    names = [named(way, labels) for way in result.ways]
    used = [way.used_bytes / 2**30 for way in result.ways]
    memory.barh(names, used, color="black", label=labels["used"])
    wasted = [way.wasted_bytes / 2**30 for way in result.ways]
    memory.barh(names, wasted, left=used, color="white", edgecolor="black", hatch="//", label=labels["wasted"])
    for i, way in enumerate(result.ways):
        memory.text(
            0.3, i, f"{way.served.live:.0f} {labels['requests']}", color="white", va="center", fontweight="bold"
        )
    memory.invert_yaxis()
    memory.set_xlabel("GiB")
    memory.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    waste = terminal.Series(
        labels["wasted"], [w.size for w in result.sizes], [100 * (1 - w.share) for w in result.sizes]
    )
    plots.draw(size, [waste], x_label=labels["block-size"], y_label="%", log_x=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
