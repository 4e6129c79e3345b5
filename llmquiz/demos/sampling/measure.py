"""Greedy, temperature, top-k, top-p, min-p and beam on the same distributions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint, text_tokens
from llmquiz.demos.lab.run import Run
from llmquiz.demos.sampling import draw_tokens, methods
from llmquiz.demos.sampling.claims import SHOWN, Method, Result
from llmquiz.demos.sampling.methods import METHODS, Settings

TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
KNOWN = "The capital of France is"
"""What a real model continues."""
BEGINNINGS = 6
"""Beam search and greedy decoding are compared behind so many."""


def measure(run: Run) -> Result:
    """One distribution under every method, then whole texts."""
    model, repeating, own = _decoders(run)
    prompt = _prompt(model, own, run)  # (1, P)
    draws, generated, new, texts = (20_000, 32, 24, 4) if run.quick else (50_000, 128, 48, 16)

    # the next token behind the prompt: one distribution, drawn from in every way
    with torch.inference_mode():
        logits = model(prompt).logits[0, -1].float()  # (V,)
    shown = logits.topk(SHOWN).indices  # (SHOWN,)
    by_method = _methods(model, prompt, logits, shown, (draws, generated), run)

    # every position of a text of the model's own, to find where it is sure and where it is not
    text = draw_tokens.write(model, prompt, new, seed=run.seed, do_sample=True)  # (1, N)
    run.progress(0.6)
    with torch.inference_mode():
        along = model(torch.cat((prompt, text), 1)).logits[0, prompt.shape[1] - 1 :].float()  # (N + 1, V)
    peaked, flat = (find(along, key=lambda row: methods.entropy(row.softmax(-1))) for find in (min, max))  # each (V,)

    # whole texts: how probable each method's are, and whether they go round in circles
    greedy_logs, beam_logs = _greedy_and_beam(model, prompt, text, new)
    sampled = draw_tokens.write(model, prompt, new, texts=texts, seed=run.seed, do_sample=True)  # (texts, N)
    run.progress(0.9)
    greedy_text = draw_tokens.write(repeating, prompt, 64, do_sample=False)[0].tolist()
    sampled_text = draw_tokens.write(repeating, prompt, 64, seed=run.seed, do_sample=True)[0].tolist()
    mass, mass_without_last = methods.masses_of_top_p(logits)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        vocabulary=len(logits),
        prompt=prompt.shape[1],
        draws=draws,
        generated=generated,
        tokens=tuple(_name(int(token), own.tokenizer if own else None) for token in shown),
        methods=by_method,
        temperatures=TEMPERATURES,
        entropies=tuple(methods.entropy(methods.shaped(logits, Settings(temperature=t))) for t in TEMPERATURES),
        order_kept=methods.order_kept(logits, TEMPERATURES),
        peaked=methods.cuts(peaked),
        flat=methods.cuts(flat),
        hot=methods.cuts(logits / 2),
        mass_of_top_p=mass,
        mass_without_its_last=mass_without_last,
        top_k_sets=methods.sets(logits, top_k=10),
        top_p_sets=methods.sets(logits, top_p=0.9),
        new=new,
        greedy_logs=greedy_logs,
        beam_logs=beam_logs,
        sampled_logs=tuple(draw_tokens.log_probability(model, prompt, row) for row in sampled),
        greedy_distinct=draw_tokens.distinct_pairs(greedy_text),
        sampled_distinct=draw_tokens.distinct_pairs(sampled_text),
        greedy_text=tuple(greedy_text),
    )


def _decoders(run: Run) -> tuple[Any, Any, Checkpoint | None]:
    """A model with a peaked distribution, one with the usual weights, which repeats itself; and a checkpoint."""
    if run.model:
        checkpoint = load_checkpoint(run.model, "decoder", **run.place)
        # its own settings would join in
        checkpoint.model.generation_config = GenerationConfig(pad_token_id=0)  # type: ignore[no-untyped-call]
        return checkpoint.model, checkpoint.model, checkpoint
    return tiny.llama(init=0.12, **run.place), tiny.llama(**run.place), None


def _prompt(model: Any, own: Checkpoint | None, run: Run) -> Tensor:
    """The user's text, a beginning that a real model knows, else 8 random tokens: (1, P)."""
    if own and (run.text or own.tokenizer):
        return own.tokens(run.text or KNOWN)
    return text_tokens(run.text, model) if run.text else tiny.random_tokens(model, 1, 8, seed=run.seed)


def _methods(
    model: Any, prompt: Tensor, logits: Tensor, shown: Tensor, counts: tuple[int, int], run: Run
) -> tuple[Method, ...]:
    """Every method on these logits (V,); `counts`: draws of ours, and first tokens by `generate()`."""
    draws, generated = counts
    measured = list[Method]()
    for name, how in METHODS.items():
        probs = methods.shaped(logits, how)  # (V,)
        measured.append(
            Method(
                name=name,
                kept=methods.kept(probs),
                entropy=methods.entropy(probs),
                distance=draw_tokens.distance(probs, draws, run.seed),
                same_as_generate=draw_tokens.same_as_generate(model, prompt, how, generated, run.seed),
                probabilities=tuple(probs[shown].tolist()),
            )
        )
        run.progress(0.5 * len(measured) / len(METHODS))
    return tuple(measured)


def _greedy_and_beam(model: Any, prompt: Tensor, text: Tensor, new: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """ln p of what greedy decoding and four beams write, behind the prompt and more and more of `text` (1, N)."""
    greedy_logs, beam_logs = [], []
    for taken in range(BEGINNINGS):
        start = torch.cat((prompt, text[:, :taken]), 1)  # (1, P + taken)
        greedy = draw_tokens.write(model, start, new, do_sample=False)[0]  # (N,)
        # a length penalty of 0: the sum of logarithms is compared, not their mean
        beam = draw_tokens.write(model, start, new, do_sample=False, num_beams=4, length_penalty=0.0)[0]  # (N,)
        greedy_logs.append(draw_tokens.log_probability(model, start, greedy))
        beam_logs.append(draw_tokens.log_probability(model, start, beam))
    return tuple(greedy_logs), tuple(beam_logs)


def _name(token: int, tokenizer: Any) -> str:
    """How a token is shown: as text, or as its number where it is no visible character."""
    if tokenizer:
        return repr(tokenizer.decode([token]))[1:-1]
    return chr(token) if 32 < token < 127 else f"0x{token:02x}"
