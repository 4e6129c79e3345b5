"""What is measured of reading and writing, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio, Times, three_figures
from llmquiz.demos.lab.results import Passes

CLASSES = 4
LABEL = 2
"""Tokens of a label; it takes both to tell four labels apart."""
LEARNED, CHANCE = 0.9, 1 / CLASSES
PROMPT, NEW = 16, 16
"""Tokens of the text that a masked language model writes."""
ROUNDING = 1e-5
"""Relative: the same products in another order."""


@dataclass(frozen=True, slots=True)
class AtLength:
    """A text of so many tokens, read by either model and written by the decoder."""

    tokens: int
    encode: Varies[Times]
    decoder_reads: Varies[Ratio]
    """Over the encoder's pass."""
    writes: Varies[Ratio]
    """Over the encoder's pass."""
    write: Varies[Times]


@dataclass(frozen=True, slots=True)
class AtBatch:
    """So many texts at once."""

    batch: int
    encode_rate: Varies[float]
    """Tokens a second."""
    write_rate: Varies[float]
    step: Varies[float]
    """Seconds until every text has its next token: what one reader waits."""


@dataclass(frozen=True, slots=True)
class Batching:
    """What a batch is worth."""

    tokens: int
    """Of each text."""
    sizes: tuple[AtBatch, ...]
    write_gain: Varies[Ratio]
    """Tokens a second of the largest batch over those of a single text."""
    encode_gain: Varies[Ratio]
    gap_closed: Varies[Ratio]
    """How much more writing gains than reading."""


@dataclass(frozen=True, slots=True)
class Accuracies:
    """Share of new texts put into the right class of four."""

    encoder_first: float
    """A linear head on the encoder's first state, where BERT has [CLS]."""
    decoder_last: float
    decoder_first: float
    label: float
    """The right label written, token by token."""
    label_calls: int
    """Passes that writing one label takes."""


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
    text: str
    """That text; "" where its tokens are random."""
    written: str
    """What the decoder wrote after the first token of it; "" likewise."""
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


def same_positions(r: Result) -> Finding:
    holds = (r.encoding, r.reading, r.writing) == (Passes(1, r.tokens), Passes(1, r.tokens), Passes(r.tokens, r.tokens))
    shown = " / ".join(map(_each, (r.encoding, r.reading, r.writing)))
    figures = {
        "n": f"{r.tokens}",
        "encode": f"{r.encoding.calls}",
        "read": f"{r.reading.calls}",
        "write": f"{r.writing.calls}",
        "positions": f"{r.writing.positions}",
    }
    return Finding(holds, f"{shown} (n={r.tokens})", figures=figures)


def _each(passes: Passes) -> str:
    """Calls, and the positions of one."""
    return f"{passes.calls} × {passes.positions // max(passes.calls, 1)}"


def writing_is_slow(r: Result) -> Finding:
    longest = r.lengths[-1]
    return reaching(longest.writes, 3)._replace(figures={"n": f"{longest.tokens}", "times": _times(longest.writes)})


def _times(times: Ratio) -> str:
    return three_figures(float(f"{times.value:.2g}"))


def encoder_reads_faster(r: Result) -> Finding:
    """It would be faster by half or more."""
    times = r.lengths[-1].decoder_reads
    holds = times.reaches(1.5)
    figures = {"n": f"{r.lengths[-1].tokens}", "times": _times(times)}
    return unless_noisy(holds, f"{times} < 1.5, n={r.lengths[-1].tokens}")._replace(figures=figures)


def grows_by_token(r: Result) -> Finding:
    longer = r.lengths[-1].tokens / r.lengths[0].tokens
    finding = reaching(r.growth, 0.6 * longer)
    figures = {"longer": f"{longer:g}", "times": _times(r.growth)}
    return finding._replace(measured=f"n ×{longer:g}: {finding.measured}", figures=figures)


def batch_helps_writing(r: Result) -> Finding:
    finding = reaching(r.batching.write_gain, 3 if r.own_model else 1.5)
    batch = r.batching.sizes[-1].batch
    figures = {"batch": f"{batch}", "times": _times(r.batching.write_gain)}
    return finding._replace(measured=f"B={batch}: {finding.measured}", figures=figures)


def batch_closes_the_gap(r: Result) -> Finding:
    finding = reaching(r.batching.gap_closed, 1.5)
    gains = f"×{r.batching.write_gain.value:.3g} / ×{r.batching.encode_gain.value:.3g}"
    figures = {
        "batch": f"{r.batching.sizes[-1].batch}",
        "write": _times(r.batching.write_gain),
        "encode": _times(r.batching.encode_gain),
    }
    return finding._replace(measured=f"{gains}: {finding.measured}", figures=figures)


def no_generation_needed(r: Result) -> Finding:
    accuracy = r.accuracies.encoder_first
    return Finding(
        r.encoding.calls == 1 and accuracy >= LEARNED,
        f"{accuracy:.1%} ≥ {LEARNED:.0%}, 1 ×",
        figures={"right": f"{accuracy:.0%}", "chance": f"{CHANCE:.0%}"},
    )


def last_state(r: Result) -> Finding:
    accuracy = r.accuracies.decoder_last
    return Finding(
        r.reading.calls == 1 and accuracy >= LEARNED,
        f"{accuracy:.1%} ≥ {LEARNED:.0%}, 1 ×",
        figures={"right": f"{accuracy:.0%}", "chance": f"{CHANCE:.0%}"},
    )


def first_state(r: Result) -> Finding:
    encoder, decoder = r.accuracies.encoder_first, r.accuracies.decoder_first
    holds = decoder <= CHANCE + 0.1 and encoder >= LEARNED
    figures = {"decoder": f"{decoder:.0%}", "encoder": f"{encoder:.0%}", "chance": f"{CHANCE:.0%}"}
    return Finding(holds, f"{decoder:.1%} ≈ 1/{CLASSES}; {encoder:.1%}", figures=figures)


def label_written(r: Result) -> Finding:
    accuracy, calls = r.accuracies.label, r.accuracies.label_calls
    figures = {"right": f"{accuracy:.0%}", "passes": f"{calls}", "chance": f"{CHANCE:.0%}"}
    return Finding(accuracy >= LEARNED and calls == LABEL, f"{accuracy:.1%} ≥ {LEARNED:.0%}, {calls} ×", "", figures)


def label_is_a_head(r: Result) -> Finding:
    holds = r.head_gap <= ROUNDING
    figures = {"gap": f"{r.head_gap:.0e}" if r.head_gap else "0"}
    if not r.own_model and not holds:
        return Finding(None, f"max|Δ| {r.head_gap:.1e}", "other-head", figures)
    return exactly(r.dtype, holds, f"max|Δ| {r.head_gap:.1e} ≤ {ROUNDING:g}")._replace(figures=figures)


def cannot_generate(r: Result) -> Finding:
    """It can, if every open token gets written; what it costs is shown beside."""
    shown = f"{r.unmasking_written}/{NEW}: {_each(r.unmasking)} = {r.unmasking.positions}"
    figures = {
        "written": f"{r.unmasking_written}",
        "new": f"{NEW}",
        "passes": f"{r.unmasking.calls}",
        "positions": f"{r.unmasking.positions}",
        "cached": f"{PROMPT + NEW - 1}",
    }
    return Finding(r.unmasking_written < NEW, f"{shown} vs {PROMPT + NEW - 1}", figures=figures)


CLAIMS = findings.claims(
    same_positions,
    writing_is_slow,
    encoder_reads_faster,
    grows_by_token,
    batch_helps_writing,
    batch_closes_the_gap,
    no_generation_needed,
    last_state,
    first_state,
    label_written,
    label_is_a_head,
    cannot_generate,
)
