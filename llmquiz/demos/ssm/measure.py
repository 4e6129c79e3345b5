"""A state space model beside attention: a state of fixed size, linear work, and what it forgets.

Mamba (Gu and Dao, 2023) reads a text into a state that never grows; attention keeps keys and values of every token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, shipped, terminal, tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import byte_size
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.ssm import language, state_cost
from llmquiz.demos.ssm.language import Memory
from llmquiz.demos.ssm.state_cost import Hybrid, Kept, StepTimes, Work
from llmquiz.demos.ssm.train import TRAINING
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
    mamba: str
    attention: str
    lengths: tuple[int, int]
    states: tuple[Kept, Kept]
    """Of Mamba after these."""
    caches: tuple[Kept, Kept]
    """Of attention."""
    state_bytes: int
    state_bytes_formula: int
    overtaken_at: int
    """The first length at which the cache takes at least what the state takes."""
    cache_bytes_before: int
    """Measured one token before that."""
    cache_bytes_there: int
    gap: float
    """Of logits, one pass against one step a token."""
    attention_operations: int
    """In a pass of Mamba."""
    attention_operations_control: int
    """In a pass of the attention model."""
    work: tuple[Work, Work]
    """Of one layer of each, for a text and for one twice as long."""
    hybrid: Hybrid
    times: StepTimes
    crossing: Varies[float]
    remember: tuple[Memory, ...]
    """Attention, Mamba, Mamba of twice the width."""
    recalled_pairs: float
    """By the wider Mamba, of the most pairs in a text."""


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Sizes, work and times of two models of about equal size, then what three trained ones remember."""
    settings = {"device": device, "dtype": dtype}
    mamba, attention = tiny.mamba(n_layers=7, **settings), tiny.llama(**settings)
    ids = tiny.random_tokens(mamba, 1, 256, seed=seed)
    lengths = (64, 256)
    states, caches = (
        tuple(state_cost.kept(state_cost.read(m, ids[:, :T])[1]) for T in lengths) for m in (mamba, attention)
    )
    overtaken = -(-states[1].state // (caches[1].keys_and_values // lengths[1]))
    there = [state_cost.kept(state_cost.read(attention, ids[:, :T])[1]).total for T in (overtaken - 1, overtaken)]
    gap = state_cost.by_steps(mamba, ids[:, : 24 if quick else 64])
    operations = [state_cost.attention_operations(model, ids[:, :16]) for model in (mamba, attention)]
    progress(0.2)
    one_each = (tiny.mamba(n_layers=1, **settings), tiny.llama(n_layers=1, attention="eager", **settings))
    work = state_cost.work(*one_each, ids, (128, 256))
    hybrid = state_cost.hybrid(device, dtype, 128, seed)
    progress(0.4)
    contexts = (64, 256, 1024, 4096, 16384) if quick else (64, 256, 1024, 4096, 8192, 16384, 32768)
    times = state_cost.step_times(mamba, attention, contexts, device, 5 if quick else 9, seed)
    progress(0.7)
    trained = training.models(TRAINING, device=device, dtype=dtype)
    remember = language.memories(trained, _seeds(), seed, part(progress, 0.7, 1.0))
    return Result(
        device=device,
        dtype=dtype,
        mamba=tiny.describe(mamba),
        attention=tiny.describe(attention),
        lengths=lengths,
        states=(states[0], states[1]),
        caches=(caches[0], caches[1]),
        state_bytes=states[1].total,
        state_bytes_formula=state_cost.state_formula(mamba.config, next(mamba.parameters()).element_size()),
        overtaken_at=overtaken,
        cache_bytes_before=there[0],
        cache_bytes_there=there[1],
        gap=gap,
        attention_operations=operations[0],
        attention_operations_control=operations[1],
        work=(work[0], work[1]),
        hybrid=hybrid,
        times=times,
        crossing=times.crossing,
        remember=remember,
        recalled_pairs=remember[-1].recalls[-1].recalled,
    )


def _seeds() -> dict[str, tuple[tuple[float, ...], ...]]:
    """Share right by the cards, of every model, seed and length."""
    cards = {name: shipped.card(TRAINING.demo, name) for name in TRAINING.models}
    return {
        name: tuple(tuple(run["figures"][f"N={pairs}"] for pairs in language.LENGTHS) for run in card["runs"])
        for name, card in cards.items()
    }


def fixed_state(r: Result) -> Finding:
    short, long = r.states
    holds = short.total == long.total == r.state_bytes_formula and long.keys_and_values == 0
    figures = (
        f"{short.total:,} B (T={r.lengths[0]}) = {long.total:,} B (T={r.lengths[1]}) = {r.state_bytes_formula:,} B"
    )
    return Finding(holds, figures)


def bytes_cross(r: Result) -> Finding:
    holds = r.cache_bytes_before < r.state_bytes <= r.cache_bytes_there
    figures = f"{r.cache_bytes_before:,} < {r.state_bytes:,} ≤ {r.cache_bytes_there:,} B"
    return Finding(holds, f"T* = {r.overtaken_at}: {figures}")


def linear(r: Result) -> Finding:
    short, long = r.work
    mamba, attention = long.mamba / short.mamba, long.attention / short.attention
    holds = abs(mamba - 2) < 0.002 and attention > 2.02
    return Finding(holds, f"T={short.tokens} → {long.tokens}: ×{mamba:.4f}, ×{attention:.4f}")


def optimizes_attention(r: Result) -> Finding:
    assert r.attention_operations_control > 0, "the count finds attention where there is some"
    return Finding(r.attention_operations > 0, f"{r.attention_operations} (≠ {r.attention_operations_control})")


def one_pass(r: Result) -> Finding:
    return exactly(r.dtype, r.gap <= ROUNDING, f"max|Δ| {r.gap:.1e} ≤ {ROUNDING:g}")


def flat_time(r: Result) -> Finding:
    slower = r.times.flat.reaches(1.25)
    return Finding(
        None if slower is None else not slower, f"{r.times.flat} < 1.25", "too-noisy" if slower is None else ""
    )


def attention_grows(r: Result) -> Finding:
    return _shown(r, reaching(r.times.grows, 2))


def times_cross(r: Result) -> Finding:
    early, late = r.times.early.reaches(1.1), r.times.late.reaches(1.1)
    figures = f"T={r.times.lengths[0]}: {r.times.early} ≥ 1.1; T={r.times.lengths[-1]:,}: {r.times.late} ≥ 1.1"
    holds = None if early is None or late is None else early and late
    return _shown(r, Finding(holds, figures, "too-noisy" if holds is None else ""))


def _shown(r: Result, found: Finding) -> Finding:
    """On another device than the CPU the fixed cost of starting a step may cover it."""
    if r.device == "cpu" or found.holds is not False:
        return found
    return Finding(None, found.measured, "start-bound")


def hybrid_keeps(r: Result) -> Finding:
    h = r.hybrid
    holds = h.kept.keys_and_values * h.layers == h.all_attention * h.attention_layers and h.attention_layers == 1
    return Finding(holds, f"{h.kept.keys_and_values:,} B = {h.attention_layers}/{h.layers} · {h.all_attention:,} B")


def attention_recalls(r: Result) -> Finding:
    """Here and with every seed."""
    return Finding(min(map(min, _every(r.remember[0]))) >= 0.99, _rights(r.remember[0]))


def _every(memory: Memory) -> list[tuple[float, ...]]:
    """Share right by the number of pairs: here, then by the card with every seed."""
    return [tuple(one.right for one in memory.recalls), *memory.seeds]


def _rights(memory: Memory) -> str:
    columns = zip(language.LENGTHS, zip(*_every(memory), strict=True), strict=True)
    return ", ".join(f"N={pairs}: {'/'.join(f'{100 * one:.0f}' for one in found)}%" for pairs, found in columns)


def state_forgets(r: Result) -> Finding:
    """By the size of the state, of the longest texts: here and with every seed."""
    small, large = ([found[-1] for found in _every(memory)] for memory in r.remember[1:])
    shown = (f"{min(found):.0%} – {max(found):.0%}" for found in (small, large))
    return Finding(max(small) <= 0.6 and min(large) >= 0.75, f"N={language.LENGTHS[-1]}: {', '.join(shown)}")


def early_token(r: Result) -> Finding:
    """The first half of the pairs against the second, in the larger Mamba."""
    places = r.remember[-1].recalls[-1].by_place
    first, second = (fmean(half) for half in (places[: len(places) // 2], places[len(places) // 2 :]))
    return Finding(abs(first - second) <= 0.1, f"{first:.0%}, {second:.0%} (|Δ| ≤ 10%)")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "fixed-state": fixed_state,
    "bytes-cross": bytes_cross,
    "linear": linear,
    "optimizes-attention": optimizes_attention,
    "one-pass": one_pass,
    "flat-time": flat_time,
    "attention-grows": attention_grows,
    "times-cross": times_cross,
    "hybrid-keeps": hybrid_keeps,
    "attention-recalls": attention_recalls,
    "state-forgets": state_forgets,
    "early-token": early_token,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Time a token over the context, then bytes, then what is remembered."""
    labels = {key: text[lang] for key, text in words.words.items()}
    (short, long), (few, many) = result.lengths, result.caches
    sizes = [
        (result.mamba, byte_size(result.states[0].total), byte_size(result.states[1].total)),
        (result.attention, byte_size(few.total), byte_size(many.total)),
    ]
    sizes += [(result.hybrid.model, "", f"{byte_size(result.hybrid.kept.total)} (T={result.hybrid.tokens})")]
    recalls = [
        (memory.model, byte_size(memory.kept.total), *(f"{one.right:.0%}" for one in memory.recalls), _seeds_of(memory))
        for memory in result.remember
    ]
    pairs = [f"N={one.pairs}" for one in result.remember[0].recalls]
    crossing = f"{labels['crossing']}: {result.crossing:,.0f}" if result.crossing else ""
    return Group(
        terminal.curves(
            curves(result, labels), x_label=labels["context"], y_label=labels["time"], log_x=True, height=10
        ),
        Text(crossing),
        terminal.table((labels["keeps"], f"T={short}", f"T={long}"), sizes),
        "",
        terminal.table((labels["recall"], labels["memory"], *pairs, labels["seeds"]), recalls),
        "",
        terminal.curves(places(result, labels), x_label=labels["place"], y_label=labels["right"], height=8),
    )


def _seeds_of(memory: Memory) -> str:
    return "/".join(f"{100 * one[-1]:.0f}" for one in memory.seeds) + "%"


def curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds a token over the context."""
    times = result.times
    flat = [1e3 * times.mamba[0]] + [1e3 * times.mamba[1]] * (len(times.lengths) - 1)
    return [
        terminal.Series("Mamba", times.lengths, flat),
        terminal.Series(labels["attention"], times.lengths, [1e3 * one for one in times.attention]),
    ]


def places(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent right over the place of the pair, in the longest text; neighbours averaged."""
    names, made = (labels["attention"], "Mamba d=32", "Mamba d=64"), []
    for name, memory in zip(names, result.remember, strict=True):
        found = memory.recalls[-1].by_place
        spans = [(i, found[i : i + 4]) for i in range(0, len(found) - 4, 4)] + [
            (len(found) - 4, found[-4:-1]),
            (len(found) - 1, found[-1:]),
        ]
        made.append(
            terminal.Series(name, [1 + i + (len(s) - 1) / 2 for i, s in spans], [100 * fmean(s) for _, s in spans])
        )
    return made


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Time over the context, and what is remembered by place."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (time, recall) = plots.blank(words.title[lang], panels=2)
    plots.draw(time, curves(result, labels), x_label=labels["context"], y_label=labels["time"], log_x=True, log_y=True)
    plots.draw(recall, places(result, labels), x_label=labels["place"], y_label=labels["right"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
