"""The steps of the demo `speculative`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import shipped
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.speculative import findings, language
from llmquiz.demos.speculative.decoding import Greedy, Rule, Sampling, Speculation, Written
from llmquiz.demos.speculative.findings import Fit
from llmquiz.demos.speculative.train import LENGTH, TRAINING, shared

NEW = 48
"""Tokens a text."""
GAMMAS = (1, 2, 4, 8, 16)
USUAL = 4
"""Proposals a round where only one number of them is shown."""
TEXTS_A_PROMPT = 16


@dataclass(frozen=True, slots=True)
class Seed:
    """What the cards say of the models of one seed."""

    seed: int
    target_loss: float
    draft_loss: float
    target_colors: float
    """Share of the colors named again that are right."""
    draft_colors: float
    acceptance: float
    """Of this draft, by the shipped target."""


def seeds() -> tuple[Seed, ...]:
    """All seeds that were trained, from the cards."""
    runs = (shipped.card(TRAINING.demo, name)["runs"] for name in ("target", "draft"))
    return tuple(
        Seed(
            target["seed"],
            target["figures"]["test loss"],
            draft["figures"]["test loss"],
            target["figures"]["colors right"],
            draft["figures"]["colors right"],
            draft["figures"]["acceptance"],
        )
        for target, draft in zip(*runs, strict=True)
    )


def pairs(target: Any, draft: Any, prompts: Sequence[Tensor]) -> list[Speculation]:
    """Target and draft behind each prompt, with caches of their own."""
    large, small = Decoder(target, length=1), Decoder(draft, length=1)
    made = []
    for prompt in prompts:
        length = prompt.shape[1] + NEW + 2 * max(GAMMAS) + 2
        made.append(Speculation(large.sized(batch=1, length=length), small.sized(batch=1, length=length), prompt))
    return made


@dataclass(frozen=True, slots=True)
class Same:
    """Tokens of greedy texts."""

    equal: int
    """So many are those of the target alone."""
    tokens: int


def same_greedily(made: Sequence[Speculation], gammas: Sequence[int]) -> Same:
    """Greedy texts with a draft against those of the target alone."""
    equal = tokens = 0
    for pair in made:
        alone = pair.alone(NEW, Greedy())
        for gamma in gammas:
            equal += int((pair.together(NEW, gamma, Greedy()).tokens[:, :NEW] == alone).sum())
            tokens += NEW
    return Same(equal, tokens)


def laws(made: Sequence[Speculation], exact: Sequence[Tensor], runs: int, seed: int, rule: Rule) -> tuple[Fit, ...]:
    """The first two tokens of the loop against the exact probabilities, prompt by prompt, with one proposal and two."""
    law = Sampling(torch.Generator(made[0].prompt.device).manual_seed(seed), rule)
    return tuple(
        findings.two_tokens(pair, probs, gamma=1 + i % 2, runs=runs, law=law)
        for i, (pair, probs) in enumerate(zip(made, exact, strict=True))
    )


def tested(target: Any, draft: Any, count: int, seed: int) -> list[Speculation]:
    """Behind beginnings at which a wrong rule would show."""
    drawn = language.texts(32, LENGTH // 2, torch.Generator().manual_seed(20_000 + seed)).to(target.device)
    return pairs(target, draft, findings.telling(target, draft, drawn, count))


@dataclass(frozen=True, slots=True)
class Overlap:
    """The sum of min(p, q) over the vocabulary, averaged over texts that the target wrote alone."""

    mean: float
    untrained: float
    """With the untrained draft."""
    kinds: tuple[tuple[str, float], ...]
    """By the kind of the word that was written."""


@torch.inference_mode()
def overlap(target: Any, draft: Any, untrained: Any, prompts: Sequence[Tensor], seed: int) -> Overlap:
    """How far draft and target agree along the target's own texts."""
    decoder, law = Decoder(target, length=1), Sampling(torch.Generator(target.device).manual_seed(seed))
    good, bad, words = list[Tensor](), list[Tensor](), list[Tensor]()
    for prompt in prompts:
        room = decoder.sized(batch=TEXTS_A_PROMPT, length=prompt.shape[1] + NEW)
        written = Speculation(room, room, prompt.expand(TEXTS_A_PROMPT, -1)).alone(NEW, law)  # (B, N)
        fed = torch.cat((prompt.expand(TEXTS_A_PROMPT, -1), written), 1)[:, :-1]
        logits = [model(fed, use_cache=False).logits[:, -NEW:] for model in (target, draft, untrained)]
        good.append(shared(logits[0], logits[1]))
        bad.append(shared(logits[0], logits[2]))
        words.append(written)
    along, written = torch.cat(good), torch.cat(words)
    kinds = []
    for kind, members in language.KINDS.items():
        chosen = torch.isin(written, torch.tensor([language.IDS[word] for word in members], device=written.device))
        kinds.append((kind, along[chosen].mean().item() if chosen.any() else 0.0))
    return Overlap(along.mean().item(), torch.cat(bad).mean().item(), tuple(kinds))


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and who wrote which word."""

    prompt: str
    words: tuple[str, ...]
    own: tuple[int, ...]
    """Places of the words that the target wrote itself; the others were proposed and stayed."""


def sample(text: Written) -> Sample:
    """`text` in words."""
    prompt, words = ([language.WORDS[i] for i in ids[0].tolist()] for ids in (text.prompt, text.tokens))
    own, place = [], -1
    for stay in text.stayed:
        place += stay + 1
        own.append(place)
    return Sample(" ".join(prompt[1:]), tuple(words), tuple(own))
