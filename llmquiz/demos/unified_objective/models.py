"""Three models of about equal size on the same tasks: a decoder, an encoder–decoder, an encoder with heads.

Decoder and encoder are the same blocks with and without the causal mask. The decoder continues `task text =` with the
answer; the encoder–decoder reads `task text =` and writes the answer; the encoder puts the letters of the answer in the
places of the text, all in one pass, through a head of its own for each task.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BartForConditionalGeneration, LlamaForCausalLM, LlamaForTokenClassification

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training
from llmquiz.demos.unified_objective import language
from llmquiz.demos.unified_objective.language import ANSWERS, END, LENGTHS, TASKS

EQUALS, FIRST_TASK = ANSWERS, ANSWERS + 1
"""Ids behind those of answers: the sign before an answer, then the names of the tasks."""
VOCAB = FIRST_TASK + len(TASKS)
IGNORED = -100
BATCH = 64
TESTED = 200
"""Texts of each length and task."""
MODELS = ("decoder", "encoder-decoder", "encoder-heads")


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    common: dict[str, Any] = {"seed": seed, "device": "cpu", "dtype": "float32", "vocab_size": VOCAB}
    ends: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
    if name == "encoder-decoder":
        sides = {
            f"{side}_{key}": value
            for side in ("encoder", "decoder")
            for key, value in {"layers": 2, "attention_heads": 4, "ffn_dim": 96}.items()
        }
        no_dropout = {"dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0}
        start = {"pad_token_id": EQUALS, "decoder_start_token_id": EQUALS, "forced_eos_token_id": None}
        built = common | sides | no_dropout | ends | start
        return tiny.build(BartForConditionalGeneration, d_model=48, max_position_embeddings=16, init_std=0.1, **built)
    kind = LlamaForCausalLM if name == "decoder" else LlamaForTokenClassification
    heads: dict[str, Any] = {} if name == "decoder" else {"num_labels": ANSWERS * len(TASKS), "classifier_dropout": 0.0}
    return tiny.build(
        kind,
        hidden_size=64,
        intermediate_size=160,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=32,
        initializer_range=0.1,
        **common,
        **ends,
        **heads,
    )


def question(text: Tensor, tasks: Tensor, *, equals: bool = True) -> Tensor:
    """`task text =` as ids, (B, n + 2)."""
    parts = [FIRST_TASK + tasks[:, None], text]
    return torch.cat(parts + [torch.full_like(parts[0], EQUALS)] * equals, 1)


def with_end(answer: Tensor) -> Tensor:
    """An END behind every answer (B, n); what follows the first END carries no loss: (B, n + 1)."""
    longer = torch.cat((answer, torch.full_like(answer[:, :1], END)), 1)
    return longer.masked_fill((longer == END).cumsum(1) > 1, IGNORED)


def decoder_logits(model: Any, asked: Tensor, written: Tensor) -> Tensor:
    """Of every place of the answer behind what was written before it (B, m): (B, m + 1, ANSWERS)."""
    logits: Tensor = model(torch.cat((asked, written), 1), use_cache=False).logits
    return logits[:, asked.shape[1] - 1 :, :ANSWERS]


def pair_logits(model: Any, asked: Tensor, written: Tensor) -> Tensor:
    """The same by the encoder–decoder."""
    start = torch.full_like(asked[:, :1], EQUALS)
    logits: Tensor = model(
        input_ids=asked,
        attention_mask=torch.ones_like(asked),
        decoder_input_ids=torch.cat((start, written), 1),
        use_cache=False,
    ).logits
    return logits[..., :ANSWERS]


def encoder_logits(model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """Of every place of the answer in one pass, by the head of the task, (B, n, ANSWERS)."""
    ids = question(text, tasks, equals=False)
    B, T = ids.shape
    open_mask = tiny.open_mask(model, B, T)
    heads = model(ids, attention_mask=open_mask, use_cache=False).logits[:, 1:]  # (B, n, tasks · ANSWERS)
    found: Tensor = heads.unflatten(2, (len(TASKS), ANSWERS))[torch.arange(B), :, tasks]
    return found


def batch_loss(name: str, model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """Mean cross-entropy of the letters of the answers, and of their ends where the model has to find them."""
    answer = language.answers(text, tasks)
    text, tasks, answer = (one.to(model.device) for one in (text, tasks, answer))
    if name == "encoder-heads":
        return F.cross_entropy(encoder_logits(model, text, tasks).flatten(0, 1), answer.flatten())
    logits_of = decoder_logits if name == "decoder" else pair_logits
    logits = logits_of(model, question(text, tasks), answer)  # (B, n + 1, ANSWERS)
    return F.cross_entropy(logits.flatten(0, 1), with_end(answer).flatten(), ignore_index=IGNORED)


def loss(name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """A batch of texts of one length, the tasks mixed."""
    length = LENGTHS[int(torch.randint(0, len(LENGTHS), (1,), generator=drawn))]
    tasks = torch.randint(0, len(TASKS), (BATCH,), generator=drawn)
    return batch_loss(name, model, language.training_texts(BATCH, length, drawn), tasks)


@torch.inference_mode()
def written(name: str, model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """What the model answers, the most probable at each step, (B, n) with END behind."""
    text, tasks = text.to(model.device), tasks.to(model.device)
    if name == "encoder-heads":
        made = encoder_logits(model, text, tasks).argmax(-1)
    else:
        logits_of = decoder_logits if name == "decoder" else pair_logits
        asked, made = question(text, tasks), text[:, :0]
        for _ in range(text.shape[1]):
            made = torch.cat((made, logits_of(model, asked, made)[:, -1].argmax(-1, keepdim=True)), 1)
    over = (made == END).cumsum(1) > 0
    return made.masked_fill(over, END).cpu()


def right(name: str, model: Any, task: str, seed: int) -> float:
    """Share of held-out texts whose answer is right to the last letter."""
    found = []
    number = list(TASKS).index(task)
    for length in LENGTHS:
        text = language.testing_texts(TESTED, length, torch.Generator().manual_seed(10_000 + seed))
        tasks = torch.full((len(text),), number)
        found.append((written(name, model, text, tasks) == language.answers(text, tasks)).all(1))
    return float(torch.cat(found).float().mean())


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Share of exact answers, by task."""
    found = {task: right(name, model, task, 0) for task in TASKS}
    return found | {"mean": sum(found.values()) / len(found)}


TRAINING = Training(
    demo="unified-objective",
    data=f"texts of {LENGTHS[0]} to {LENGTHS[-1]} letters out of {language.LETTERS}, one of six tasks for each",
    steps=dict.fromkeys(MODELS, 1500),
    rates={"decoder": 1e-2, "encoder-decoder": 3e-3, "encoder-heads": 3e-3},
    build=untrained,
    loss=loss,
    figures=figures,
    best="mean",
    further={"batch": BATCH, "tasks": tuple(TASKS)},
)
