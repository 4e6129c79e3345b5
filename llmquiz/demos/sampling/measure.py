"""Greedy, temperature, top-k, top-p, min-p and beam on the same distributions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType
from torch import Tensor
from transformers import GenerationConfig

from llmquiz.demos.lab import plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly
from llmquiz.demos.lab.own_model import load_checkpoint, text_tokens
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.sampling import methods as _drawing
from llmquiz.demos.sampling.methods import METHODS, Kept, Settings, entropy, kept, shaped
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
BEGINNINGS = 6
"""Beam search and greedy decoding are compared behind so many."""
SHOWN = 10
"""So many of the most probable tokens are listed."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to draw, on the distribution behind the prompt."""

    name: str
    kept: int
    """Tokens that can be drawn."""
    entropy: float
    """Bits."""
    distance: float
    """Total variation between the probabilities and the shares drawn."""
    same_as_generate: int
    probabilities: tuple[float, ...]
    """Of the tokens shown."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    vocabulary: int
    prompt: int
    draws: int
    generated: int
    """First tokens drawn by `generate()` for each method."""
    tokens: tuple[str, ...]
    """The most probable ones, as text where they have one."""
    methods: tuple[Method, ...]
    temperatures: tuple[float, ...]
    entropies: tuple[float, ...]
    order_kept: bool
    """The ranks of the tokens are the same at every temperature."""
    peaked: Kept
    """Where the model is surest in a text of its own."""
    flat: Kept
    hot: Kept
    """The distribution behind the prompt at temperature 2."""
    mass_of_top_p: float
    mass_without_its_last: float
    top_k_sets: int
    """Different sets that top-k keeps at temperatures 0.5, 1 and 2."""
    top_p_sets: int
    new: int
    greedy_logs: tuple[float, ...]
    """Natural logarithm of the probability of the greedy text behind several beginnings, the first being the prompt."""
    beam_logs: tuple[float, ...]
    sampled_logs: tuple[float, ...]
    """Of texts sampled behind the prompt."""
    greedy_distinct: float
    """Share of pairs of neighbouring tokens that had not been written before."""
    sampled_distinct: float
    greedy_text: tuple[int, ...]


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    model: str | None = None,
    text: str | None = None,
) -> Result:
    """One distribution under every method, then whole texts."""
    decoder, usual, tokenizer = _decoders(model, device, dtype)
    prompt = tiny.random_tokens(decoder, 1, 8, seed=seed) if text is None else text_tokens(text, decoder, tokenizer)
    draws, generated, new, texts = (20_000, 32, 24, 4) if quick else (50_000, 128, 48, 16)
    with torch.inference_mode():
        logits = decoder(prompt).logits[0, -1].float()  # (V,)
    shown = logits.topk(SHOWN).indices
    methods = []
    for name, how in METHODS.items():
        probs = shaped(logits, how)
        methods.append(
            Method(
                name=name,
                kept=kept(probs),
                entropy=entropy(probs),
                distance=_drawing.distance(probs, draws, seed),
                same_as_generate=_drawing.same_as_generate(decoder, prompt, how, generated, seed),
                probabilities=tuple(probs[shown].tolist()),
            )
        )
        progress(0.5 * len(methods) / len(METHODS))
    own = _drawing.write(decoder, prompt, new, seed=seed, do_sample=True)
    progress(0.6)
    with torch.inference_mode():
        along = decoder(torch.cat((prompt, own), 1)).logits[0, prompt.shape[1] - 1 :].float()  # (N + 1, V)
    likely = _likely(decoder, prompt, own, new, texts, seed)
    progress(0.9)
    greedy = _drawing.write(usual, prompt, 64, do_sample=False)[0].tolist()
    sampled = _drawing.write(usual, prompt, 64, seed=seed, do_sample=True)[0].tolist()
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(decoder),
        vocabulary=len(logits),
        prompt=prompt.shape[1],
        draws=draws,
        generated=generated,
        tokens=tuple(_name(int(token), tokenizer) for token in shown),
        methods=tuple(methods),
        temperatures=TEMPERATURES,
        entropies=tuple(entropy(shaped(logits, Settings(temperature=t))) for t in TEMPERATURES),
        order_kept=_drawing.order_kept(logits, TEMPERATURES),
        peaked=_drawing.cuts(min(along, key=lambda one: entropy(one.softmax(-1)))),
        flat=_drawing.cuts(max(along, key=lambda one: entropy(one.softmax(-1)))),
        hot=_drawing.cuts(logits / 2),
        **_drawing.smallest(logits),
        top_k_sets=_drawing.sets(logits, top_k=10),
        top_p_sets=_drawing.sets(logits, top_p=0.9),
        new=new,
        **likely,
        greedy_distinct=_drawing.distinct_pairs(greedy),
        sampled_distinct=_drawing.distinct_pairs(sampled),
        greedy_text=tuple(greedy),
    )


def _decoders(name: str | None, device: str, dtype: str) -> tuple[Any, Any, Any]:
    """A model with a peaked distribution, one with the usual weights, which repeats itself, and a tokenizer."""
    if name:
        found = load_checkpoint(name, "decoder", device=device, dtype=dtype)
        found.model.generation_config = GenerationConfig(pad_token_id=0)  # type: ignore[no-untyped-call]  # its own settings would join in
        return found.model, found.model, found.tokenizer
    return tiny.llama(init=0.12, device=device, dtype=dtype), tiny.llama(device=device, dtype=dtype), None


def _name(token: int, tokenizer: Any) -> str:
    if tokenizer:
        return repr(tokenizer.decode([token]))[1:-1]
    return chr(token) if 32 < token < 127 else f"0x{token:02x}"


def _likely(model: Any, prompt: Tensor, own: Tensor, new: int, texts: int, seed: int) -> dict[str, Any]:
    """How probable the model finds what each method writes, behind the prompt and what it may be followed by."""
    greedy_logs, beam_logs = [], []
    for more in range(BEGINNINGS):
        start = torch.cat((prompt, own[:, :more]), 1)  # (1, P + more)
        greedy = _drawing.write(model, start, new, do_sample=False)
        beam = _drawing.write(model, start, new, do_sample=False, num_beams=4, length_penalty=0.0)
        greedy_logs.append(_drawing.log_probability(model, start, greedy[0]))
        beam_logs.append(_drawing.log_probability(model, start, beam[0]))
    sampled = _drawing.write(model, prompt, new, texts=texts, seed=seed, do_sample=True)
    return {
        "greedy_logs": tuple(greedy_logs),
        "beam_logs": tuple(beam_logs),
        "sampled_logs": tuple(_drawing.log_probability(model, prompt, one) for one in sampled),
    }


def generate_agrees(r: Result) -> Finding:
    least = min(one.same_as_generate for one in r.methods)
    return exactly(r.dtype, least == r.generated, f"{least}/{r.generated} (n={len(r.methods)})")


def shares_agree(r: Result) -> Finding:
    """With K tokens and n draws the distance is about half of sqrt(K / n)."""
    worst = max(r.methods, key=lambda one: one.distance / math.sqrt(one.kept / r.draws))
    bound = math.sqrt(worst.kept / r.draws)
    return Finding(worst.distance <= bound, f"TV {worst.distance:.4f} ≤ √(K/n) = {bound:.4f} (n={r.draws:,})")


def temperature_spreads(r: Result) -> Finding:
    rises = list(r.entropies) == sorted(r.entropies) and r.entropies[0] < r.entropies[-1]
    return Finding(rises and r.order_kept, f"{r.entropies[0]:.2f} → {r.entropies[-1]:.2f} bit")


def p_adapts(r: Result) -> Finding:
    holds = r.peaked.top_k == r.flat.top_k and r.peaked.top_p < r.flat.top_p
    return Finding(holds, f"k: {r.peaked.top_k}, {r.flat.top_k}; p: {r.peaked.top_p}, {r.flat.top_p}")


def smallest_set(r: Result) -> Finding:
    holds = r.mass_without_its_last < 0.9 <= r.mass_of_top_p + 1e-6
    return Finding(holds, f"{r.mass_without_its_last:.4f} < 0.9 ≤ {r.mass_of_top_p:.4f}")


def order_of_cuts(r: Result) -> Finding:
    return Finding(r.top_k_sets == 1 and r.top_p_sets > 1, f"k: {r.top_k_sets}, p: {r.top_p_sets} (T = 0.5, 1, 2)")


def min_p_cuts_tail(r: Result) -> Finding:
    return Finding(r.hot.min_p < r.hot.top_p, f"min-p {r.hot.min_p} < top-p {r.hot.top_p} (T = 2)")


def beam_is_likelier(r: Result) -> Finding:
    beam, greedy = fmean(r.beam_logs), fmean(r.greedy_logs)
    wins = sum(b >= g for b, g in zip(r.beam_logs, r.greedy_logs, strict=True))
    return Finding(beam > greedy, f"ln p {beam:.1f} > {greedy:.1f} (N={r.new}; {wins}/{len(r.beam_logs)})")


def likely_is_not_typical(r: Result) -> Finding:
    best = max(r.sampled_logs)
    return Finding(best < r.greedy_logs[0], f"ln p ≤ {best:.1f} (n={len(r.sampled_logs)}) < {r.greedy_logs[0]:.1f}")


def greedy_repeats(r: Result) -> Finding:
    return Finding(r.greedy_distinct < r.sampled_distinct, f"{r.greedy_distinct:.0%} < {r.sampled_distinct:.0%}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "generate-agrees": generate_agrees,
    "shares-agree": shares_agree,
    "temperature-spreads": temperature_spreads,
    "p-adapts": p_adapts,
    "smallest-set": smallest_set,
    "order-of-cuts": order_of_cuts,
    "min-p-cuts-tail": min_p_cuts_tail,
    "beam-is-likelier": beam_is_likelier,
    "likely-is-not-typical": likely_is_not_typical,
    "greedy-repeats": greedy_repeats,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The most probable tokens under each method, then entropy over temperature, then whole texts."""
    labels = {key: text[lang] for key, text in words.words.items()}
    rows = [
        [token, *(f"{one.probabilities[i]:.3f}" if one.probabilities[i] else "·" for one in result.methods)]
        for i, token in enumerate(result.tokens)
    ]
    rows.append([labels["kept"], *(str(one.kept) for one in result.methods)])
    rows.append([labels["entropy"], *(f"{one.entropy:.2f}" for one in result.methods)])
    plot = terminal.curves(
        [terminal.Series(labels["entropy"], result.temperatures, result.entropies)],
        x_label=labels["temperature"],
        y_label=labels["entropy"],
        height=8,
    )
    logs = [
        (labels["beam"], result.beam_logs[0]),
        (labels["greedy"], result.greedy_logs[0]),
        (labels["sampled"], fmean(result.sampled_logs)),
    ]
    texts = terminal.table([labels["texts"], "ln p"], [(name, f"{value:.1f}") for name, value in logs])
    return Group(
        terminal.table([labels["token"], *(one.name for one in result.methods)], rows),
        "",
        plot,
        "",
        result.model,
        texts,
    )


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Probabilities by rank under each method, and entropy over temperature."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    ranks = list(range(1, SHOWN + 1))
    lines = [terminal.Series(one.name, ranks, one.probabilities) for one in result.methods]
    plots.draw(left, lines, x_label=labels["rank"], y_label=labels["probability"])
    curve = terminal.Series(labels["entropy"], result.temperatures, result.entropies)
    plots.draw(right, [curve], x_label=labels["temperature"], y_label=labels["entropy"])
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
