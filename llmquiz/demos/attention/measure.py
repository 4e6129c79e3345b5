"""Attention: one sentence through decoder, encoder and encoder–decoder; who sees whom, how evenly, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.demos.attention import patterns, word_order
from llmquiz.demos.attention.patterns import Attention, attentions, readers
from llmquiz.demos.attention.word_order import OneBlock, Shuffled, WordOrder
from llmquiz.demos.lab import plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly
from llmquiz.demos.lab.run import Progress
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SENTENCE = "the cat sat on the mat because it was warm"
ROUNDING = 1e-3
"""Relative to the largest output: far above what float32 loses here."""
MOVED = 1e-2
"""Likewise: far above rounding, and below what another order of the words changes."""
EVEN = 0.99
"""Of the largest entropy that a row can have."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    models: tuple[str, str, str]
    """Decoder, encoder, encoder–decoder."""
    given: str
    """The family whose model --model replaced, or ""."""
    tokens: tuple[tuple[str, ...], ...]
    """As each of the three reads the sentence."""
    pairs_decoder: int
    """Pairs of a position that looks and one that it sees."""
    pairs_encoder: int
    pairs_encoder_decoder: int
    percent_even: float
    """Mean entropy of attention in untrained models, of the most that it can be."""
    least_even: float
    """The same for the sharpest of their heads, as a share."""
    kinds: tuple[Attention, ...]
    one_block: OneBlock
    order: WordOrder


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    model: str | None = None,
    text: str | None = None,
) -> Result:
    """Read the sentence, look at all attention weights, then put the words into other orders."""
    settings = {"device": device, "dtype": dtype}
    text = SENTENCE if text is None else text
    found, given = readers(text, model, **settings)
    progress(0.3)
    kinds = attentions(found)
    pairs = {one.kind: one.pairs for one in kinds}
    ids = torch.tensor([patterns.numbered(patterns.words_of(text), tiny.VOCAB)], device=device)  # (1, n)
    mean, least = patterns.evenness_untrained(device, dtype, ids)
    progress(0.5)
    order = word_order.word_order(ids, 4 if quick else 10, seed, **settings)
    progress(0.9)
    result = Result(
        device=device,
        dtype=dtype,
        models=tuple(tiny.describe(one.model) for one in found.values()),  # type: ignore[arg-type]
        given=given,
        tokens=tuple(one.tokens for one in found.values()),
        pairs_decoder=pairs["decoder"],
        pairs_encoder=pairs["encoder"],
        pairs_encoder_decoder=pairs["source"] + pairs["target"] + pairs["cross"],
        percent_even=100 * mean,
        least_even=least,
        kinds=kinds,
        one_block=word_order.one_block(ids, seed, **settings),
        order=order,
    )
    progress(1.0)
    return result


def _kind(r: Result, kind: str) -> Attention:
    return next(one for one in r.kinds if one.kind == kind)


def _as_masked(r: Result, family: str, holds: bool, measured: str) -> Finding:
    """A checkpoint may mask more than its family does, with a sliding window for example."""
    if r.given == family and not holds:
        return Finding(None, measured, "other-mask")
    return exactly(r.dtype, holds, measured)


def decoder_mask(r: Result) -> Finding:
    one = _kind(r, "decoder")
    n = len(one.visible)
    holds = one.pairs == n * (n + 1) // 2 and one.future == 0
    return _as_masked(r, "decoder", holds, f"{one.pairs} = n(n+1)/2 (n={n})")


def encoder_mask(r: Result) -> Finding:
    n = len(_kind(r, "encoder").visible)
    return _as_masked(r, "encoder", r.pairs_encoder == n * n, f"{r.pairs_encoder} = n² (n={n})")


def encoder_decoder_mask(r: Result) -> Finding:
    source, target, cross = (_kind(r, kind) for kind in ("source", "target", "cross"))
    S, T = len(source.visible), len(target.visible)
    pairs = (source.pairs, target.pairs, cross.pairs)
    holds = pairs == (S * S, T * (T + 1) // 2, T * S) and target.future == 0
    measured = f"{pairs[0]} + {pairs[1]} + {pairs[2]} = S² + T(T+1)/2 + TS (S={S}, T={T})"
    return _as_masked(r, "encoder-decoder", holds, measured)


def same_block(r: Result) -> Finding:
    b = r.one_block
    holds = b.parameters_encoder == b.parameters_decoder and b.opened <= ROUNDING and b.masked > MOVED
    measured = f"{b.parameters_encoder:,} = {b.parameters_decoder:,}, max|Δ| {b.opened:.1e}, +mask: {b.masked:.2g}"
    return exactly(r.dtype, holds, measured)


def rows_sum(r: Result) -> Finding:
    furthest = max(one.sum_error for one in r.kinds)
    return exactly(r.dtype, furthest <= 1e-5, f"max|Σ−1| {furthest:.1e} ({len(r.kinds)} × softmax)")


def entropy_bound(r: Result) -> Finding:
    over = max(one.over_most for one in r.kinds)
    even = [value for one in r.kinds for row in one.evenness for value in row]
    holds = over <= 1e-5 and _kind(r, "decoder").visible[0] == 1
    return exactly(r.dtype, holds, f"H ≤ log₂ n_i; {min(even):.0%}–{max(even):.0%} (n={len(even)})")


def untrained_even(r: Result) -> Finding:
    return Finding(r.least_even >= EVEN, f"{r.percent_even:.1f} %, min {r.least_even:.1%} ≥ {EVEN:.0%}")


def bag_of_words(r: Result) -> Finding:
    return _order(r, r.order.encoder, moves=False)


def mask_tells_order(r: Result) -> Finding:
    return _order(r, r.order.decoder, moves=True)


def one_layer_blind(r: Result) -> Finding:
    return _order(r, r.order.one_layer, moves=False)


def source_bag(r: Result) -> Finding:
    return _order(r, r.order.source, moves=False)


def _order(r: Result, one: Shuffled, *, moves: bool) -> Finding:
    """Without positions; the words must be able to change places at all."""
    if r.order.orders == 0:
        return Finding(None, "0", "same-words")
    sign, limit = (">", MOVED) if moves else ("≤", ROUNDING)
    holds = one.without > limit if moves else one.without <= limit
    return exactly(r.dtype, holds, f"max|Δ| {one.without:.1e} {sign} {limit:g} (L={one.layers}, n={r.order.orders})")


def positions_tell(r: Result) -> Finding:
    if r.order.orders == 0:
        return Finding(None, "0", "same-words")
    moved = [one.with_positions for one in _shuffles(r)]
    return exactly(r.dtype, min(moved) > MOVED, f"max|Δ| {' '.join(f'{one:.2g}' for one in moved)} > {MOVED:g}")


def _shuffles(r: Result) -> tuple[Shuffled, ...]:
    return r.order.encoder, r.order.one_layer, r.order.decoder, r.order.source


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "decoder-mask": decoder_mask,
    "encoder-mask": encoder_mask,
    "encoder-decoder-mask": encoder_decoder_mask,
    "same-block": same_block,
    "rows-sum": rows_sum,
    "entropy-bound": entropy_bound,
    "untrained-even": untrained_even,
    "positions-tell": positions_tell,
    "bag-of-words": bag_of_words,
    "source-bag": source_bag,
    "one-layer-blind": one_layer_blind,
    "mask-tells-order": mask_tells_order,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The sentence, three maps of it, every head's evenness, and the words in another order."""
    labels = {key: text[lang] for key, text in words.words.items()}
    sentences = dict.fromkeys(" ".join(f"{i} {token} " for i, token in enumerate(one, 1)) for one in result.tokens)
    shuffled = [
        (labels[one.kind], one.model, str(one.layers), f"{one.with_positions:.1e}", f"{one.without:.1e}")
        for one in _shuffles(result)
    ]
    header = (labels["shuffled"], labels["model"], labels["layers"], labels["with"], labels["without"])
    return Group(
        Text("; ".join(result.models)),
        *(Text(sentence) for sentence in sentences),
        Text(labels["rows"]),
        "",
        *_maps(result, labels),
        "",
        Text(labels["evenness"]),
        _evenness(result, labels),
        "",
        terminal.table(header, shuffled),
    )


def _maps(result: Result, labels: Mapping[str, str]) -> Sequence[Table | Text]:
    """Side by side where they fit, else below each other, each row with its word."""
    drawn = []
    widest = max(len(tokens) for tokens in result.tokens)
    for (title, rows), tokens in zip(_pictures(result, labels), result.tokens, strict=True):
        room = 0 if widest <= _BESIDE else min(12, terminal.WIDTH - 4 - 2 * len(tokens))
        drawn.append(terminal.heat(rows, title=title, top=1, rows=tokens if room else (), labels=room))
    if widest <= _BESIDE:
        return [terminal.side_by_side(*drawn, gap=2)]
    return [part for one in drawn for part in (one, Text())][:-1]


_BESIDE = 10
"""Tokens of which three maps fit into 76 columns."""


def _pictures(result: Result, labels: Mapping[str, str]) -> list[tuple[str, list[list[float]]]]:
    """A title and the weights of each model's sharpest head, 1 being the largest of its row."""
    decoder, encoder = (_kind(result, kind) for kind in ("decoder", "encoder"))
    source, target, cross = (_kind(result, kind) for kind in ("source", "target", "cross"))
    # the encoder-decoder's two texts as one: the source sees itself, the target sees the source and its own past
    joint = [[*row, *[0.0] * len(target.weights)] for row in source.weights]
    joint += [[*across, *own] for across, own in zip(cross.weights, target.weights, strict=True)]
    titles = [f"{labels[one.kind]}, L{one.layer + 1} H{one.head + 1}" for one in (decoder, encoder)]
    maps = (decoder.weights, encoder.weights, joint)
    scaled = [[[_shade(value / max(row)) for value in row] for row in rows] for rows in maps]
    return list(zip((*titles, labels["encoder-decoder"]), scaled, strict=True))


def _shade(share: float) -> float:
    """Whatever is seen at all is drawn: blank is only what is masked."""
    return max(share, 0.01) if share > 0 else 0.0


def _evenness(result: Result, labels: Mapping[str, str]) -> RenderableType:
    """A row a layer (at most twelve of them), every head of up to six, else the least and the most."""
    depth = max(len(one.evenness) for one in result.kinds)
    chosen = range(depth) if depth <= 12 else [round(i * (depth - 1) / 11) for i in range(12)]
    rows = [(f"L{layer + 1}", *(_heads(one, layer) for one in result.kinds)) for layer in chosen]
    return terminal.table(("", *(labels[one.kind] for one in result.kinds)), rows)


def _heads(one: Attention, layer: int) -> str:
    if layer >= len(one.evenness):
        return ""
    percents = [int(100 * value) for value in one.evenness[layer]]
    if len(percents) > 6:
        return f"{min(percents)}–{max(percents)}"
    return " ".join(f"{value:2}" for value in percents)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The three maps, with the words at their edges."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, panels = plots.blank(words.title[lang], panels=3)
    for axes, (title, rows), tokens in zip(panels, _pictures(result, labels), result.tokens, strict=True):
        shades = [[0.15 + 0.85 * value if value else 0 for value in row] for row in rows]
        axes.imshow(shades, cmap="Greys", vmin=0, vmax=1)
        axes.set_title(title)
        names = tokens if "".join(tokens).isascii() or plots.installed_chinese_fonts() else range(1, len(tokens) + 1)
        axes.set_xticks(range(len(tokens)), names, rotation=90)
        axes.set_yticks(range(len(tokens)), names)
    made.supxlabel(labels["rows"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
