"""What is measured of two models of texts of four letters, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what each model says of it."""

    text: str
    causal: float
    pseudo: float
    """exp of the pseudo-log-likelihood of the masked model."""
    in_order: tuple[float, float]
    """The smallest and the largest probability of being filled in, over all orders."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; sums go over all texts that could be written."""

    device: str
    dtype: str
    model: str
    masked: str
    texts: int
    true: int
    """So many of them occur."""
    passes: int
    """Of the masked model, a text."""
    step_gap: float
    """Of log p in nats: every step's added up against one pass, the largest of all texts."""
    causal_sum: float
    pseudo_sum: float
    order_sums: tuple[float, float]
    """The smallest and the largest over all orders."""
    orders: int
    order_true: float
    """Probability of the true texts, from left to right."""
    order_gap: float
    """The largest difference between two orders, in nats, of the log-probability of any text."""
    true_order_gap: float
    """The same of the texts that occur."""
    examples: tuple[Example, ...]


def one_pass(r: Result) -> Finding:
    finding = exactly(r.dtype, r.step_gap <= 10 * ROUNDING, f"max|Δ| {r.step_gap:.1e} ≤ {10 * ROUNDING:g}")
    return finding._replace(figures={"gap": f"{r.step_gap:.0e}"})


def sums_to_one(r: Result) -> Finding:
    finding = exactly(r.dtype, abs(r.causal_sum - 1) <= ROUNDING, f"Σp ({r.texts}) = {r.causal_sum:.6f}")
    return finding._replace(figures={"sum": f"{r.causal_sum:.5f}", "texts": str(r.texts)})


def pseudo(r: Result) -> Finding:
    figures = {"sum": f"{r.pseudo_sum:.1f}", "true": str(r.true)}
    return Finding(r.pseudo_sum >= 5, f"Σexp(pll) ({r.texts}) = {r.pseudo_sum:.2f} ≥ 5", figures=figures)


def no_generation(r: Result) -> Finding:
    """People would be right if filling masks one after another gave no distribution over texts."""
    low, high = r.order_sums
    generates = max(abs(low - 1), abs(high - 1)) <= ROUNDING and r.order_true >= 0.5
    shown = f"Σp {low:.6f}–{high:.6f} (n={r.orders}), {r.order_true:.0%} ✓"
    finding = exactly(r.dtype, not generates, f"{shown}, max|Δ log p| {r.order_gap:.2f}")
    largest = max((low, high), key=lambda value: abs(value - 1))
    figures = {"orders": str(r.orders), "sum": f"{largest:.4f}", "right": f"{r.order_true:.0%}"}
    return finding._replace(figures=figures)


def order_matters(r: Result) -> Finding:
    """The order matters, and more where the model was not trained."""
    figures = {"gap": f"{r.order_gap:.1f}", "true": f"{r.true_order_gap:.2f}", "orders": str(r.orders)}
    shown = f"max|Δ log p| {r.order_gap:.2f} > {r.true_order_gap:.3f} nat (n={r.orders})"
    return Finding(r.order_gap >= 0.1 and r.order_gap > r.true_order_gap, shown, figures=figures)


CLAIMS = findings.claims(one_pass, sums_to_one, pseudo, no_generation, order_matters)
