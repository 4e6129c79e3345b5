"""Three models of about equal size on the same tasks: a decoder, an encoder–decoder, an encoder with heads.

Decoder and encoder are the same Llama blocks with and without the causal mask. The decoder continues `task text =` with
the answer; the encoder–decoder, a BART, reads `task text =` and writes the answer; the encoder puts the letters of the
answer in the places of the text, all in one pass, through a head of its own for each task. That one form serves every
task is the text-to-text idea of T5 (Raffel et al., 2020). B stands for texts at once, n for the letters of each.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import BartForConditionalGeneration, LlamaForCausalLM, LlamaForTokenClassification

from llmquiz.demos.lab import tiny
from llmquiz.demos.unified_objective.claims import TASKS
from llmquiz.demos.unified_objective.language import ANSWERS, END

MODELS = ("decoder", "encoder-decoder", "encoder-heads")
EQUALS, FIRST_TASK = ANSWERS, ANSWERS + 1
"""Ids behind those of answers: the sign before an answer, then the names of the tasks."""
VOCAB = FIRST_TASK + len(TASKS)


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    common: dict[str, Any] = {"seed": seed, "device": "cpu", "dtype": "float32", "vocab_size": VOCAB}
    # the language has its own end of an answer, and texts of one length need no padding
    ends: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
    if name == "encoder-decoder":
        return _encoder_decoder(common | ends)
    model_class = LlamaForCausalLM if name == "decoder" else LlamaForTokenClassification
    heads: dict[str, Any] = {} if name == "decoder" else {"num_labels": ANSWERS * len(TASKS), "classifier_dropout": 0.0}
    return tiny.build(
        model_class,
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


def _encoder_decoder(common: dict[str, Any]) -> Any:
    """Two layers a side and narrower than the others, so that it has as many parameters."""
    sides = {
        f"{side}_{key}": value
        for side in ("encoder", "decoder")
        for key, value in {"layers": 2, "attention_heads": 4, "ffn_dim": 96}.items()
    }
    no_dropout = {"dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0}
    start = {"pad_token_id": EQUALS, "decoder_start_token_id": EQUALS, "forced_eos_token_id": None}
    settings = common | sides | no_dropout | start
    return tiny.build(BartForConditionalGeneration, d_model=48, max_position_embeddings=16, init_std=0.1, **settings)


def output_layer(name: str, model: Any) -> Any:
    """The module whose outputs are the logits."""
    return model.score if name == "encoder-heads" else model.get_output_embeddings()


def question(text: Tensor, tasks: Tensor, *, equals: bool = True) -> Tensor:
    """`task text =` as ids, (B, n + 2); (B, n + 1) without the sign."""
    task = FIRST_TASK + tasks[:, None]  # (B, 1)
    parts = [task, text] + [torch.full_like(task, EQUALS)] * equals
    return torch.cat(parts, 1)  # (B, n + 2)


def decoder_logits(model: Any, asked: Tensor, answer: Tensor) -> Tensor:
    """Of every place of the answer, given what was written of it so far (B, m): (B, m + 1, ANSWERS)."""
    ids = torch.cat((asked, answer), 1)  # (B, n + 2 + m)
    logits: Tensor = model(ids, use_cache=False).logits  # (B, n + 2 + m, V)
    # the sign `=` predicts the first letter of the answer
    return logits[:, asked.shape[1] - 1 :, :ANSWERS]  # (B, m + 1, ANSWERS)


def encoder_decoder_logits(model: Any, asked: Tensor, answer: Tensor) -> Tensor:
    """The same by the encoder–decoder."""
    start = torch.full_like(asked[:, :1], EQUALS)  # (B, 1)
    logits: Tensor = model(
        input_ids=asked,  # (B, n + 2)
        attention_mask=torch.ones_like(asked),  # the sign `=` is no padding, though it has the id of it
        decoder_input_ids=torch.cat((start, answer), 1),  # (B, m + 1)
        use_cache=False,
    ).logits  # (B, m + 1, V)
    return logits[..., :ANSWERS]


WRITERS = {"decoder": decoder_logits, "encoder-decoder": encoder_decoder_logits}
"""The models that write letter by letter."""


def encoder_logits(model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """Of every place of the answer in one pass, by the head of the task, (B, n, ANSWERS)."""
    ids = question(text, tasks, equals=False)  # (B, n + 1)
    B, T = ids.shape
    open_mask = tiny.open_mask(model, B, T)  # (B, 1, T, T): every place sees every other
    logits = model(ids, attention_mask=open_mask, use_cache=False).logits[:, 1:]  # (B, n, tasks · ANSWERS)
    by_head = logits.unflatten(2, (len(TASKS), ANSWERS))  # (B, n, tasks, ANSWERS)
    of_task: Tensor = by_head[torch.arange(B), :, tasks]  # (B, n, ANSWERS)
    return of_task


@torch.inference_mode()
def write(name: str, model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """What the model answers to texts (B, n), the most probable at each step: (B, n) with END behind."""
    text, tasks = text.to(model.device), tasks.to(model.device)
    if name == "encoder-heads":
        answer = encoder_logits(model, text, tasks).argmax(-1)  # (B, n)
    else:
        asked, answer = question(text, tasks), text[:, :0]  # (B, n + 2), (B, 0)
        for _ in range(text.shape[1]):
            next_letter = WRITERS[name](model, asked, answer)[:, -1].argmax(-1, keepdim=True)  # (B, 1)
            answer = torch.cat((answer, next_letter), 1)  # (B, m + 1)
    # what stands behind the first END is no part of the answer
    ended = (answer == END).cumsum(1) > 0  # (B, n)
    return answer.masked_fill(ended, END).cpu()
