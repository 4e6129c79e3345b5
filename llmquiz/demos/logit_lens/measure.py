"""Facts and a story read from every layer; a linear map in the place of the missing layers; and layers left out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.demos.logit_lens.claims import LeftOut, Reading, Result, Translated
from llmquiz.demos.logit_lens.facts import CAPITALS, FACTS
from llmquiz.demos.logit_lens.lens import Lens, lens

SENTENCE = "The capital of France is"
LEAST = 2
LONGEST = 512
SHORT = 128
"""Tokens of the story that are read without some of the layers."""
TESTED = 124
"""Tokens at the end of the story on which the linear maps are tested."""
RIDGE = 0.2
"""How strongly the linear map is held back, as a share of the mean squared norm of a standardised state."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the layers say after the facts' beginnings."""

    ranks: Tensor  # (L + 1, F)
    ps: Tensor  # (L + 1, F)
    ahead: Tensor  # (L + 1,)


def measure(run: Run) -> Result:
    """Read all layers first, then fit the maps, then leave layers out."""
    assert run.model, "a demo that needs a real model is given one"
    run.progress(0.0)
    own = load_checkpoint(run.model, "decoder", **run.place)
    parts = lens(own)
    beginning = own.tokens(run.text or SENTENCE, LEAST)[:, -LONGEST:]  # (1, P)

    answers = facts(own, parts)
    known = answers.ranks[-1] == 1  # (F,)
    counted = known if bool(known.any()) else torch.ones_like(known)
    tops = [likeliest(own, parts, state) for state in parts.states(beginning)[:, 0, -1]]
    run.progress(0.25)

    ids = own.tokens(text("story"))[:, :LONGEST]  # (1, T)
    states = parts.states(ids)[:, 0]  # (L + 1, T, C)
    tested = 32 if run.quick else 64
    following = ids[0, -tested:]  # (K,)
    losses = [float(parts.losses(state[-tested - 1 : -1], following).mean()) for state in states]
    run.progress(0.5)

    depth = len(parts.layers)
    some = {0, depth // 2} if run.quick else {*range(0, depth, 5), depth // 2}
    maps = translated(parts, states, ids[0, -TESTED:], sorted(some), seed=run.seed)
    run.progress(0.6)

    third = range(depth // 3, depth - depth // 3)
    readings = [
        Reading(
            layer=layer,
            loss=losses[layer],
            rank=median(answers.ranks[layer][counted].tolist()),
            p=fmean(answers.ps[layer][counted].tolist()),
            ahead=float(answers.ahead[layer]),
            top=top,
            top_p=p,
        )
        for layer, (top, p) in enumerate(tops)
    ]
    left_out, third_cost = costs(parts, ids[:, :SHORT], third, run)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        text=own.text(beginning[0]),
        tokens=ids.shape[1],
        vocab=own.model.config.get_text_config().vocab_size,
        facts=len(FACTS),
        known=int(known.sum()),
        settled=settled(answers.ranks[:, known]),
        readings=tuple(readings),
        bare_loss=float(parts.losses(states[-1, -tested - 1 : -1], following, normed=True).mean()),
        translated=maps,
        left_out=left_out,
        third=(third[0] + 1, third[-1] + 1),
        third_cost=third_cost,
    )


def facts(own: Checkpoint, parts: Lens) -> Answers:
    """Rank and probability of the answer of every fact in every layer, and the capitals compared with each other."""
    rows = [own.tokens(beginning)[0] for beginning, _ in FACTS]
    answers = torch.stack(
        [own.tokens(f"{beginning} {answer}")[0, len(row)] for row, (beginning, answer) in zip(rows, FACTS, strict=True)]
    )  # (F,)
    padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)  # (F, P): what stands behind changes nothing
    ends = torch.tensor([len(row) - 1 for row in rows], device=padded.device)
    states = parts.states(padded)[:, torch.arange(len(rows), device=padded.device), ends]  # (L + 1, F, C)
    ranks, ps, ahead = [], [], []
    for state in states:
        logits = parts.read(state)  # (F, V)
        own_logits = logits.gather(1, answers[:, None])  # (F, 1)
        ranks.append((logits > own_logits).sum(1) + 1)
        ps.append(logits.softmax(-1).gather(1, answers[:, None])[:, 0])
        ahead.append(share_ahead(logits[: len(CAPITALS)][:, answers[: len(CAPITALS)]]))
    return Answers(torch.stack(ranks), torch.stack(ps), torch.tensor(ahead))


def share_ahead(logits: Tensor) -> float:
    """Of `logits` (N, N), question by answer, how often the right one, on the diagonal, is above another of its row."""
    above = logits.diagonal()[:, None] > logits  # (N, N)
    count = logits.shape[0]
    return float(above.sum()) / (count * (count - 1))


def settled(ranks: Tensor) -> tuple[int, ...]:
    """For each fact the layer from which on its answer has rank 1, given `ranks` (L + 1, F) that end in 1."""
    others = [(column != 1).nonzero().flatten().tolist() for column in ranks.T]
    return tuple(places[-1] + 1 if places else 0 for places in others)


def likeliest(own: Checkpoint, parts: Lens, state: Tensor) -> tuple[str, float]:
    """The top token of a state (C,) and its probability."""
    p, token = parts.read(state).softmax(-1).max(-1)
    return own.text(token[None]), float(p)


def translated(
    parts: Lens, states: Tensor, following: Tensor, layers: list[int], *, seed: int
) -> tuple[Translated, ...]:
    """Maps from each of `layers`, 0 first, to the end: fitted on `states` (L + 1, T, C), tested on `following` (K,).

    The first token's state is far larger than any other and is left out. None of the states fitted on has seen a
    token that is tested.
    """
    tested = len(following)
    end = parts.norm(states[-1]).float()[1 : -tested - 1]  # (N, C)
    order = torch.randperm(len(end), generator=torch.Generator().manual_seed(seed)).to(end.device)
    maps, embedding = [], None
    for layer in layers:
        begin, new = states[layer, 1 : -tested - 1].float(), states[layer, -tested - 1 : -1]  # (N, C), (K, C)
        mapped, shuffled = (
            parts.losses(ridge(begin, to, new.float()).to(states.dtype), following, normed=True)
            for to in (end, end[order])
        )  # (K,)
        embedding = mapped if embedding is None else embedding
        gain = embedding - mapped
        maps.append(
            Translated(
                layer=layer,
                lens=float(parts.losses(new, following).mean()),
                loss=float(mapped.mean()),
                shuffled=float(shuffled.mean()),
                gain=float(gain.mean()),
                error=float(gain.std()) / tested**0.5,
            )
        )
    return tuple(maps)


def ridge(x: Tensor, y: Tensor, new: Tensor) -> Tensor:
    """What ridge regression from `x` (N, C) to `y` (N, D) says of `new` (M, C): (M, D)."""
    mean, spread, centre = x.mean(0), x.std(0) + 1e-6, y.mean(0)
    x, new = (x - mean) / spread, (new - mean) / spread
    held = x @ x.T / x.shape[1] + RIDGE * torch.eye(len(x), device=x.device)  # (N, N)
    predicted: Tensor = new @ x.T / x.shape[1] @ torch.linalg.solve(held, y - centre) + centre
    return predicted


def costs(parts: Lens, ids: Tensor, third: range, run: Run) -> tuple[tuple[LeftOut, ...], float]:
    """What `ids` (1, T) cost more without single layers, and without the middle `third`."""
    depth = len(parts.layers)
    places = sorted({0, depth // 2, depth - 1} | (set() if run.quick else set(range(0, depth, 3))))
    whole, progress = parts.whole_loss(ids), run.part(0.65, 1.0)
    left_out = []
    for done, place in enumerate(places):
        with parts.without([place]):
            left_out.append(LeftOut(place + 1, parts.whole_loss(ids) - whole))
        progress((done + 1) / (len(places) + 1))
    with parts.without(third):
        third_cost = parts.whole_loss(ids) - whole
    run.progress(1.0)
    return tuple(left_out), third_cost
