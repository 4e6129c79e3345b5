"""How often the top token comes, by its probability: at several temperatures, and with controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import torch
from torch import Tensor

from llmquiz.demos.calibration.claims import Bin, Miss, Result, Tempered
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Run, silent
from llmquiz.demos.lab.texts import text
from llmquiz.errors import DemoError

BINS = 10
"""Of equal width from 0 to 1."""
TEMPERATURES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)
QUICK_TEMPERATURES = (0.5, 0.85, 1.0, 1.2, 1.5)
LONGEST = 1024
"""Tokens of one text that are read at most: a GPT-2 reads no more."""
LEAST = 300
"""Tokens without which a share in a bin means nothing."""
ROWS = 128
"""Places whose distributions are held at a time."""
DRAWS = 200
SHOWN = 30
"""Tokens of each text that are shown."""
MISSES = 5
BEFORE = 7
"""Tokens shown before a miss."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of each of N places at one temperature."""

    confidence: Tensor
    """Probability of the top token (N,), float64."""
    top: Tensor
    """The top token (N,)."""
    loss: Tensor
    """Of the token that came (N,)."""


def measure(run: Run) -> Result:
    """Read the texts once, then divide their logits by each temperature."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    longest = min(LONGEST, getattr(own.model.config.get_text_config(), "max_position_embeddings", LONGEST))
    texts = [run.text] if run.text else [text("story"), text("essay")]
    rows = [own.tokens(read)[0, :longest] for read in texts]  # (T,) each
    if (count := sum(map(len, rows))) < LEAST:
        raise DemoError("demo.text-too-short", count=count, least=LEAST)

    temperatures = QUICK_TEMPERATURES if run.quick else TEMPERATURES
    seen, average = read_all(own, rows, temperatures, run.part(0.0, 0.95))
    targets = torch.cat([ids[1:] for ids in rows]).cpu()  # (N,)
    plain = seen[1.0]
    right = plain.top == targets  # (N,)
    generator = torch.Generator().manual_seed(run.seed)
    blind = average.argmax()
    chance = average[blind].expand(len(targets))  # (N,)
    result = Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        text=" / ".join(" ".join(own.text(ids[:SHOWN]).split()) for ids in rows),
        places=len(targets),
        tempered=tuple(tempered(t, seen[t], targets) for t in temperatures),
        equal_error=equal_count_error(plain.confidence, right),
        shuffled_error=shuffled_error(plain.confidence, right, generator),
        ideal_error=ideal_error(plain.confidence, generator),
        blind_error=error(binned(chance, targets == blind)),
        blind_loss=float(-average[targets].clamp_min(torch.finfo(average.dtype).tiny).log().mean()),
        misses=surest_misses(own, rows, plain, targets),
    )
    run.progress(1.0)
    return result


@torch.inference_mode()
def read_all(
    own: Checkpoint, rows: Sequence[Tensor], temperatures: Sequence[float], progress: Callable[[float], None] = silent
) -> tuple[dict[float, Seen], Tensor]:
    """Every next token of texts (T,) by temperature, and the average prediction (V,) at temperature 1."""
    parts: dict[float, list[tuple[Tensor, Tensor, Tensor]]] = {t: [] for t in temperatures}
    total, places, done = None, sum(len(ids) - 1 for ids in rows), 0
    progress(0.0)
    for ids in rows:
        logits = own.model(ids[None]).logits[0, :-1]  # (T − 1, V)
        for start in range(0, len(logits), ROWS):
            chunk = logits[start : start + ROWS].float()  # (R, V)
            came = ids[1 + start : 1 + start + len(chunk), None]  # (R, 1)
            for t in temperatures:
                shares = (chunk / t).softmax(-1)  # (R, V)
                confidence, top = shares.max(-1)  # (R,), (R,)
                # of a small share the logarithm would be rounded away
                loss = (chunk / t).logsumexp(-1) - chunk.gather(1, came)[:, 0] / t  # (R,)
                parts[t].append((confidence.double().cpu(), top.cpu(), loss.double().cpu()))
                if t == 1.0:
                    total = shares.sum(0) if total is None else total + shares.sum(0)  # (V,)
            done += len(chunk)
            progress(done / places)
    assert total is not None, "temperature 1 is always among them"
    seen = {t: Seen(*(torch.cat(column) for column in zip(*chunks, strict=True))) for t, chunks in parts.items()}
    return seen, (total / places).double().cpu()


def binned(confidence: Tensor, right: Tensor) -> tuple[Bin, ...]:
    """The places, with confidence and whether they are right (N,), in bins of equal width, without empty bins."""
    index = (confidence * BINS).long().clamp(max=BINS - 1)  # (N,)
    bins = []
    for i in range(BINS):
        inside = index == i
        if count := int(inside.sum()):
            shares = float(confidence[inside].mean()), float(right[inside].double().mean())
            bins.append(Bin(i / BINS, (i + 1) / BINS, count, *shares))
    return tuple(bins)


def error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (Guo et al. 2017): the distance of confidence and accuracy, weighted by count."""
    return sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / sum(b.count for b in bins)


def equal_count_error(confidence: Tensor, right: Tensor) -> float:
    """The same over as many bins that each hold as many places."""
    order = confidence.argsort(stable=True)
    pieces = [piece for piece in order.tensor_split(BINS) if len(piece)]
    gaps = [len(p) * abs(float(confidence[p].mean() - right[p].double().mean())) for p in pieces]
    return sum(gaps) / len(order)


def shuffled_error(confidence: Tensor, right: Tensor, generator: torch.Generator) -> float:
    """The error where each place has the probability of another one drawn by chance."""
    orders = [torch.randperm(len(confidence), generator=generator) for _ in range(DRAWS)]
    return fmean(error(binned(confidence[order], right)) for order in orders)


def ideal_error(confidence: Tensor, generator: torch.Generator) -> float:
    """The error left where each top token comes with exactly its probability, by chance alone."""
    draws = torch.rand(DRAWS, len(confidence), generator=generator, dtype=torch.float64) < confidence  # (draws, N)
    return fmean(error(binned(confidence, right)) for right in draws)


def tempered(temperature: float, seen: Seen, targets: Tensor) -> Tempered:
    """The figures of one temperature; `targets` (N,) is what came."""
    right = seen.top == targets  # (N,)
    bins = binned(seen.confidence, right)
    loss, confidence = float(seen.loss.mean()), float(seen.confidence.mean())
    return Tempered(temperature, loss, confidence, int(right.sum()), error(bins), bins)


def surest_misses(own: Checkpoint, rows: Sequence[Tensor], seen: Seen, targets: Tensor) -> tuple[Miss, ...]:
    """Where the model was surest and something else came; `targets` (N,) is what came in the texts (T,)."""
    spots = [(ids, i) for ids in rows for i in range(1, len(ids))]
    missed = torch.where(seen.top == targets, 0.0, seen.confidence).sort(descending=True, stable=True)
    misses = []
    for confidence, place in zip(missed.values[:MISSES].tolist(), missed.indices[:MISSES].tolist(), strict=True):
        if confidence > 0:
            ids, i = spots[place]
            parts = ids[max(0, i - BEFORE) : i], seen.top[place : place + 1], ids[i : i + 1]
            before, predicted, actual = (" ".join(own.text(part).split()) for part in parts)
            misses.append(Miss(before, predicted, actual, confidence))
    return tuple(misses)
