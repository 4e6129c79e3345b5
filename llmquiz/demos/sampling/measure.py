"""Greedy, temperature, top-k, top-p, min-p and beam on the same distributions of a trained model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import GenerationConfig

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.sampling import draw_tokens, methods, stories
from llmquiz.demos.sampling.claims import SHOWN, Method, Result
from llmquiz.demos.sampling.methods import METHODS, Settings

TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
KNOWN = "The capital of France is"
"""What a real model continues."""
NEW = 48
"""Tokens of a text: enough for the greedy one to go round in circles."""


class Sizes(NamedTuple):
    """How much is drawn and written."""

    draws: int
    """Of the next token, by us."""
    generated: int
    """Of the next token, by `generate()`."""
    texts: int
    """Sampled."""
    beginnings: int
    """Behind which beam search and greedy decoding are compared."""
    beams: int


REAL = Sizes(20_000, 8, 4, 2, 3)
QUICK = Sizes(20_000, 32, 4, 4, 4)
FULL = Sizes(50_000, 128, 16, 6, 4)


@dataclass(frozen=True, slots=True)
class Writer:
    """A model, its prompt, and how its tokens are read."""

    model: Any
    prompt: Tensor
    """(1, P)."""
    name: Callable[[int], str]
    """Of a token."""
    text: Callable[[Tensor], str]
    """Of ids (T,)."""


def measure(run: Run) -> Result:
    """One distribution under every method, then whole texts."""
    writer = _given(run) if run.model else _own(run)
    model, prompt = writer.model, writer.prompt
    sizes = REAL if run.model else QUICK if run.quick else FULL

    # the next token behind the prompt: one distribution, drawn from in every way
    with torch.inference_mode():
        logits = model(prompt).logits[0, -1].float()  # (V,)
    shown = logits.topk(SHOWN).indices  # (SHOWN,)
    by_method = _methods(model, prompt, logits, shown, sizes, run)

    # every position of a sampled text, to find where the model is sure and where it is not
    sampled = draw_tokens.write(model, prompt, NEW, texts=sizes.texts, seed=run.seed, do_sample=True)  # (texts, N)
    run.progress(0.6)
    with torch.inference_mode():
        along = model(torch.cat((prompt, sampled[:1]), 1)).logits[0, prompt.shape[1] - 1 :].float()  # (N + 1, V)
    peaked, flat = (find(along, key=lambda row: methods.entropy(row.softmax(-1))) for find in (min, max))  # each (V,)

    # whole texts: how probable each method's are, and whether they go round in circles
    greedy, beam = _greedy_and_beam(model, prompt, sampled[:1], sizes)
    mass, mass_without_last = methods.masses_of_top_p(logits)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        vocabulary=len(logits),
        prompt=prompt.shape[1],
        draws=sizes.draws,
        generated=sizes.generated,
        tokens=tuple(writer.name(int(token)) for token in shown),
        methods=by_method,
        temperatures=TEMPERATURES,
        entropies=tuple(methods.entropy(methods.shaped(logits, Settings(temperature=t))) for t in TEMPERATURES),
        order_kept=methods.order_kept(logits, TEMPERATURES),
        peaked=methods.cuts(peaked),
        flat=methods.cuts(flat),
        hot=methods.cuts(logits / 2),
        mass_of_top_p=mass,
        mass_without_its_last=mass_without_last,
        top_k_sets=methods.sets(logits, top_k=methods.TOP_K.top_k),
        top_p_sets=methods.sets(logits, top_p=methods.TOP_P.top_p),
        new=NEW,
        beams=sizes.beams,
        greedy_logs=greedy.logs,
        beam_logs=beam.logs,
        sampled_logs=tuple(draw_tokens.log_probability(model, prompt, row) for row in sampled),
        greedy_distinct=draw_tokens.distinct_pairs(greedy.first.tolist()),
        sampled_distinct=fmean(draw_tokens.distinct_pairs(row.tolist()) for row in sampled),
        prompt_text=writer.text(prompt[0]),
        greedy_text=writer.text(greedy.first),
        beam_text=writer.text(beam.first),
        sampled_text=writer.text(sampled[0]),
    )


def _own(run: Run) -> Writer:
    """The model of the small stories, behind a beginning of one."""
    model = stories.model(**run.place)
    prompt = stories.tokens(stories.BEGINNING if run.text is None else run.text).to(run.device)  # (1, P)
    return Writer(model, prompt, stories.WORDS.__getitem__, stories.written)


def _given(run: Run) -> Writer:
    """The checkpoint behind the user's text or a beginning that it knows; behind random tokens where it reads none."""
    assert run.model
    own = load_checkpoint(run.model, "decoder", **run.place)
    # its own settings would join in
    own.model.generation_config = GenerationConfig(pad_token_id=0)  # type: ignore[no-untyped-call]
    if run.text is not None or own.tokenizer:
        prompt = own.tokens(KNOWN if run.text is None else run.text)  # (1, P)
    else:
        prompt = tiny.random_tokens(own.model, 1, 8, seed=run.seed)  # (1, 8)
    return Writer(own.model, prompt, lambda token: _name(own, token), own.text)


def _name(own: Checkpoint, token: int) -> str:
    """A token as text, with its blanks and breaks to be seen; its number where there is no tokenizer."""
    return repr(own.tokenizer.decode([token]))[1:-1] if own.tokenizer else f"0x{token:02x}"


def _methods(model: Any, prompt: Tensor, logits: Tensor, shown: Tensor, sizes: Sizes, run: Run) -> tuple[Method, ...]:
    """Every method on these logits (V,)."""
    measured = list[Method]()
    for name, how in METHODS.items():
        probs = methods.shaped(logits, how)  # (V,)
        measured.append(
            Method(
                name=name,
                kept=methods.kept(probs),
                entropy=methods.entropy(probs),
                distance=draw_tokens.distance(probs, sizes.draws, run.seed),
                same_as_generate=draw_tokens.same_as_generate(model, prompt, how, sizes.generated, run.seed),
                probabilities=tuple(probs[shown].tolist()),
            )
        )
        run.progress(0.4 * len(measured) / len(METHODS))
    return tuple(measured)


class Searched(NamedTuple):
    """What one way of search writes behind several beginnings."""

    first: Tensor
    """The text behind the prompt, (N,)."""
    logs: tuple[float, ...]
    """ln p of the text behind each."""


def _greedy_and_beam(model: Any, prompt: Tensor, text: Tensor, sizes: Sizes) -> tuple[Searched, Searched]:
    """Greedy decoding and beam search, behind the prompt and more and more of `text` (1, N)."""
    beginnings = [torch.cat((prompt, text[:, :taken]), 1) for taken in range(sizes.beginnings)]  # each (1, P + taken)
    # a length penalty of 0: the sum of logarithms is compared, not their mean
    return (
        _searched(model, beginnings),
        _searched(model, beginnings, num_beams=sizes.beams, length_penalty=0.0),
    )


def _searched(model: Any, beginnings: Sequence[Tensor], **options: Any) -> Searched:
    texts = [draw_tokens.write(model, start, NEW, do_sample=False, **options)[0] for start in beginnings]  # each (N,)
    pairs = zip(beginnings, texts, strict=True)
    return Searched(texts[0], tuple(draw_tokens.log_probability(model, start, text) for start, text in pairs))
