"""Encoding against generating: one pass over a text, or a pass for every token; and three ways to classify."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType

from llmquiz.demos.encode_vs_generate import classifiers
from llmquiz.demos.encode_vs_generate.classifiers import CLASSES, LABEL, Accuracies
from llmquiz.demos.lab import passes, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.quantities import Ratio, Times, duration, ratio
from llmquiz.demos.lab.results import AtLength, Batching, Passes
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-5
"""Relative: the same products in another order."""
LEARNED, CHANCE = 0.9, 1 / CLASSES
PROMPT, NEW = 16, 16
"""Of the text that a masked language model writes."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    encoder: str
    decoder: str
    own_model: bool
    """False where --model put a checkpoint in the decoder's place."""
    tokens: int
    """Of the text for which passes were counted."""
    encoding: Passes
    reading: Passes
    """The decoder's, of a text that is there already."""
    writing: Passes
    lengths: tuple[AtLength, ...]
    growth: Varies[Ratio]
    """Seconds of writing the longest text over the shortest."""
    batching: Batching
    accuracies: Accuracies
    first_state_percent: float
    """Texts classified rightly from the decoder's first state."""
    head_gap: float
    """Of the logits of a label's tokens from a linear classifier on the last state."""
    classify: Varies[tuple[Times, Times, Times]]
    """One text: by the encoder, by the decoder's last state, by a written label."""
    unmasking: Passes
    unmasking_positions: int
    unmasking_written: int


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress, model: str | None = None) -> Result:
    """Count passes, time reading and writing by length and by batch, then learn one task in three ways."""
    decoder, encoder = _pair(model, device, dtype)
    own, rounds = model is None, 4 if quick else 5
    lengths, batches = ((32, 128), (1, 32)) if quick else ((16, 32, 64, 128), (1, 4, 16, 64))
    if model:
        lengths, batches, rounds = (16, 64), (1, 8), 3
    at = passes.at_lengths(encoder, decoder, lengths, rounds, own=own, device=device)
    progress(0.4)
    batching = passes.batching(encoder, decoder, 16, batches, rounds, own=own, device=device)
    progress(0.6)
    found = classifiers.accuracies(seed, device, part(progress, 0.6, 0.95))
    ids = tiny.random_tokens(decoder, 1, 64, seed=seed)
    masked = tiny.bert(head=True, device=device, dtype=dtype)
    prompt, n = tiny.random_tokens(masked, 1, PROMPT, seed=seed), ids.shape[1]
    written: list[Any] = []
    unmasking = passes.passes(masked, lambda: written.append(passes.unmasked(masked, prompt, NEW)))
    classify = passes.three_ways(encoder, decoder, lengths[-1], LABEL, rounds, device=device)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        encoder=tiny.describe(encoder),
        decoder=tiny.describe(decoder),
        own_model=own,
        tokens=n,
        encoding=passes.passes(encoder, passes.reader(encoder, 1, n)),
        reading=passes.passes(decoder, passes.reader(decoder, 1, n)),
        writing=passes.passes(decoder, passes.writer(decoder, 1, n, own=False)),
        lengths=at,
        growth=ratio(at[-1].write, at[0].write),
        batching=batching,
        accuracies=found,
        first_state_percent=100 * found.decoder_first,
        head_gap=passes.head_gap(decoder, ids, ids[0, :CLASSES]),
        classify=(classify["encoder"], classify["state"], classify["label"]),
        unmasking=unmasking,
        unmasking_positions=unmasking.positions,
        unmasking_written=int((written[0] != passes.MASK).sum()),
    )


def _pair(name: str | None, device: str, dtype: str) -> tuple[Any, Any]:
    """Decoder and encoder of the same width and depth."""
    if name is None:
        return tiny.llama(device=device, dtype=dtype), tiny.bert(device=device, dtype=dtype)
    decoder = load_checkpoint(name, "decoder", device=device, dtype=dtype).model
    return decoder, passes.encoder_like(decoder, device=device, dtype=dtype)


def same_positions(r: Result) -> Finding:
    holds = (r.encoding, r.reading, r.writing) == (Passes(1, r.tokens), Passes(1, r.tokens), Passes(r.tokens, r.tokens))
    shown = " / ".join(
        f"{one.calls} × {one.positions // max(one.calls, 1)}" for one in (r.encoding, r.reading, r.writing)
    )
    return Finding(holds, f"{shown} (n={r.tokens})")


def writing_is_slow(r: Result) -> Finding:
    return reaching(r.lengths[-1].writes, 3)


def encoder_reads_faster(r: Result) -> Finding:
    """It would be faster by half or more."""
    times = r.lengths[-1].decoder_reads
    holds = times.reaches(1.5)
    return Finding(holds, f"{times} < 1.5, n={r.lengths[-1].tokens}", "" if holds is not None else "too-noisy")


def grows_by_token(r: Result) -> Finding:
    more = r.lengths[-1].tokens / r.lengths[0].tokens
    finding = reaching(r.growth, 0.6 * more)
    return finding._replace(measured=f"n ×{more:g}: {finding.measured}")


def batch_helps_writing(r: Result) -> Finding:
    finding = reaching(r.batching.write_gain, 3 if r.own_model else 1.5)
    return finding._replace(measured=f"B={r.batching.sizes[-1].batch}: {finding.measured}")


def batch_closes_the_gap(r: Result) -> Finding:
    finding = reaching(r.batching.gap_closed, 1.5)
    gains = f"×{r.batching.write_gain.value:.3g} / ×{r.batching.encode_gain.value:.3g}"
    return finding._replace(measured=f"{gains}: {finding.measured}")


def no_generation_needed(r: Result) -> Finding:
    accuracy = r.accuracies.encoder_first
    return Finding(r.encoding.calls == 1 and accuracy >= LEARNED, f"{accuracy:.1%} ≥ {LEARNED:.0%}, 1 ×")


def last_state(r: Result) -> Finding:
    accuracy = r.accuracies.decoder_last
    return Finding(r.reading.calls == 1 and accuracy >= LEARNED, f"{accuracy:.1%} ≥ {LEARNED:.0%}, 1 ×")


def first_state(r: Result) -> Finding:
    encoder, decoder = r.accuracies.encoder_first, r.accuracies.decoder_first
    holds = decoder <= CHANCE + 0.1 and encoder >= LEARNED
    return Finding(holds, f"{decoder:.1%} ≈ 1/{CLASSES}; {encoder:.1%}")


def label_written(r: Result) -> Finding:
    accuracy, calls = r.accuracies.label, r.accuracies.label_calls
    return Finding(accuracy >= LEARNED and calls == LABEL, f"{accuracy:.1%} ≥ {LEARNED:.0%}, {calls} ×")


def label_is_a_head(r: Result) -> Finding:
    holds = r.head_gap <= ROUNDING
    if not r.own_model and not holds:
        return Finding(None, f"max|Δ| {r.head_gap:.1e}", "other-head")
    return exactly(r.dtype, holds, f"max|Δ| {r.head_gap:.1e} ≤ {ROUNDING:g}")


def cannot_generate(r: Result) -> Finding:
    """It can, if every open token gets written; what it costs is shown beside."""
    one = r.unmasking
    shown = f"{r.unmasking_written}/{NEW}: {one.calls} × {one.positions // max(one.calls, 1)}"
    return Finding(r.unmasking_written < NEW, f"{shown} = {one.positions} vs {PROMPT + NEW - 1}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-positions": same_positions,
    "writing-is-slow": writing_is_slow,
    "encoder-reads-faster": encoder_reads_faster,
    "grows-by-token": grows_by_token,
    "batch-helps-writing": batch_helps_writing,
    "batch-closes-the-gap": batch_closes_the_gap,
    "no-generation-needed": no_generation_needed,
    "last-state": last_state,
    "first-state": first_state,
    "label-written": label_written,
    "label-is-a-head": label_is_a_head,
    "cannot-generate": cannot_generate,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Seconds over the length, then by batch, then the three classifiers."""
    labels = {key: text[lang] for key, text in words.words.items()}
    times = terminal.curves(
        _lengths(result, labels), x_label=labels["tokens"], y_label=labels["ms"], log_x=True, log_y=True
    )
    sizes = [
        (
            f"{one.batch}",
            f"{one.encode_rate:,.0f}",
            f"{one.write_rate:,.0f}",
            duration(one.step),
            f"{one.encode_rate / one.write_rate:.3g}",
        )
        for one in result.batching.sizes
    ]
    found, seconds = result.accuracies, [one.median for one in result.classify]
    ways = [
        (labels["by-encoder"], f"{found.encoder_first:.0%}", "1", duration(seconds[0])),
        (labels["by-last"], f"{found.decoder_last:.0%}", "1", duration(seconds[1])),
        (labels["by-first"], f"{found.decoder_first:.0%}", "1", duration(seconds[1])),
        (labels["by-label"], f"{found.label:.0%}", f"{found.label_calls}", duration(seconds[2])),
    ]
    return Group(
        f"{result.encoder}\n{result.decoder}",
        "",
        times,
        "",
        terminal.table(
            (labels["batch"], labels["read-rate"], labels["write-rate"], labels["step"], labels["gap"]), sizes
        ),
        "",
        terminal.table((labels["classify"], labels["right"], labels["passes"], labels["time"]), ways),
    )


def _lengths(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    tokens = [one.tokens for one in result.lengths]
    encode = [1e3 * one.encode.median for one in result.lengths]
    return [
        terminal.Series(labels["encodes"], tokens, encode),
        terminal.Series(
            labels["reads"],
            tokens,
            [e * one.decoder_reads.value for e, one in zip(encode, result.lengths, strict=True)],
        ),
        terminal.Series(labels["writes"], tokens, [1e3 * one.write.median for one in result.lengths]),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Seconds over the length, and tokens a second over the batch."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    plots.draw(left, _lengths(result, labels), x_label=labels["tokens"], y_label=labels["ms"], log_x=True, log_y=True)
    batches = [one.batch for one in result.batching.sizes]
    rates = [
        terminal.Series(labels["encodes"], batches, [one.encode_rate for one in result.batching.sizes]),
        terminal.Series(labels["writes"], batches, [one.write_rate for one in result.batching.sizes]),
    ]
    plots.draw(right, rates, x_label=labels["batch"], y_label=labels["rate"], log_x=True, log_y=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
