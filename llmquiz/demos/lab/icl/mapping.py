"""A label mapping that is new in every text: examples, then an input whose label is asked.

Four inputs, eight labels. An example is written as one token ("3b"; asked, it is "3?") or as two ("3", "b"). A model
that has only read the examples can know the label of an input that stands among them, and guess at the others. In all
shapes B are texts, N the examples of a text with the one that is asked, V the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.icl import architectures
from llmquiz.demos.lab.icl.architectures import outputs
from llmquiz.demos.lab.icl.arms import MAPPING, MappingArm, Reader

INPUTS, LABELS = 4, 8
QUESTIONS = 8
"""Behind the examples of two tokens."""
JOINED_TOKENS = 1 + INPUTS + INPUTS * LABELS
"""Where an example is one token: padding, questions, examples."""
SPLIT_TOKENS = 1 + INPUTS + LABELS
"""Where it is two: padding, inputs, labels."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Inputs and their labels, each (B, N), as numbers from 0."""

    inputs: Tensor
    labels: Tensor

    @property
    def question_tokens(self) -> Tensor:
        """Tokens of the inputs; of one-token examples with the label left open."""
        return 1 + self.inputs

    @property
    def label_tokens(self) -> Tensor:
        """Tokens of the labels alone."""
        return 1 + INPUTS + self.labels

    @property
    def example_tokens(self) -> Tensor:
        """Tokens of one-token examples."""
        return 1 + INPUTS + LABELS * self.inputs + self.labels


def draw_texts(count: int, length: int, generator: torch.Generator, *, held_out: bool = False) -> Texts:
    """So many texts of so many examples; one mapping in eight, by the sum of its labels, is kept from the training."""
    table = torch.randint(0, LABELS, (count, INPUTS), generator=generator)  # (B, INPUTS): the label of each input
    # the last label makes the sum 0 modulo 8 where held out, and anything else in training
    remainder = torch.randint(1, LABELS, (count,), generator=generator) * (not held_out)
    table[:, -1] = (remainder - table[:, :-1].sum(1)) % LABELS
    inputs = torch.randint(0, INPUTS, (count, length), generator=generator)  # (B, N)
    return Texts(inputs, table.gather(1, inputs))


def predictions(arm: MappingArm, model: Any, texts: Texts, asked: Tensor, examples: int) -> tuple[Tensor, Tensor]:
    """Logits of every place that `asked` (B, N) names, (n, V), and the tokens that belong there, (n,).

    `examples` = M of the text are given before the first question: all that two stacks keep apart.
    """
    if arm.questions:
        targets, ids = (part.to(model.device) for part in _questions(texts, examples))  # (B, N - M), (B, M + N)
        logits = outputs(arm.reader, model, ids).logits  # (B, M + N, V)
        return logits[:, 2 * examples :][asked[:, examples:]], targets[asked[:, examples:]]
    targets = (texts.label_tokens if arm.split else texts.example_tokens).to(model.device)  # (B, N)
    open_ = texts.question_tokens.to(model.device)  # (B, N)
    stream = torch.stack((open_, targets), 2).flatten(1)  # (B, 2N): 3? 3b 1? 1e ..., or 3 b 1 e ...
    match arm.reader:
        case Reader.decoder:
            # each question predicts what follows it: (B, 2N, V) to (B, N, V) to (n, V)
            return outputs(arm.reader, model, stream).logits[:, ::2][asked], targets[asked]
        case Reader.two_stacks:
            source = stream[:, : 2 * examples] if arm.split else targets[:, :examples]  # (B, 2M) or (B, M)
            output = model(input_ids=source, decoder_input_ids=stream[:, 2 * examples :], use_cache=False)
            return output.logits[:, ::2][asked[:, examples:]], targets[:, examples:][asked[:, examples:]]
    hidden = targets.where(~asked.to(targets.device), open_)  # (B, N), a question in each place that is asked
    return outputs(arm.reader, model, hidden).logits[asked], targets[asked]


def _questions(texts: Texts, examples: int) -> tuple[Tensor, Tensor]:
    """Labels of the questions (B, Q), and the text (B, 2M + Q): input, label, ..., then inputs alone."""
    pairs = torch.stack((texts.question_tokens, texts.label_tokens), 2)[:, :examples].flatten(1)  # (B, 2M)
    return texts.label_tokens[:, examples:], torch.cat((pairs, texts.question_tokens[:, examples:]), 1)


def last_asked(texts: Texts) -> Tensor:
    """The last place alone, as `asked` of `predictions`: (B, N)."""
    asked = torch.zeros_like(texts.inputs, dtype=torch.bool)
    asked[:, -1] = True
    return asked


@torch.no_grad()
def right(name: str, model: Any, shots: int, *, seed: int, count: int = 1000) -> float:
    """Share of last labels that are right after so many examples, under mappings that no training saw."""
    arm = MAPPING[name]
    generator = torch.Generator().manual_seed(10_000 + 100 * seed + shots)
    texts = draw_texts(count, shots + (QUESTIONS if arm.questions else 1), generator, held_out=True)
    logits, targets = predictions(arm, model, texts, last_asked(texts), shots)  # (B, V), (B,)
    return float((logits.argmax(-1) == targets).float().mean())


def best(shots: int) -> float:
    """What the best reader reaches: the input was shown, 1 - (1 - 1/4)^k, or one label in eight is guessed."""
    unseen = (1 - 1 / INPUTS) ** shots
    return 1 - unseen + unseen / LABELS


def copying(shots: int) -> float:
    """What copying the label of any one example reaches: the same input by chance, or the same label by chance."""
    return (1 / INPUTS) + (1 - 1 / INPUTS) / LABELS if shots else 1 / LABELS


def untrained(name: str, seed: int) -> Any:
    """The model of an arm before its training."""
    arm = MAPPING[name]
    vocab = SPLIT_TOKENS if arm.split else JOINED_TOKENS
    return architectures.untrained(arm.reader, seed, vocab=vocab, length=16)
