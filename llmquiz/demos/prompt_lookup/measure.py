"""Each task without and with lookup; the copying with drafts from elsewhere; and what a check costs."""

from __future__ import annotations

from typing import Any

import torch

from llmquiz.demos.lab import kv, tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.prompt_lookup import decoding
from llmquiz.demos.prompt_lookup.claims import COPY, OPEN, Cost, Result, Task
from llmquiz.demos.prompt_lookup.decoding import Answer, Prompt
from llmquiz.demos.prompt_lookup.tasks import prompts

MOST = 8
"""Tokens that are proposed at a time."""


def measure(run: Run) -> Result:
    """Write every text twice, and the copy twice more."""
    assert run.model, "a demo that needs a real model is given one"
    run.progress(0.0)
    own = load_checkpoint(run.model, "decoder", **run.place)
    model, ends, new = own.model, ends_of(own), 16 if run.quick else 32
    questions = prompts(own, run.text or text("story"), quick=run.quick)

    tasks: list[Task] = []
    plain_times, lookup_times = [], []
    controls: dict[str, Cost] = {}
    for name, ids in questions.items():
        prompt = decoding.read(model, ids)
        plain = decoding.write(model, prompt, new, MOST, decoding.nothing, ends)
        lookup = decoding.write(model, prompt, new, MOST, decoding.look_up, ends)
        tasks.append(task(own, name, prompt, plain, lookup))
        if name == COPY:
            other = own.tokens(text("essay"))[0, : len(prompt.ids)].tolist()
            for control, drafter in (
                ("random", decoding.guessing(model.config.get_text_config().vocab_size, run.seed)),
                ("elsewhere", decoding.looking_in(other, len(prompt.ids))),
            ):
                controls[control] = decoding.write(model, prompt, new, MOST, drafter, ends).cost(plain)
            price = check_price(model, prompt, rounds=3 if run.quick else 5)
        if name in OPEN:
            plain_times.append(plain.seconds)
            lookup_times.append(lookup.seconds)
        run.progress(len(tasks) / len(questions))
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        most=MOST,
        tasks=tuple(tasks),
        random=controls["random"],
        elsewhere=controls["elsewhere"],
        open_speed=ratio(Times(tuple(plain_times)), Times(tuple(lookup_times))),
        check_price=price,
    )


def ends_of(own: Checkpoint) -> frozenset[int]:
    """The tokens that end a text."""
    settings = getattr(own.model, "generation_config", None)
    named = [getattr(settings, "eos_token_id", None), getattr(own.tokenizer, "eos_token_id", None)]
    return frozenset(end for ids in named for end in (ids if isinstance(ids, list) else [ids]) if end is not None)


def task(own: Checkpoint, name: str, prompt: Prompt, plain: Answer, lookup: Answer) -> Task:
    """A task in numbers, and its text as lookup wrote it."""
    return Task(
        name=name,
        prompt=len(prompt.ids),
        tokens=len(plain.tokens),
        copied=decoding.copied(plain.tokens, prompt.ids),
        plain=plain.cost(plain),
        lookup=lookup.cost(plain),
        pieces=tuple(own.text(torch.tensor(piece)) for piece in lookup.pieces),
        speed=plain.seconds / max(lookup.seconds, 1e-9),
    )


@torch.inference_mode()
def check_price(model: Any, prompt: Prompt, rounds: int) -> Ratio:
    """The time of a pass over `MOST` + 1 tokens after the prompt, in passes over a single one."""

    def passing(count: int) -> None:
        kv.call(model, torch.tensor([[prompt.first] * count], device=model.device), cache=prompt.cache)
        prompt.cache.crop(-count)

    cases = {"check": lambda: passing(MOST + 1), "step": lambda: passing(1)}
    times = timed(cases, device=str(model.device), rounds=rounds)
    return ratio(times["check"], times["step"])
