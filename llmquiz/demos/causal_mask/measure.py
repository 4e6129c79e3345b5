"""The causal mask: what it hides, what it leaves open, and the code that makes it or breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from rich.console import Group, RenderableType
from rich.text import Text
from torch import Tensor

from llmquiz.demos.causal_mask.influence import Influence, Swap, maps_of, swaps_of
from llmquiz.demos.lab import masks, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.results import Late, MaskCode, OnePass, Weights
from llmquiz.demos.lab.run import Progress
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong token changes."""
SHORT = 10
"""Tokens of the text whose every token is changed in turn: three maps of it fit side by side."""
SIZE = 100
"""Rows of the masks that are looked at by themselves."""


def causal_mask(L: int) -> Tensor:
    """What is added to the scores before the softmax: 0 for j ≤ i, −∞ for j > i; shape (L, L)."""
    return torch.full((L, L), float("-inf")).triu(1)


def sheet_mask(L: int) -> Tensor:
    """The line of many interview sheets, in which 0 · −∞ gives NaN; shape (L, L)."""
    inf = float("inf")  # a bare `inf` is not a name in Python
    return torch.triu(torch.ones(L, L), diagonal=1) * -inf


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    own_model: bool
    """False where --model put a checkpoint in the decoder's place."""
    pairs_decoder: int
    """Pairs of a changed token and an output that moved, of a text of SHORT tokens."""
    pairs_encoder: int
    pairs_without_mask: int
    nan_entries: int
    """In the sheet's mask of SIZE rows."""
    maps: tuple[Influence, ...]
    swaps: tuple[Swap, ...]
    weights: Weights
    sheet_code: MaskCode
    right_code: MaskCode
    blind_rows: int
    """NaN rows where the diagonal is masked as well."""
    late: Late
    one_pass: OnePass


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress, model: str | None = None) -> Result:
    """Change tokens and see what moves, then look at the weights and at the mask itself."""
    settings = {"device": device, "dtype": dtype}
    llama, encoder, both = tiny.llama(init=0.2, **settings), tiny.bert(**settings), tiny.t5(**settings)
    eager, gpt2 = tiny.llama(attention="eager", **settings), tiny.gpt2(**settings)
    given = load_checkpoint(model, "decoder", device=device, dtype=dtype, attention="eager").model if model else None
    ids = tiny.random_tokens(given or eager, 1, 16, seed=seed)
    weights = masks.weights_of(given or eager, ids)
    decoders = (given, gpt2) if given else (llama, eager, gpt2)
    progress(0.1)
    maps = maps_of(given or llama, llama, encoder, both, SHORT, seed)
    progress(0.4)
    swaps = swaps_of(decoders, encoder, both, 32 if quick else 64, seed)
    progress(0.6)
    words = tiny.random_tokens(given or llama, 1, 24 if quick else 48, seed=seed)
    one_pass = masks.one_pass(given or llama, words)
    progress(0.9)
    ids = tiny.random_tokens(llama, 1, 16, seed=seed)
    sheet, right = (masks.tried(code, SIZE, llama, ids, seed) for code in (sheet_mask, causal_mask))
    pairs = {one.name: one.pairs for one in maps}
    result = Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(given or llama),
        own_model=given is None,
        pairs_decoder=pairs["decoder"],
        pairs_encoder=pairs["encoder"],
        pairs_without_mask=pairs["without-mask"],
        nan_entries=sheet.nan_entries,
        maps=maps,
        swaps=swaps,
        weights=weights,
        sheet_code=sheet,
        right_code=right,
        blind_rows=masks.nan_rows(torch.full((SIZE, SIZE), float("-inf")).triu(0), seed),
        late=masks.late(causal_mask(SHORT), seed),
        one_pass=one_pass,
    )
    progress(1.0)
    return result


def _map(r: Result, name: str) -> Influence:
    return next(one for one in r.maps if one.name == name)


def _of(r: Result, *sides: str) -> list[Swap]:
    return [one for one in r.swaps if one.side in sides]


def earlier_unmoved(r: Result) -> Finding:
    found = _of(r, "decoder", "decoder-side")
    furthest = max(one.furthest for one in found)
    measured = f"{sum(one.before for one in found)}/{sum(one.changed for one in found)}, max|Δ| {furthest:.1e} = 0"
    if not r.own_model and 0 < furthest <= ROUNDING:
        return Finding(None, measured, "only-rounding")
    return exactly(r.dtype, furthest == 0, measured)


def up_to_itself(r: Result) -> Finding:
    one = _map(r, "decoder")
    expected = SHORT * (SHORT + 1) // 2
    holds = one.pairs == expected and max(one.future) == 0
    return exactly(r.dtype, holds, f"{one.pairs}/{SHORT**2} = n(n+1)/2, min|Δ| {min(one.past):.2g}σ")


def encoder_moves(r: Result) -> Finding:
    maps = [_map(r, "encoder"), _map(r, "encoder-side")]
    least = min(min(one.future) for one in maps)
    holds = all(one.pairs == SHORT**2 for one in maps) and all(s.before == s.changed for s in _sees_all(r))
    return exactly(r.dtype, holds, f"{maps[0].pairs} + {maps[1].pairs} = 2n² = {2 * SHORT**2}, min|Δ| {least:.2g}σ")


def _sees_all(r: Result) -> list[Swap]:
    return _of(r, "encoder", "encoder-side")


def decoder_side(r: Result) -> Finding:
    own, across = _map(r, "decoder-side"), _map(r, "across")
    holds = own.pairs == SHORT * (SHORT + 1) // 2 and across.pairs == SHORT**2
    return exactly(r.dtype, holds, f"T→T {own.pairs}/{SHORT**2}, S→T {across.pairs}/{SHORT**2}")


def no_peeking(r: Result) -> Finding:
    """The token to be predicted stands right above the diagonal."""
    hidden, shown = (_peeks(_map(r, name)) for name in ("decoder", "without-mask"))
    return exactly(r.dtype, hidden == 0 and shown == SHORT - 1, f"{hidden}/{SHORT - 1}, −mask: {shown}/{SHORT - 1}")


def _peeks(one: Influence) -> int:
    return sum(row[i + 1] > 0 for i, row in enumerate(one.change[:-1]))


def zero_weight(r: Result) -> Finding:
    w = r.weights
    measured = f"max {w.future:.1e} = 0, max|Σ−1| {w.sum_error:.1e} (L={w.layers}, H={w.heads})"
    return exactly(r.dtype, w.future == 0 and w.sum_error <= 1e-5, measured)


def only_earlier(r: Result) -> Finding:
    itself = r.weights.itself
    seen = sum(weight > 0 for weight in itself)
    return Finding(seen == 0, f"w(i,i) > 0: {seen}/{len(itself)}, w(0,0) = {itself[0]:.3g}")


def sheet_code(r: Result) -> Finding:
    return Finding(r.sheet_code.nan_entries == r.sheet_code.nan_logits == 0, _nans(r.sheet_code))


def right_code(r: Result) -> Finding:
    holds = r.right_code.nan_entries == r.right_code.nan_logits == 0 and r.right_code.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{_nans(r.right_code)}, max|Δ| {r.right_code.gap:.1e}")


def _nans(code: MaskCode) -> str:
    return (
        f"NaN: {code.nan_entries:,}/{code.size**2:,}, softmax {code.nan_rows}/{code.size}, "
        f"logits {code.nan_logits:,}/{code.logits:,}"
    )


def blind_row(r: Result) -> Finding:
    return Finding(r.blind_rows == 1, f"NaN: {r.blind_rows}/{SIZE}")


def too_late(r: Result) -> Finding:
    late = r.late
    measured = f"{late.moved_after}/{late.rows} ≠ {late.moved_before}/{late.rows}, min Σ = {late.smallest_sum:.2g}"
    return Finding(late.moved_after == late.rows and late.moved_before == 0, measured)


def prefixes_equal(r: Result) -> Finding:
    one = r.one_pass
    measured = f"max|Δ| {one.prefixes:.1e}, {one.steps:.1e} ≤ {ROUNDING:g} (T={one.length})"
    return exactly(r.dtype, max(one.prefixes, one.steps) <= ROUNDING, measured)


def same_inputs(r: Result) -> Finding:
    if not r.own_model:
        return Finding(None, f"{r.one_pass.same}/{r.one_pass.written}", "other-model")
    holds = r.one_pass.same == r.one_pass.written
    return Finding(holds, f"{r.one_pass.same}/{r.one_pass.written}, max|Δ| {r.one_pass.astray:.2g}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "earlier-unmoved": earlier_unmoved,
    "up-to-itself": up_to_itself,
    "only-earlier": only_earlier,
    "encoder-moves": encoder_moves,
    "decoder-side": decoder_side,
    "no-peeking": no_peeking,
    "zero-weight": zero_weight,
    "sheet-code": sheet_code,
    "right-code": right_code,
    "blind-row": blind_row,
    "too-late": too_late,
    "prefixes-equal": prefixes_equal,
    "same-inputs": same_inputs,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Six maps of who moves whom, and the longer text."""
    labels = {key: text[lang] for key, text in words.words.items()}
    maps = [terminal.heat(_seen(one), title=terminal.cut(labels[one.name], 24), top=1) for one in result.maps]
    rows = [
        (f"{one.model} ({one.attention})", labels[one.side], f"{one.before}/{one.changed}", f"{one.furthest:.1e}")
        for one in result.swaps
    ]
    header = (labels["swapped"], labels["side"], labels["moved"], labels["furthest"])
    return Group(
        Text(f"{labels['decoder']}: {result.model}"),
        Text(labels["maps"]),
        "",
        terminal.side_by_side(*maps[:3], gap=2),
        "",
        terminal.side_by_side(*maps[3:], gap=2),
        "",
        terminal.table(header, rows),
    )


def _seen(one: Influence) -> list[list[float]]:
    """Black where the output moved, however far: the size of a move says little in a random model."""
    return [[float(value > 0) for value in row] for row in one.change]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """How far each output moves in the decoder, in the encoder, and in the decoder without its mask."""
    labels = {key: text[lang] for key, text in words.words.items()}
    chosen = [_map(result, name) for name in ("decoder", "encoder", "without-mask")]
    made, panels = plots.blank(words.title[lang], panels=3)
    for axes, one in zip(panels, chosen, strict=True):
        furthest = max(max(row) for row in one.change)
        shades = [[0.25 + 0.75 * value / furthest if value > 0 else 0 for value in row] for row in one.change]
        axes.imshow(shades, cmap="Greys", vmin=0, vmax=1, extent=(0.5, SHORT + 0.5, SHORT + 0.5, 0.5))
        axes.set_title(f"{labels[one.name]}\n{one.pairs}/{SHORT**2}")
        axes.set_xlabel(labels["changed"])
        axes.set_ylabel(labels["looking"])
    made.supxlabel(labels["shades"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
