"""What the models get right, what an answer costs them, and whether written steps are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.chain_of_thought import language
from llmquiz.demos.chain_of_thought.language import SIGNS, SLOTS, WAYS, answers, asked, parities, right, tested, write
from llmquiz.demos.lab import shipped, training
from llmquiz.demos.lab.caching import counting
from llmquiz.errors import DemoError

LEARNT = 0.05
"""Mean loss of a token below which a model has learnt what it was asked, in nats; guessing costs 0.69."""
BEFORE = 5
"""Steps that stand already where bits are changed."""


@dataclass(frozen=True, slots=True)
class Way:
    """One model."""

    name: str
    by_bits: tuple[float, ...]
    """Share of rows answered right, of 1 bit, of 2, …"""
    passes: int
    """One after another, for a row of SLOTS bits."""
    positions: int
    """Computed in these passes together."""
    trained: int
    """Steps of the recipe."""
    rate: float
    """The learning rate that the sweep chose."""
    seeds: tuple[float, ...]
    """Share right of SLOTS bits, of each training in the card."""
    learnt: tuple[int, ...]
    """Steps of training after which the loss stayed below LEARNT, for each of them; 0 where it never did."""


def way(name: str, model: Any, most: int) -> Way:
    """Test a model, count its passes, read its card."""
    row = tested(SLOTS, 1)
    with counting(model.get_input_embeddings()) as fed:
        write(model, WAYS[name], row)
    card = shipped.card("chain-of-thought", name)
    return Way(
        name=name,
        by_bits=tuple(right(model, WAYS[name], bits, most) for bits in range(1, SLOTS + 1)),
        passes=len(fed),
        positions=sum(fed),
        trained=card["recipe"]["steps"],
        rate=card["recipe"]["rate"],
        seeds=tuple(run["figures"][f"n={SLOTS}"] for run in card["runs"]),
        learnt=tuple(learnt(run["losses"], run["steps"]) for run in card["runs"]),
    )


def learnt(losses: list[float], steps: int) -> int:
    """After so many steps the loss stayed below LEARNT; 0: never."""
    after = training.settled(losses, steps, LEARNT)
    return 0 if after == steps else after or 1


@dataclass(frozen=True, slots=True)
class Flips:
    """Share of rows of SLOTS bits whose answer changes when something is flipped before it."""

    step: tuple[float, ...]
    """One written step, the first, the second, …; the model goes on from there."""
    bit: tuple[float, ...]
    """One bit of the question, after BEFORE steps were written that did not know of it."""
    bit_direct: tuple[float, ...]
    """One bit, where the answer is given at once."""


def flips(writing: Any, direct: Any, most: int) -> Flips:
    """Of a model that writes steps; `direct` is one that can do without."""
    rows = tested(SLOTS, most)
    written = write(writing, "steps", rows)  # (B, SLOTS + 1)
    own = answers("steps", written)
    at_once = answers("direct", write(direct, "direct", rows))
    step, bit, bit_direct = [], [], []
    for place in range(SLOTS):
        other = flipped(rows, place)
        bit.append(_changed(own, _continued(writing, other, written[:, :BEFORE])))
        bit_direct.append(_changed(at_once, answers("direct", write(direct, "direct", other))))
        if place < SLOTS - 1:
            step.append(_changed(own, _continued(writing, rows, flipped(written[:, : place + 1], place))))
    return Flips(tuple(step), tuple(bit), tuple(bit_direct))


def flipped(bits: Tensor, place: int) -> Tensor:
    """`bits` (B, n) with the one of that place turned, what is no bit left alone."""
    other = bits.clone()
    other[:, place] = torch.where(bits[:, place] < 2, 1 - bits[:, place], bits[:, place])
    return other


def _continued(model: Any, rows: Tensor, written: Tensor) -> Tensor:
    """The answers (B,) that follow from these rows and these first steps."""
    after = language.go_on(model, torch.cat((asked(rows), written), 1), rows.shape[1] + 1 - written.shape[1])
    return answers("steps", torch.cat((written, after), 1))


def _changed(before: Tensor, after: Tensor) -> float:
    return float((before != after).float().mean())


@dataclass(frozen=True, slots=True)
class Sample:
    """A row, and what every model makes of it."""

    bits: str
    answer: str
    written: tuple[str, ...]
    """By each model, in the order of WAYS."""
    right: tuple[bool, ...]


def sample(models: dict[str, Any], bits: Tensor) -> Sample:
    """Of one row (1, n)."""
    answer = int(parities(bits)[0, -1])
    written = [write(model, WAYS[name], bits) for name, model in models.items()]
    return Sample(
        bits=_signs(bits),
        answer=SIGNS[answer],
        written=tuple(map(_signs, written)),
        right=tuple(int(answers(WAYS[name], one)[0]) == answer for name, one in zip(models, written, strict=True)),
    )


def _signs(ids: Tensor) -> str:
    return "".join(SIGNS[i] for i in ids[0].tolist())


def bits_of(text: str) -> Tensor:
    """A row (1, n) that a user typed.

    Raises: DemoError where it is none.
    """
    row = "".join(text.split())
    if not 1 <= len(row) <= SLOTS or set(row) - {"0", "1"}:
        raise DemoError(
            f"--text takes 1 to {SLOTS} bits, such as 10110, not {text!r}.",
            f"--text 要的是 1 到 {SLOTS} 个比特，例如 10110，而不是 {text!r}。",
        )
    return torch.tensor([[int(one) for one in row]])
