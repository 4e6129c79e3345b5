"""Random tokens that repeat with a period: what comes next can only be known from where it came before.

Tokens and period are new in every text, so that neither a token nor a distance can be learned: a model has to find the
token at hand earlier in the text and copy what stood behind it (induction; Olsson et al., 2022).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.icl.architectures import Answer, Reader, outputs
from llmquiz.demos.lab import tiny

TOKENS, LENGTH = 16, 24
SHORTEST, LONGEST = 4, 8
"""Periods."""
PERIODS = range(SHORTEST, LONGEST + 1)


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to learn it."""

    reader: Reader
    asked: float
    """Share of the tokens that carry loss; 0: the last one alone."""
    questions: bool = False
    """One period is told, then its tokens are asked in another order: what stood behind each?"""


ARMS = {
    "induction-decoder": Arm(Reader.decoder, 1.0),
    "induction-decoder-last": Arm(Reader.decoder, 0.0),
    "induction-encoder-15": Arm(Reader.encoder, 0.15),
    "induction-encoder-50": Arm(Reader.encoder, 0.5),
    "induction-encoder-slot": Arm(Reader.encoder, 0.0),
    "induction-encoder-decoder": Arm(Reader.two_stacks, 1.0),
    "induction-causal": Arm(Reader.decoder, 1.0, questions=True),
    "induction-bidirectional": Arm(Reader.opened, 1.0, questions=True),
}


def texts(count: int, generator: torch.Generator, period: int | None = None) -> Tensor:
    """So many texts (B, LENGTH) of tokens from 1, of one period or each of its own, in which no token comes twice."""
    periods = torch.randint(SHORTEST, LONGEST + 1, (count, 1), generator=generator)
    if period is not None:
        periods = torch.full((count, 1), period)
    order = 1 + torch.rand(count, TOKENS, generator=generator).argsort(1)
    return order.gather(1, torch.arange(LENGTH)[None] % periods)


def asking(ids: Tensor, period: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The first period of each text with all its tokens but the last asked behind it (B, 2R - 1), and what is right."""
    told = ids[:, :period]
    order = torch.rand(len(ids), period - 1, generator=generator).argsort(1)
    return torch.cat((told, told.gather(1, order)), 1), told.gather(1, order + 1)


def answers(arm: Arm, model: Any, ids: Tensor, ask: Tensor, first: int) -> tuple[Tensor, Tensor]:
    """Logits of every token of `ids` (B, T) that `ask` (B, T) names, (n, V), and those tokens, (n,).

    Two stacks: the encoder reads the `first` ones, and only later ones are asked.
    """
    ids, ask = ids.to(model.device), ask.to(model.device)
    match arm.reader:
        case Reader.encoder:
            return outputs(arm.reader, model, ids.where(~ask, 0)).logits[ask], ids[ask]
        case Reader.two_stacks:
            found = model(input_ids=ids[:, :first], decoder_input_ids=ids[:, first - 1 : -1], use_cache=False)
            return found.logits[ask[:, first:]], ids[:, first:][ask[:, first:]]
    return outputs(arm.reader, model, ids[:, :-1]).logits[ask[:, 1:]], ids[:, 1:][ask[:, 1:]]


def last_of(ids: Tensor) -> Tensor:
    """The last token alone, as `ask` of `answers`."""
    ask = torch.zeros_like(ids, dtype=torch.bool)
    ask[:, -1] = True
    return ask


@torch.no_grad()
def right(name: str, model: Any, *, seed: int, count: int = 1000) -> float:
    """Share of last tokens, or of questions, that are right, under every period alike."""
    arm, generator = ARMS[name], torch.Generator().manual_seed(20_000 + seed)
    shares = []
    for period in PERIODS:
        ids = texts(count // len(PERIODS), generator, period)
        if arm.questions:
            read, due = asking(ids, period, generator)
            logits = outputs(arm.reader, model, read.to(model.device)).logits[:, period:]
        else:
            logits, due = answers(arm, model, ids, last_of(ids), LENGTH // 2)
        shares.append(float((logits.argmax(-1).cpu() == due.cpu()).float().mean()))
    return sum(shares) / len(shares)


@torch.no_grad()
def along(model: Any, period: int, *, seed: int, count: int = 500) -> list[float]:
    """Share of tokens that a decoder gets right at each place from the second on, in texts of one period."""
    ids = texts(count, torch.Generator().manual_seed(30_000 + seed), period).to(model.device)
    found = outputs(Reader.decoder, model, ids[:, :-1]).logits.argmax(-1)
    return [round(float(one), 3) for one in (found == ids[:, 1:]).float().mean(0)]


def guessing() -> float:
    """What any token of the text reaches as a guess."""
    return sum(1 / period for period in PERIODS) / len(PERIODS)


@dataclass(frozen=True, slots=True)
class Head:
    """One attention head, and where it looks as the last token is asked; shares of its attention."""

    kind: str
    """self, or cross."""
    layer: int
    head: int
    """Both from 0."""
    places: tuple[float, ...]
    """On the places where that token stood before, one place before those, two before."""
    previous: float
    """On the token before it."""
    without: float
    """Share of last tokens right when this head alone says nothing."""

    @property
    def back(self) -> int:
        """So many places before the answer it looks most: 0 to 2."""
        return self.places.index(max(self.places))

    @property
    def share(self) -> float:
        """Of its attention, on those places."""
        return max(self.places)


@torch.no_grad()
def heads(name: str, model: Any, *, seed: int, count: int = 500) -> list[Head]:
    """Every head of a model that is asked for the last token; of the encoder–decoder those of its decoder."""
    found = []
    for (kind, layer, head), places, previous in _looks(ARMS[name], model, seed, count):
        with silenced(ARMS[name], model, (kind, layer, head)):
            without = right(name, model, seed=seed, count=count)
        found.append(Head(kind, layer, head, places, previous, round(without, 4)))
    return found


@torch.no_grad()
def most(name: str, model: Any, *, seed: int, count: int = 500) -> float:
    """The largest share of attention that any head has for one of its three places; 0 where none is asked."""
    return max((max(places) for _, places, _ in _looks(ARMS[name], model, seed, count)), default=0.0)


def _looks(
    arm: Arm, model: Any, seed: int, count: int
) -> Iterator[tuple[tuple[str, int, int], tuple[float, ...], float]]:
    """Head by head its kind, layer and number, and `places` and `previous` of `Head`."""
    if arm.questions:
        return
    ids = texts(count, torch.Generator().manual_seed(40_000 + seed)).to(model.device)
    for kind, (read, weights) in _attention(arm, model, ids).items():
        stood = [(read == ids[:, -1 - back, None]) for back in range(3)]  # (B, T)
        for layer, one in enumerate(weights):
            for head in range(one.shape[1]):
                looks = one[:, head, -1]  # (B, T)
                places = tuple(round(float((looks * where).sum(-1).mean()), 4) for where in stood)
                previous = float(looks[:, -2].mean()) if kind == "self" else 0.0
                yield (kind, layer, head), places, round(previous, 4)


def _attention(arm: Arm, model: Any, ids: Tensor) -> dict[str, tuple[Tensor, tuple[Tensor, ...]]]:
    """By kind: the tokens that are looked at (B, T), and each layer's weights (B, H, T, T)."""
    used = model.config._attn_implementation
    tiny.attend(model, "eager")
    try:
        match arm.reader:
            case Reader.encoder:
                hidden = ids.where(~last_of(ids), 0)
                return {"self": (hidden, outputs(arm.reader, model, hidden, output_attentions=True).attentions)}
            case Reader.two_stacks:
                first, rest = ids[:, : LENGTH // 2], ids[:, LENGTH // 2 - 1 : -1]
                found = model(input_ids=first, decoder_input_ids=rest, use_cache=False, output_attentions=True)
                return {"self": (rest, found.decoder_attentions), "cross": (first, found.cross_attentions)}
        read = ids[:, :-1]
        return {"self": (read, outputs(arm.reader, model, read, output_attentions=True).attentions)}
    finally:
        tiny.attend(model, used)


@contextmanager
def silenced(arm: Arm, model: Any, *those: tuple[str, int, int]) -> Iterator[None]:
    """Inside, the heads of these kinds, layers and numbers add nothing to the residual stream."""
    with ExitStack() as hooks:
        for kind, layer, head in those:
            mixes = _mixes(arm.reader, model, kind, layer)
            hooks.callback(mixes.register_forward_pre_hook(partial(_silence, head)).remove)
        yield


def _mixes(reader: Reader, model: Any, kind: str, layer: int) -> Any:
    """The projection that mixes the heads of a layer."""
    match reader:
        case Reader.encoder:
            return model.bert.encoder.layer[layer].attention.output.dense
        case Reader.two_stacks:
            block = model.decoder.block[layer].layer
            return block[1].EncDecAttention.o if kind == "cross" else block[0].SelfAttention.o
    return model.model.layers[layer].self_attn.o_proj


def _silence(head: int, module: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    width = module.in_features // 2  # two heads
    heard = inputs[0].clone()
    heard[..., head * width : (head + 1) * width] = 0
    return (heard, *inputs[1:])


LETTERS = "abcdefghijklmnop"


@torch.no_grad()
def guesses(models: dict[str, Any], *, seed: int) -> tuple[str, list[Answer]]:
    """A text in letters, its last one open, and what each model puts there; of the model of questions nothing."""
    ids = texts(1, torch.Generator().manual_seed(50_000 + seed))
    found = []
    for name, model in models.items():
        if not ARMS[name].questions:
            logits, _ = answers(ARMS[name], model, ids, last_of(ids), LENGTH // 2)
            chance, token = logits[0, 1:].softmax(-1).max(-1)
            found.append(Answer(name, LETTERS[int(token)], float(chance)))
    return " ".join([*(LETTERS[one - 1] for one in ids[0, :-1].tolist()), "?"]), found
