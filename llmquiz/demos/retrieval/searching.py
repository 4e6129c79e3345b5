"""A query, an index of vectors, and what the search costs; with a real checkpoint over the questions of llmquiz."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz import paths
from llmquiz.collection import yaml
from llmquiz.collection.discover import content_files
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, family_at, load_checkpoint
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.quantities import Times
from llmquiz.demos.lab.results import Passes
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.retrieval import contrastive, language
from llmquiz.demos.retrieval.contrastive import Index
from llmquiz.errors import DemoError

SHOWN = 5
TOGETHER = 64
"""Queries in a batch where a small model's time is held against a large one's."""
LONGEST = 512
"""Tokens of a query or a question that a checkpoint reads."""
QUERY = "why do the models behind chatbots read only to the left"
"""Asked where --model comes without --text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, and its similarity."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a query, the nearest first."""

    query: str
    model: str
    searched: int
    hits: tuple[Hit, ...]


def nearest(query: str, model: str, scores: Tensor, candidates: list[str]) -> Search:
    """By `scores`, one of each candidate."""
    best = scores.float().cpu().topk(min(SHOWN, len(candidates)))
    hits = tuple(
        Hit(candidates[i], value) for value, i in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )
    return Search(query, model, len(candidates), hits)


@torch.inference_mode()
def among_facts(text: str, name: str, model: Any, asked: Index, seed: int) -> Search:
    """The user's sentence among those of the index, by the demo's own model.

    Its fact and the neighbours of it, in other words, are put into the index first.

    Raises: DemoError where it has words that the model never saw.
    """
    ids = language.ids_of(text)
    if ids is None or ids.shape[1] >= model.config.max_position_embeddings:
        strange = ", ".join(language.unknown(text)[:5]) or text[:40]
        example = language.read(asked.candidates[0])
        raise DemoError(
            f"--text: the demo's own model cannot read this ({strange}); it knows only sentences such as "
            f'"{example}" Add --model with a sentence encoder to search the questions of llmquiz.',
            f"--text：演示自带的模型读不懂这句话（{strange}），它只认得这样的句子：“{example}”"
            f"加 --model 指定一个句向量模型，就可以检索 llmquiz 的题目。",
        )
    candidates, fact = asked.candidates, language.fact_of(ids)
    if fact is not None:
        generator = torch.Generator().manual_seed(seed)
        own = language.told(language.with_neighbours(fact, generator), generator)
        candidates = torch.cat((candidates, own))
    scores = contrastive.vectors(name, model, candidates) @ contrastive.vectors(name, model, ids)[0]
    return nearest(text, tiny.describe(model), scores, [language.read(one) for one in candidates])


@torch.inference_mode()
def among_questions(text: str, name_or_path: str, *, device: str, dtype: str) -> Search:
    """The user's query among the shipped questions, by a checkpoint: an encoder's mean or a decoder's last state.

    Raises: DemoError where it cannot be loaded or is neither.
    """
    family = "decoder" if family_at(name_or_path) == "decoder" else "encoder"
    checkpoint = load_checkpoint(name_or_path, family, device=device, dtype=dtype)
    questions = shipped_questions("zh" if re.search("[\u4e00-\u9fff]", text) else "en")
    index = torch.stack([vector(checkpoint, family, question) for question in questions])  # (N, d)
    scores = index @ vector(checkpoint, family, text)
    return nearest(text, tiny.describe(checkpoint.model), scores, questions)


def vector(checkpoint: Checkpoint, family: str, text: str) -> Tensor:
    """Of length 1: (d,)."""
    config = checkpoint.model.config.get_text_config()
    room = (getattr(config, "max_position_embeddings", None) or LONGEST) - 2  # some count positions from 2 on
    read = checkpoint.model.base_model(checkpoint.tokens(text)[:, : min(LONGEST, room)]).last_hidden_state[0]  # (T, d)
    return F.normalize((read[-1] if family == "decoder" else read.mean(0)).float(), dim=-1)


def shipped_questions(lang: str) -> list[str]:
    """What the shipped questions, numbers and claims ask, in one language."""
    asked = []
    for path, _ in content_files([paths.shipped_content()]):
        if re.search(rb"^(?:questions|numbers|claims):", path.read_bytes(), re.MULTILINE):
            data, _ = yaml.read(path, path.name)
            for kind, key in (("questions", "prompt"), ("numbers", "prompt"), ("claims", "text")):
                asked += [one[key] for one in (data or {}).get(kind) or ()]
    return [" ".join((text.get(lang) or next(iter(text.values()))).split()) for text in asked]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one query against an index that is there already."""

    candidates: int
    encoder: Passes
    decoder: Passes
    pairs: Passes
    """The query read beside each candidate, as a reranker does."""
    small: str
    large: str
    parameters: float
    """Of the large model over those of the small one."""
    encoder_times: Times
    """One query: the pass, then the search in the index."""
    decoder_times: Times
    search_times: Times
    """The search alone."""
    small_times: Times
    """A batch of queries through the decoder."""
    large_times: Times
    """The same through a decoder with many times the parameters."""


@torch.inference_mode()
def cost(encoder: Any, decoder: Any, asked: Index, *, device: str, dtype: str, rounds: int, progress: Progress) -> Cost:
    """Positions counted, and times side by side."""
    query, many = asked.queries[:1].to(device), asked.queries[:TOGETHER].to(device)
    pairs = torch.cat((query.expand(len(asked.candidates), -1), asked.candidates.to(device)), 1)  # (N, 2 T)
    large = tiny.llama(device=device, dtype=dtype)
    vectors = {
        name: contrastive.vectors(name, model, asked.candidates)
        for name, model in (("encoder", encoder), ("decoder", decoder))
    }

    def ask(name: str, model: Any) -> Tensor:
        return (vectors[name] @ contrastive.vectors(name, model, query)[0]).topk(10).indices

    own = vectors["encoder"][0]
    progress(0.2)
    times = timed(
        {
            "encoder": lambda: ask("encoder", encoder),
            "decoder": lambda: ask("decoder", decoder),
            "search": lambda: (vectors["encoder"] @ own).topk(10),
            "small": lambda: decoder.model(many, use_cache=False),
            "large": lambda: large.model(many, use_cache=False),
        },
        device=device,
        rounds=rounds,
        warmup=2,
    )
    progress(1.0)
    return Cost(
        candidates=len(asked.candidates),
        encoder=passes(encoder, lambda: ask("encoder", encoder)),
        decoder=passes(decoder, lambda: ask("decoder", decoder)),
        pairs=passes(encoder, lambda: contrastive.states("encoder", encoder, pairs)),
        small=tiny.describe(decoder),
        large=tiny.describe(large),
        parameters=tiny.parameters(large) / tiny.parameters(decoder),
        encoder_times=times["encoder"],
        decoder_times=times["decoder"],
        search_times=times["search"],
        small_times=times["small"],
        large_times=times["large"],
    )
