"""Is a text that was written with a draft the target's own? Tests against the target's exact distribution.

That distribution comes from the model itself, in one pass over the text, not from the loop that is tested. Draws are
compared with it by Pearson's chi-square test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.speculative import language
from llmquiz.demos.speculative.decoding import (
    AcceptanceRule,
    DraftedText,
    Sampling,
    Speculation,
    Strategy,
    lenient,
    speculations,
)
from llmquiz.demos.speculative.result import ChiSquareTest
from llmquiz.demos.speculative.train import LENGTH

CELLS = 20
"""Of the test of every token."""
LEAST = 5
"""Expected in every cell of a chi-square test; rarer outcomes are counted together."""


def chi_square(counts: Tensor, probs: Tensor) -> ChiSquareTest:
    """Whether the counts (cells,) of the outcomes fit their probabilities (cells,)."""
    draws = int(counts.sum())
    expected = draws * probs.double()  # (cells,)
    common = expected >= LEAST
    # the common outcomes, then all rare ones as one: (common + 1,)
    seen = torch.cat((counts[common].double(), counts[~common].sum()[None].double()))
    due = torch.cat((expected[common], expected[~common].sum()[None]))
    if due[-1] < LEAST:  # too rare even together: they join the rarest of the others
        rarest = due[:-1].argmin()
        seen[rarest], due[rarest] = seen[rarest] + seen[-1], due[rarest] + due[-1]
        seen, due = seen[:-1], due[:-1]
    statistic, freedom = float(((seen - due) ** 2 / due).sum()), len(due) - 1
    half = torch.tensor([freedom / 2, statistic / 2], dtype=torch.float64)
    # the upper tail of the chi-square distribution is an incomplete gamma function
    return ChiSquareTest(draws, statistic, freedom, float(torch.special.gammaincc(half[0], half[1])))


@torch.inference_mode()
def exact_first_two(target: Any, prompt: Tensor) -> Tensor:
    """The target's probabilities of the two tokens behind the prompt (1, T), together: (V, V)."""
    V = target.config.vocab_size
    # every token once behind the prompt, as a batch
    longer = torch.cat((prompt.expand(V, -1), torch.arange(V, device=prompt.device)[:, None]), 1)  # (V, T + 1)
    probs: Tensor = target(longer, use_cache=False).logits[:, -2:].double().softmax(-1)  # (V, 2, V)
    return probs[0, 0, :, None] * probs[:, 1]  # p(first) · p(second | first)


def sampled_first_two(pair: Speculation, exact: Tensor, *, gamma: int, runs: int, strategy: Strategy) -> ChiSquareTest:
    """The loop is run so many times for two tokens, and what comes out is counted against `exact` (V, V)."""
    V = len(exact)
    texts = torch.cat([pair.together(2, gamma, strategy).tokens[:, :2] for _ in range(runs)]).cpu()  # (runs, 2)
    counts = torch.bincount(texts[:, 0] * V + texts[:, 1], minlength=V * V)  # (V * V,)
    return chi_square(counts, exact.cpu().flatten())


def first_two_tests(
    pairs: Sequence[Speculation], exact: Sequence[Tensor], runs: int, seed: int, rule: AcceptanceRule
) -> tuple[ChiSquareTest, ...]:
    """The first two tokens of the loop, prompt by prompt, with one proposal a round and with two in turn."""
    strategy = Sampling(torch.Generator(pairs[0].prompt.device).manual_seed(seed), rule)
    return tuple(
        sampled_first_two(pair, probs, gamma=1 + i % 2, runs=runs, strategy=strategy)
        for i, (pair, probs) in enumerate(zip(pairs, exact, strict=True))
    )


@torch.inference_mode()
def probabilities(model: Any, texts: Sequence[DraftedText]) -> list[Tensor]:
    """What the model thinks of every written token and of all others in its place: (N, V) for each text."""
    whole = [torch.cat((text.prompt, text.tokens), 1)[0] for text in texts]  # each (T + N,)
    # (B, longest); the mask is causal, so what stands behind the end changes nothing
    fed = torch.nn.utils.rnn.pad_sequence(whole, batch_first=True)
    probs = model(fed, use_cache=False).logits.double().softmax(-1)  # (B, longest, V)
    # the state at a token predicts the next one: from the prompt's last token to the text's last but one
    return [row[text.prompt.shape[1] - 1 : len(ids) - 1] for row, ids, text in zip(probs, whole, texts, strict=True)]


def every_token(target: Any, draft: Any, texts: Sequence[DraftedText], seed: int) -> ChiSquareTest:
    """Where in its distribution each token fell: a uniform number if the text is the target's own.

    The vocabulary is laid out with what the draft overrates first, so that a token of the draft falls too far left.
    """
    generator = torch.Generator().manual_seed(seed)
    places = list[Tensor]()
    for text, p, q in zip(texts, probabilities(target, texts), probabilities(draft, texts), strict=True):
        p, q, token = p.cpu(), q.cpu(), text.tokens[0, :, None].cpu()  # (N, V), (N, V), (N, 1)
        order = (q / p).argsort(-1, descending=True)  # (N, V), what the draft overrates most first
        upto = p.gather(1, order).cumsum(1)  # (N, V), the distribution function in that order
        at = (order == token).long().argmax(1, keepdim=True)  # (N, 1), where the token stands in it
        # a token covers a stretch of length p(token); a random point of it makes the place continuous
        within = torch.rand(len(p), 1, generator=generator, dtype=torch.float64)  # (N, 1)
        places.append((upto.gather(1, at) - within * p.gather(1, token))[:, 0])  # (N,), from 0 to 1
    cells = (torch.cat(places) * CELLS).long().clamp(0, CELLS - 1)  # (all tokens,)
    return chi_square(torch.bincount(cells, minlength=CELLS), torch.full((CELLS,), 1 / CELLS))


def revealing_pairs(target: Any, draft: Any, count: int, seed: int) -> list[Speculation]:
    """Target and draft behind prompts at which a wrong rule would show."""
    texts = language.texts(32, LENGTH // 2, torch.Generator().manual_seed(20_000 + seed))  # (32, T)
    return speculations(target, draft, revealing_prompts(target, draft, texts.to(target.device), count))


@torch.inference_mode()
def revealing_prompts(target: Any, draft: Any, texts: Tensor, count: int) -> list[Tensor]:
    """Beginnings of `texts` (B, T), one of each, behind which three wrong rules would change the next token most.

    The rules: `lenient`; accept all; after a refusal draw from all of the target's distribution and not from what the
    draft left over.
    """
    p, q = (model(texts, use_cache=False).logits.softmax(-1) for model in (target, draft))  # (B, T, V)
    smaller = torch.minimum(p, q)  # (B, T, V), of each token the chance that it is proposed and accepted
    overlap = smaller.sum(-1, keepdim=True)  # (B, T, 1)
    accepted = q * lenient(p, q, q)  # (B, T, V)
    rest = (p - q).clamp_min(0) / (1 - overlap).clamp_min(1e-9)  # (B, T, V), what a refusal draws from
    distributions = (
        accepted + (1 - accepted.sum(-1, keepdim=True)) * rest,  # lenient
        q,  # all accepted
        smaller + (1 - overlap) * p,  # drawn afresh
    )
    # of the three the change that is hardest to see decides
    change = torch.stack([(wrong - p).abs().sum(-1) for wrong in distributions]).amin(0)  # (B, T)
    most, places = change.max(1)  # (B,), (B,)
    return [texts[i : i + 1, : int(places[i]) + 1] for i in most.argsort(descending=True)[:count].tolist()]
