"""A label mapping that is new in every text: examples, then an input whose label is asked.

Four inputs, eight labels. An example is written as one token ("3b"; asked, it is "3?") or as two ("3", "b"). A model
that has only read the examples can know the label of an input that stands among them, and guess at the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.icl import architectures
from llmquiz.demos.icl.architectures import Reader, outputs

INPUTS, LABELS = 4, 8
SHOTS = 8
"""At most so many examples before the one that is asked."""
QUESTIONS = 8
"""Behind the examples of two tokens."""
JOINED = 1 + INPUTS + INPUTS * LABELS
"""Tokens where an example is one: padding, asked, told."""
SPLIT = 1 + INPUTS + LABELS
"""Where it is two: padding, inputs, labels."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to learn the mapping."""

    reader: Reader
    asked: float
    """Share of the labels that carry loss; 0: the last one alone."""
    split: bool = False
    """An example is two tokens."""
    questions: bool = False
    """And what is asked are eight inputs behind the examples, without labels in between."""


ARMS = {
    "decoder": Arm(Reader.decoder, 1.0),
    "decoder-last": Arm(Reader.decoder, 0.0),
    "bidirectional": Arm(Reader.opened, 0.5),
    "encoder": Arm(Reader.encoder, 0.5),
    "encoder-15": Arm(Reader.encoder, 0.15),
    "encoder-slot": Arm(Reader.encoder, 0.0),
    "encoder-decoder": Arm(Reader.two_stacks, 1.0),
    "split-decoder": Arm(Reader.decoder, 1.0, split=True),
    "split-decoder-last": Arm(Reader.decoder, 0.0, split=True),
    "split-encoder-decoder": Arm(Reader.two_stacks, 1.0, split=True),
    "split-causal": Arm(Reader.decoder, 1.0, split=True, questions=True),
    "split-bidirectional": Arm(Reader.opened, 1.0, split=True, questions=True),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Inputs and their labels, each (B, N), as numbers from 0."""

    inputs: Tensor
    labels: Tensor

    @property
    def asked(self) -> Tensor:
        """Tokens of the inputs; of one-token examples with the label left open."""
        return 1 + self.inputs

    @property
    def labels_told(self) -> Tensor:
        """Tokens of the labels alone."""
        return 1 + INPUTS + self.labels

    @property
    def told(self) -> Tensor:
        """Tokens of one-token examples."""
        return 1 + INPUTS + LABELS * self.inputs + self.labels


def texts(count: int, length: int, generator: torch.Generator, *, held_out: bool = False) -> Texts:
    """So many texts of so many examples; one mapping in eight, by the sum of its labels, is kept from the training."""
    table = torch.randint(0, LABELS, (count, INPUTS), generator=generator)
    wanted = torch.randint(1, LABELS, (count,), generator=generator) * (not held_out)
    table[:, -1] = (wanted - table[:, :-1].sum(1)) % LABELS
    inputs = torch.randint(0, INPUTS, (count, length), generator=generator)
    return Texts(inputs, table.gather(1, inputs))


def answers(arm: Arm, model: Any, read: Texts, ask: Tensor, examples: int) -> tuple[Tensor, Tensor]:
    """Logits of every place that `ask` names, (n, V), and the tokens that belong there, (n,).

    `examples` of the text are told before the first question: all that two stacks keep apart.
    """
    if arm.questions:
        told, ids = (part.to(model.device) for part in _questions(read, examples))
        logits = outputs(arm.reader, model, ids).logits
        return logits[:, 2 * examples :][ask[:, examples:]], told[ask[:, examples:]]
    told, open_ = (part.to(model.device) for part in ((read.labels_told if arm.split else read.told), read.asked))
    stream = torch.stack((open_, told), 2).flatten(1)  # (B, 2N): 3? 3b 1? 1e ..., or 3 b 1 e ...
    match arm.reader:
        case Reader.decoder:
            return outputs(arm.reader, model, stream).logits[:, ::2][ask], told[ask]
        case Reader.two_stacks:
            first = stream[:, : 2 * examples] if arm.split else told[:, :examples]
            found = model(input_ids=first, decoder_input_ids=stream[:, 2 * examples :], use_cache=False)
            return found.logits[:, ::2][ask[:, examples:]], told[:, examples:][ask[:, examples:]]
    hidden = told.where(~ask.to(told.device), open_)
    logits = outputs(arm.reader, model, hidden).logits
    return logits[ask], told[ask]


def _questions(read: Texts, examples: int) -> tuple[Tensor, Tensor]:
    """Labels of the questions (B, Q), and the text (B, 2M + Q): input, label, ..., then inputs alone."""
    pairs = torch.stack((read.asked, read.labels_told), 2)[:, :examples].flatten(1)
    return read.labels_told[:, examples:], torch.cat((pairs, read.asked[:, examples:]), 1)


@torch.no_grad()
def right(name: str, model: Any, shots: int, *, seed: int, count: int = 1000) -> float:
    """Share of last labels that are right after so many examples, under mappings that no training saw."""
    arm = ARMS[name]
    generator = torch.Generator().manual_seed(10_000 + 100 * seed + shots)
    read = texts(count, shots + (QUESTIONS if arm.questions else 1), generator, held_out=True)
    ask = torch.zeros_like(read.inputs, dtype=torch.bool)
    ask[:, -1] = True
    logits, told = answers(arm, model, read, ask, shots)
    return float((logits.argmax(-1) == told).float().mean())


def best(shots: int) -> float:
    """What the best reader reaches: the input was shown, 1 - (1 - 1/4)^k, or one label in eight is guessed."""
    unseen = (1 - 1 / INPUTS) ** shots
    return 1 - unseen + unseen / LABELS


def copying(shots: int) -> float:
    """What copying the label of any one example reaches: the same input by chance, or the same label by chance."""
    return (1 / INPUTS) + (1 - 1 / INPUTS) / LABELS if shots else 1 / LABELS


def untrained(name: str, seed: int) -> Any:
    """The model of an arm before its training."""
    arm = ARMS[name]
    return architectures.untrained(arm.reader, seed, vocab=SPLIT if arm.split else JOINED, length=16)
