"""Cross-attention: what it costs, what an encoder–decoder costs beside a decoder, and whether it is the bottleneck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.cross_attention import times as _two_stacks_times
from llmquiz.demos.cross_attention import two_stacks
from llmquiz.demos.cross_attention.times import Seconds, Spent
from llmquiz.demos.cross_attention.two_stacks import EQUAL_PARAMETERS, EQUAL_WORK, LAYERS, Cost, Kin, Ownership, Part
from llmquiz.demos.lab import cache_sizes, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, big
from llmquiz.demos.lab.results import TwoCaches
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-3
"""Relative to the largest logit."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    encoder_decoder: Cost
    same_parameters: Cost
    """A decoder that has as many."""
    same_work: Cost
    """A decoder that does as much for a token."""
    same_depth: Cost
    """A decoder as deep as one side."""
    source: int
    target: int
    work_ratio: float
    """Of the decoder with equal parameters over the encoder–decoder, in products with weights."""
    seconds: tuple[Seconds, ...]
    decoding: Spent
    """With both caches, one token at a time."""
    family: tuple[Kin, ...]
    ownership: Ownership
    moved: int
    """Matrices of the encoder that the loss of the decoder has a gradient for."""
    moved_of: int
    caches: TwoCaches
    cross_key_positions: int
    """Positions whose cross-attention keys were computed, over all layers and steps."""
    self_key_positions: int
    cache_bytes: int
    """Both caches of the encoder–decoder."""
    same_depth_cache: int
    """A decoder as deep as one side, on source and target."""
    same_parameters_cache: int


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Count on the meta device, then time the same text through three models, then decode step by step."""
    width, heads, rounds = (192, 4, 4) if quick else (240, 4, 5)
    settings = {"device": device, "dtype": dtype}
    both = tiny.t5(d_model=width, n_layers=LAYERS, n_heads=heads, **settings)
    large, small, shallow = (
        two_stacks.decoder(width, heads, layers, **settings) for layers in (EQUAL_PARAMETERS, EQUAL_WORK, LAYERS)
    )
    S = T = 128
    costs = [two_stacks.cost(model, S, T) for model in (both, large, small, shallow)]
    progress(0.1)
    timing, seconds = part(progress, 0.1, 0.8), []
    for source, target in (lengths := ((128, 128), (256, 32), (32, 256))):
        seconds.append(_two_stacks_times.seconds((both, large, small), source, target, rounds))
        timing(len(seconds) / len(lengths))
    decoding = _two_stacks_times.decoding(both, S, 16, 2 * rounds)
    family = two_stacks.family(512, 512)
    progress(0.9)
    ids = tiny.random_tokens(both, 1, 64, seed=seed)
    caches = cache_sizes.two_caches(both, ids[:, :40], ids[:, 40:])
    moved, moved_of = two_stacks.reached(two_stacks.trainable(seed, **settings), ids[:, :40], ids[:, 40:])
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        encoder_decoder=costs[0],
        same_parameters=costs[1],
        same_work=costs[2],
        same_depth=costs[3],
        source=S,
        target=T,
        work_ratio=costs[1].matrix_flops / costs[0].matrix_flops,
        seconds=tuple(seconds),
        decoding=decoding,
        family=family,
        ownership=two_stacks.ownership(both),
        moved=moved,
        moved_of=moved_of,
        caches=caches,
        cross_key_positions=caches.cross_positions,
        self_key_positions=caches.layers * caches.target,
        cache_bytes=caches.self_bytes + caches.cross_bytes,
        same_depth_cache=two_stacks.cache_bytes(shallow, caches.source + caches.target),
        same_parameters_cache=two_stacks.cache_bytes(large, caches.source + caches.target),
    )


def two_sets(r: Result) -> Finding:
    """Encoder and decoder share the embedding alone."""
    own = r.ownership
    shown = f"{big(own.encoder)} + {big(own.decoder)}, ∩ {own.shared:,} = V·d"
    return Finding(own.shared == own.embedding < min(own.encoder, own.decoder) / 10, shown)


def third_network(r: Result) -> Finding:
    own = r.ownership
    return Finding(own.outside > 0, f"{own.outside} / {big(r.encoder_decoder.parameters)} (cross {big(own.cross)})")


def wasted_parameters(r: Result) -> Finding:
    return Finding(r.moved < r.moved_of, f"∂L/∂W ≠ 0: {r.moved}/{r.moved_of}")


def a_sixth_more(r: Result) -> Finding:
    ratio = r.encoder_decoder.matrix_flops / r.same_depth.matrix_flops
    return Finding(abs(ratio - 14 / 12) < 1e-9, f"×{ratio:.4f} = 14/12 (L={r.same_depth.layers})")


def costs_more(r: Result) -> Finding:
    ours, other = r.encoder_decoder, r.same_parameters
    weights = f"N {big(ours.parameters)} ≈ {big(other.parameters)}"
    shown = f"{big(ours.matrix_flops)} < {big(other.matrix_flops)} FLOP ({weights})"
    return Finding(ours.matrix_flops > other.matrix_flops, shown)


def half_the_work(r: Result) -> Finding:
    apart = abs(r.encoder_decoder.parameters / r.same_parameters.parameters - 1)
    holds = r.work_ratio == 2 and apart < 0.005
    return Finding(holds, f"×{r.work_ratio:.4f} (N ±{apart:.2%}), {r.same_parameters.layers} vs {LAYERS} + {LAYERS} L")


def twice_the_parameters(r: Result) -> Finding:
    ours, other = r.encoder_decoder, r.same_work
    work = ours.matrix_flops / other.matrix_flops
    weights = [sum(part.parameters for part in one.parts) for one in (ours, other)]
    n = weights[0] / weights[1]
    return Finding(work == 1 and abs(n - 2) < 0.005, f"C ×{work:.4f}, N ×{n:.4f}")


def faster(r: Result) -> Finding:
    """At every pair of lengths: the least of the three is judged."""
    return reaching(min((one.same_parameters for one in r.seconds), key=lambda ratio: ratio.value), 1.2)


def bottleneck(r: Result) -> Finding:
    """It would be what takes the most: of parameters, of work, or of time at some length."""
    ours, kinds = r.encoder_decoder, (_parameters, _flops)
    counted = ", ".join(f"{ours.share('cross', of):.1%}" for of in kinds)
    spent = (*(one.spent for one in r.seconds), r.decoding)
    clocks = [one.largest_over_cross.reaches(1) for one in spent]
    times = " ".join(f"{one.share('cross'):.0%}" for one in spent)
    shown = f"N, FLOP: {counted}; t: {times}"
    if any(_largest(ours, of) == "cross" for of in kinds) or False in clocks:
        return Finding(True, shown)
    return Finding(None, shown, "too-noisy") if None in clocks else Finding(False, shown)


_parameters: Callable[[Part], int] = attrgetter("parameters")
_flops: Callable[[Part], int] = attrgetter("flops")


def _largest(cost: Cost, of: Callable[[Part], int]) -> str:
    return max(cost.parts, key=of).name


def grows_with_size(r: Result) -> Finding:
    first, last = r.family[0], r.family[-1]
    shown = f"{first.name} {first.cross_flops:.1%} → {last.name} {last.cross_flops:.1%} FLOP"
    return Finding(last.cross_flops > first.cross_flops or last.largest == "cross", shown)


def projected_once(r: Result) -> Finding:
    caches = r.caches
    holds = caches.cross_positions == caches.layers * caches.source
    shown = f"{caches.cross_positions} = L·S = {caches.layers}·{caches.source} ({caches.target} steps)"
    return exactly(r.dtype, holds and caches.gap <= ROUNDING, f"{shown}, max|Δ| {caches.gap:.1e}")


def cache_size(r: Result) -> Finding:
    formula = r.caches.self_bytes_formula + r.caches.cross_bytes_formula
    S, T = r.caches.source, r.caches.target
    shown = f"{r.cache_bytes:,} B = L·(S+T)·2·d·b, S={S}, T={T}; {r.same_depth_cache:,} B (L={r.same_depth.layers})"
    return Finding(r.cache_bytes == formula == r.same_depth_cache, shown)


def double_cache(r: Result) -> Finding:
    depth, weights = r.cache_bytes / r.same_depth_cache, r.cache_bytes / r.same_parameters_cache
    return Finding(depth >= 2 or weights >= 2, f"×{depth:.3g} (L), ×{weights:.3g} (N)")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "two-sets": two_sets,
    "third-network": third_network,
    "wasted-parameters": wasted_parameters,
    "a-sixth-more": a_sixth_more,
    "costs-more": costs_more,
    "half-the-work": half_the_work,
    "twice-the-parameters": twice_the_parameters,
    "faster": faster,
    "bottleneck": bottleneck,
    "grows-with-size": grows_with_size,
    "projected-once": projected_once,
    "cache-size": cache_size,
    "double-cache": double_cache,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Shares by module, then the models side by side, then the five T5."""
    labels = {key: text[lang] for key, text in words.words.items()}
    kinds = {name: labels[name] for name in ("self", "cross", "ffn")}
    ours = result.encoder_decoder
    shares = [
        (
            kinds[name],
            *(f"{ours.share(name, of):.1%}" for of in (_parameters, _flops)),
            *(f"{one.spent.share(name):.0%}" for one in result.seconds),
            f"{result.decoding.share(name):.0%}",
        )
        for name in kinds
    ]
    lengths = [f"{one.source} + {one.target}" for one in result.seconds]
    large, small = result.same_parameters, result.same_work
    models = [
        (labels["encoder-decoder"], f"{LAYERS} + {LAYERS}", *_costs(ours), *["1" for _ in lengths]),
        (
            labels["equal-parameters"],
            f"{large.layers}",
            *_costs(large),
            *_ratios(s.same_parameters for s in result.seconds),
        ),
        (labels["equal-work"], f"{small.layers}", *_costs(small), *_ratios(s.same_work for s in result.seconds)),
    ]
    kin = [
        (one.name, big(one.parameters), f"{one.cross_parameters:.1%}", f"{one.cross_flops:.1%}")
        for one in result.family
    ]
    counts = (labels["parameters"], "FLOP")
    return Group(
        terminal.table((labels["module"], *counts, *lengths, labels["decoding"]), shares, title=labels["shares"]),
        "",
        terminal.table((labels["model"], "L", *counts, *lengths), models, title=labels["times"]),
        "",
        terminal.table((labels["published"], labels["parameters"], labels["of-parameters"], labels["of-work"]), kin),
    )


def _ratios(found: Iterable[Ratio]) -> list[str]:
    return [f"{one.value:.2f}" for one in found]


def _costs(cost: Cost) -> tuple[str, str]:
    return big(cost.parameters), big(cost.matrix_flops)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Shares by module as bars, and the share of cross-attention over the size of T5."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    kinds = {name: labels[name] for name in ("self", "cross", "ffn")}
    ours = result.encoder_decoder
    columns = {
        labels["parameters"]: {name: ours.share(name, _parameters) for name in kinds},
        "FLOP": {name: ours.share(name, _flops) for name in kinds},
        **{f"{one.source}\n+ {one.target}": dict(one.spent.shares) for one in result.seconds},
        labels["decoding"]: dict(result.decoding.shares),
    }
    below = [0.0] * len(columns)
    for (name, label), shade in zip(kinds.items(), ("white", "black", "lightgray"), strict=True):
        heights = [column[name] for column in columns.values()]
        left.bar(list(columns), heights, bottom=below, label=label, color=shade, edgecolor="black")
        below = [a + b for a, b in zip(below, heights, strict=True)]
    left.set_ylabel(labels["shares"])
    left.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.1))
    sizes = [one.parameters for one in result.family]
    lines = [
        terminal.Series(labels["of-parameters"], sizes, [one.cross_parameters for one in result.family]),
        terminal.Series(labels["of-work"], sizes, [one.cross_flops for one in result.family]),
    ]
    plots.draw(right, lines, x_label=labels["parameters"], y_label=labels["cross"], log_x=True)
    right.set_ylim(0, 0.6)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
