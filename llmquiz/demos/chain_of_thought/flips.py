"""Whether written steps are used: one of them is flipped, or one bit of the question, and the model goes on from there.

An answer that turns hangs on what was flipped. Tests of this kind on large models: Lanham et al. (2023, Measuring
Faithfulness in Chain-of-Thought Reasoning).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.chain_of_thought import language
from llmquiz.demos.chain_of_thought.claims import BEFORE, SLOTS, Flips
from llmquiz.demos.chain_of_thought.language import answers, exam, question, write


def flips(writing: Any, direct: Any, most: int) -> Flips:
    """Of a model that writes steps; `direct` is one that can do without. On at most so many rows."""
    rows = exam(SLOTS, most)  # (B, SLOTS)
    written = write(writing, "steps", rows)  # (B, SLOTS + 1): the steps and the end
    own = answers("steps", written)  # (B,)
    at_once = answers("direct", write(direct, "direct", rows))  # (B,)
    step, bit, bit_direct = [], [], []
    for place in range(SLOTS):
        # another question under steps that belong to the first one, then with nothing written
        flipped_rows = flipped(rows, place)
        bit.append(_changed(own, _continued(writing, flipped_rows, written[:, :BEFORE])))
        bit_direct.append(_changed(at_once, answers("direct", write(direct, "direct", flipped_rows))))
        # the last step is the answer itself: to flip it would show nothing
        if place < SLOTS - 1:
            step.append(_changed(own, _continued(writing, rows, flipped(written[:, : place + 1], place))))
    return Flips(tuple(step), tuple(bit), tuple(bit_direct))


def flipped(bits: Tensor, place: int) -> Tensor:
    """`bits` (B, n) with the one of that place turned, what is no bit left alone."""
    ids = bits.clone()
    ids[:, place] = torch.where(bits[:, place] < 2, 1 - bits[:, place], bits[:, place])
    return ids


def _continued(model: Any, rows: Tensor, written: Tensor) -> Tensor:
    """The answers (B,) that follow from these rows (B, n) and these first steps (B, k)."""
    missing = rows.shape[1] + 1 - written.shape[1]  # the end is a token too
    rest = language.go_on(model, torch.cat((question(rows), written), 1), missing)  # (B, n + 1 - k)
    return answers("steps", torch.cat((written, rest), 1))


def _changed(before: Tensor, after: Tensor) -> float:
    return float((before != after).float().mean())
