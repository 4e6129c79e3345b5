"""How far draft and target agree: token by token in greedy texts, as an overlap of distributions, and in acceptance.

The chance that a proposal is accepted is the sum of min(p, q) over the vocabulary: corollary 3.6 of Leviathan et al.
(2022), arXiv 2211.17192.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.speculative import language
from llmquiz.demos.speculative.decoding import NEW_TOKENS, DraftedText, Greedy, Sampling, Speculation
from llmquiz.demos.speculative.distribution import probabilities
from llmquiz.demos.speculative.result import Acceptance, GreedyMatch, Overlap
from llmquiz.demos.speculative.train import overlaps

TEXTS_A_PROMPT = 16


def greedy_match(pairs: Sequence[Speculation], gammas: Sequence[int]) -> GreedyMatch:
    """Greedy texts with a draft against those of the target alone."""
    equal = tokens = 0
    for pair in pairs:
        alone = pair.alone(NEW_TOKENS, Greedy())  # (1, N)
        for gamma in gammas:
            together = pair.together(NEW_TOKENS, gamma, Greedy()).tokens[:, :NEW_TOKENS]  # (1, N)
            equal += int((together == alone).sum())
            tokens += NEW_TOKENS
    return GreedyMatch(equal, tokens)


@torch.inference_mode()
def overlap(target: Any, draft: Any, untrained: Any, prompts: Sequence[Tensor], seed: int) -> Overlap:
    """How far the drafts' distributions overlap with the target's, along the target's own texts."""
    decoder, strategy = Decoder(target, length=1), Sampling(torch.Generator(target.device).manual_seed(seed))
    of_draft, of_untrained, words = list[Tensor](), list[Tensor](), list[Tensor]()
    for prompt in prompts:
        prompt = prompt.expand(TEXTS_A_PROMPT, -1)  # (B, T)
        room = decoder.sized(batch=TEXTS_A_PROMPT, length=prompt.shape[1] + NEW_TOKENS)
        written = Speculation(room, room, prompt).alone(NEW_TOKENS, strategy)  # (B, N)
        fed = torch.cat((prompt, written), 1)[:, :-1]  # (B, T + N - 1)
        # the logits that each written token was, or would have been, drawn from
        logits = [model(fed, use_cache=False).logits[:, -NEW_TOKENS:] for model in (target, draft, untrained)]
        of_draft.append(overlaps(logits[0], logits[1]))  # (B, N)
        of_untrained.append(overlaps(logits[0], logits[2]))
        words.append(written)
    along, written = torch.cat(of_draft), torch.cat(words)  # (prompts * B, N)
    kinds = []
    for kind, members in language.KINDS.items():
        of_kind = torch.isin(written, torch.tensor([language.IDS[word] for word in members], device=written.device))
        kinds.append((kind, along[of_kind].mean().item() if of_kind.any() else 0.0))
    return Overlap(along.mean().item(), torch.cat(of_untrained).mean().item(), tuple(kinds))


def acceptance(target: Any, draft: Any, texts: Sequence[DraftedText]) -> Acceptance:
    """The proposals that were accepted against those that should have been."""
    accepted, chances = list[bool](), list[float]()
    for text, p, q in zip(texts, probabilities(target, texts), probabilities(draft, texts), strict=True):
        overlaps_along = torch.minimum(p, q).sum(-1).tolist()  # (N,)
        for place, was_accepted in text.checked:
            accepted.append(was_accepted)
            chances.append(overlaps_along[place])
    # the sum of independent yes-or-no draws has the sum of their variances
    standard_error = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    difference = sum(accepted) - sum(chances)
    errors = difference / standard_error if standard_error else 0.0
    return Acceptance(len(accepted), sum(accepted), sum(chances), errors)
