"""A query of the user's own: among the sentences of the index, or with a checkpoint among the questions of llmquiz."""

from __future__ import annotations

import re
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz import paths
from llmquiz.collection.load import load
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, family_at, load_checkpoint
from llmquiz.demos.retrieval import language, sentence_vectors
from llmquiz.demos.retrieval.claims import Hit, Search
from llmquiz.demos.retrieval.ranking import Index
from llmquiz.errors import DemoError
from llmquiz.language import Lang
from llmquiz.schema.plain import heading

SHOWN = 5
LONGEST = 512
"""Tokens of a query or a question that a checkpoint reads."""
QUERY = "why do the models behind chatbots read only to the left"
"""Asked where --model comes without --text."""


def nearest(query: str, model: str, scores: Tensor, candidates: list[str]) -> Search:
    """The best by `scores` (N,), one of each candidate."""
    best = scores.float().cpu().topk(min(SHOWN, len(candidates)))  # (SHOWN,)
    hits = tuple(
        Hit(candidates[i], score) for score, i in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )
    return Search(query, model, len(candidates), hits)


@torch.inference_mode()
def among_facts(text: str, name: str, model: Any, index: Index, seed: int) -> Search:
    """The user's sentence among those of the index, by the demo's own model.

    Its fact and the neighbours of it, in other words, are put into the index first.

    Raises: DemoError where it has words that the model never saw.
    """
    ids = language.ids_of(text)  # (1, T)
    if ids is None or ids.shape[1] >= model.config.max_position_embeddings:
        strange = ", ".join(language.unknown_words(text)[:5]) or text[:40]
        example = language.text_of(index.candidates[0])
        raise DemoError("retrieval.text-needs-model", strange=strange, example=example)
    candidates, fact = index.candidates, language.fact_of(ids)  # (N, T), (1, 6)
    if fact is not None:
        generator = torch.Generator().manual_seed(seed)
        own = language.sentences(language.with_neighbours(fact, generator), generator)  # (5, T)
        candidates = torch.cat((candidates, own))
    query = sentence_vectors.vectors(name, model, ids)[0]  # (d,)
    scores = sentence_vectors.vectors(name, model, candidates) @ query  # (N,)
    return nearest(text, tiny.describe(model), scores, [language.text_of(sentence) for sentence in candidates])


@torch.inference_mode()
def among_questions(text: str, name_or_path: str, *, device: str, dtype: str) -> Search:
    """The user's query among the shipped questions, by a checkpoint: an encoder's mean or a decoder's last state.

    Raises: DemoError where it cannot be loaded or is neither.
    """
    family = "decoder" if family_at(name_or_path) == "decoder" else "encoder"
    checkpoint = load_checkpoint(name_or_path, family, device=device, dtype=dtype)
    questions = shipped_questions("zh" if re.search("[\u4e00-\u9fff]", text) else "en")
    vectors = torch.stack([vector(checkpoint, family, question) for question in questions])  # (N, d)
    scores = vectors @ vector(checkpoint, family, text)  # (N,)
    return nearest(text, tiny.describe(checkpoint.model), scores, questions)


def vector(checkpoint: Checkpoint, family: str, text: str) -> Tensor:
    """Of length 1: (d,)."""
    config = checkpoint.model.config.get_text_config()
    room = (getattr(config, "max_position_embeddings", None) or LONGEST) - 2  # some count positions from 2 on
    ids = checkpoint.tokens(text)[:, : min(LONGEST, room)]  # (1, T)
    hidden = checkpoint.model.base_model(ids).last_hidden_state[0]  # (T, d)
    return F.normalize((hidden[-1] if family == "decoder" else hidden.mean(0)).float(), dim=-1)


def shipped_questions(lang: Lang) -> list[str]:
    """What the shipped questions, numbers and claims ask, in one language."""
    kinds = {"open", "choice", "code", "order", "prediction", "number", "claim"}
    entries = [loaded.entry for loaded in load([paths.shipped_content()]).entries.values()]
    return [" ".join(heading(entry, lang).split()) for entry in entries if entry.type in kinds]
