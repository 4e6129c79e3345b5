"""What each claim says of a cache in blocks; without torch."""

from __future__ import annotations

from collections.abc import Mapping

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.paged_attention.result import SIZE, MemoryUse
from llmquiz.demos.paged_attention.result import Result as Result

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong key changes."""


def same_tokens(r: Result) -> Finding:
    mixed = r.mixed
    holds = mixed.equal == mixed.tokens and mixed.gap <= ROUNDING and mixed.handed_out > mixed.blocks
    measured = f"{mixed.equal}/{mixed.tokens}, max|Δ| {mixed.gap:.1e} ≤ {ROUNDING:g}"
    figures = {
        "equal": f"{mixed.equal}",
        "tokens": f"{mixed.tokens}",
        "requests": f"{mixed.requests}",
        "blocks": f"{mixed.blocks}",
        "handed": f"{mixed.handed_out}",
        "gap": f"{mixed.gap:.1g}",
    }
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def as_large(r: Result) -> Finding:
    return Finding(
        r.block_bytes == r.contiguous_bytes,
        f"{r.block_bytes:,} B = {r.contiguous_bytes:,} B (T={SIZE})",
        figures={"blocks": f"{r.block_bytes:,} B", "contiguous": f"{r.contiguous_bytes:,} B", "tokens": f"{SIZE}"},
    )


def reservation_wastes(r: Result) -> Finding:
    reserved, blocks = r.ways[0].share, r.ways[-1].share
    return Finding(
        reserved < 0.4 and blocks > 0.96,
        f"{reserved:.1%} < 40%, {blocks:.1%} > 96%",
        figures={"reserved": f"{reserved:.0%}", "blocks": f"{blocks:.0%}", "size": f"{SIZE}"},
    )


def less_than_a_block(r: Result) -> Finding:
    return Finding(
        all(use.served.worst < use.size for use in r.sizes),
        ", ".join(f"{use.served.worst} < {use.size}" for use in r.sizes),
        figures={
            "worst": " / ".join(f"{use.served.worst}" for use in r.sizes),
            "sizes": " / ".join(f"{use.size}" for use in r.sizes),
        },
    )


def block_size(r: Result) -> Finding:
    wasted = [1 - use.share for use in r.sizes]
    return Finding(
        wasted == sorted(wasted) and wasted[-1] > wasted[0],
        ", ".join(f"{use.size}: {1 - use.share:.1%}" for use in r.sizes),
        figures={
            "wasted": " / ".join(f"{share:.1%}" for share in wasted),
            "sizes": " / ".join(f"{use.size}" for use in r.sizes),
        },
    )


def fits_more(r: Result) -> Finding:
    return _more(r.ways[0], r.ways[-1], 2)


def beats_foresight(r: Result) -> Finding:
    return _more(r.ways[2], r.ways[-1], 1.2)


def raises_throughput(r: Result) -> Finding:
    finding = reaching(r.gain, 1.1)
    few, many = r.batches
    figures = {
        "few": f"{few}",
        "many": f"{many}",
        "before": f"{r.rates[0]:,.0f}",
        "after": f"{r.rates[1]:,.0f}",
        "times": f"{r.gain.value:.3g}",
    }
    return finding._replace(measured=f"{few} → {many}/step; {finding.measured}", figures=figures)


def shared_prefix(r: Result) -> Finding:
    s = r.shared
    counts = (s.blocks, s.positions) == (s.blocks_formula, s.positions_formula)
    holds = counts and s.equal == s.tokens and s.gap <= ROUNDING
    measured = f"{s.blocks} < {s.blocks_alone}, {s.positions} < {s.positions_alone}, {s.equal}/{s.tokens}"
    figures = {
        "blocks": f"{s.blocks}",
        "blocks_alone": f"{s.blocks_alone}",
        "positions": f"{s.positions}",
        "positions_alone": f"{s.positions_alone}",
        "equal": f"{s.equal}",
        "tokens": f"{s.tokens}",
    }
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def shared_fits(r: Result) -> Finding:
    return _more(*r.common, 1.2)


def _more(few: MemoryUse, many: MemoryUse, least: float) -> Finding:
    """So many times as many requests at once."""
    each = [b / a for a, b in zip(few.served.lives, many.served.lives, strict=True)]
    gain = many.served.live / few.served.live
    spread = f"n={len(each)}, {min(each):.3g}–{max(each):.3g}"
    return Finding(
        gain >= least,
        f"{few.served.live:.3g} → {many.served.live:.3g}: ×{gain:.3g} ({spread}) ≥ {least:g}",
        figures=_at_once(few, many),
    )


def _at_once(few: MemoryUse, many: MemoryUse) -> Mapping[str, str]:
    """Requests at once in two ways, and how many times as many."""
    gain = many.served.live / few.served.live
    return {"few": f"{few.served.live:.0f}", "many": f"{many.served.live:.0f}", "times": f"{gain:.2g}"}


def copy_on_write(r: Result) -> Finding:
    s = r.samples
    holds = s.copies == s.samples - 1 and s.equal == s.tokens and s.gap <= ROUNDING
    measured = f"{s.copies} = {s.samples} − 1, {s.equal}/{s.tokens}, {s.blocks} < {s.blocks_alone}"
    figures = {
        "samples": f"{s.samples}",
        "copies": f"{s.copies}",
        "blocks": f"{s.blocks}",
        "alone": f"{s.blocks_alone}",
        "equal": f"{s.equal}",
        "tokens": f"{s.tokens}",
    }
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def only_beginnings(r: Result) -> Finding:
    o = r.other
    holds = o.found_again == o.blocks and o.found_behind_another == 0 and o.gap_if_shared > ROUNDING
    measured = f"{o.found_again}/{o.blocks}, {o.found_behind_another}/{o.blocks}; max|Δ| {o.gap_if_shared:.2g}"
    figures = {
        "again": f"{o.found_again}",
        "blocks": f"{o.blocks}",
        "another": f"{o.found_behind_another}",
        "gap": f"{o.gap_if_shared:.0%}",
    }
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def no_gain_when_full(r: Result) -> Finding:
    few, many = (use.served.live for use in r.full)
    measured = f"{few:.3g} → {many:.3g} (×{many / few:.3g} ≤ 1.1)"
    return Finding(many <= 1.1 * few, measured, figures=_at_once(*r.full))


CLAIMS = findings.claims(
    same_tokens,
    as_large,
    reservation_wastes,
    less_than_a_block,
    block_size,
    fits_more,
    beats_foresight,
    raises_throughput,
    shared_prefix,
    shared_fits,
    copy_on_write,
    only_beginnings,
    no_gain_when_full,
)
