"""The same questions by letter, by text, with other labels and as a chat; and what is left without the question."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Progress, Run
from llmquiz.demos.letter_bias.claims import LETTERS, Result, Way
from llmquiz.demos.letter_bias.prompts import EMPTY, as_chat, drawn, listed, plain, turned
from llmquiz.demos.letter_bias.questions import QUESTIONS, Question
from llmquiz.demos.letter_bias.scoring import Asked, Scored, score

PLACES = len(LETTERS)
DIGITS = ("1", "2", "3", "4")
QUICK = 12
"""Questions of a quick run."""


def measure(run: Run) -> Result:
    """First each question with the right answer at every place, then the other ways of asking."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    questions = drawn(QUESTIONS, QUICK if run.quick else len(QUESTIONS), run.seed)
    run.progress(0.0)

    letters, shown = by_letter(own, questions, run.part(0.0, 0.5))  # (N, 4 places, 4 labels), (N, 4, 4 options)
    prior = content_free(own)  # (4,)
    texts, others, blind = by_text(own, questions, run.part(0.5, 0.65))
    digits = once(own, questions, DIGITS, run.part(0.65, 0.8))
    chat = once(own, questions, LETTERS, run.part(0.8, 1.0), chat=True)

    corrected = (letters - prior.log()).argmax(-1)  # (N, 4)
    options = by_option(letters.log_softmax(-1))  # (N, 4 places, 4 options), the right one first
    sums, tokens = stacked(texts)  # (N, 4), (N, 4)
    characters = torch.tensor([[len(option) for option in question.options] for question in questions])  # (N, 4)
    by_sum, by_mean, by_chars = (scores.argmax(-1) for scores in (sums, sums / tokens, sums / characters))
    places = torch.arange(PLACES)
    ways: list[tuple[str, float | None]] = [
        ("letters", share(letters.argmax(-1), places)),
        ("digits", digits),
        ("chat", chat),
        ("corrected", share(corrected, places)),
        ("orders", share(options.mean(1).argmax(-1), 0)),
        ("listed", share(shown.argmax(-1), 0)),
        ("text", share(by_sum, 0)),
        ("mean", share(by_mean, 0)),
        ("chars", share(by_chars, 0)),
        ("against-blind", share((sums - stacked(blind)[0]).argmax(-1), 0)),
    ]
    run.progress(1.0)
    first = questions[0]
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        questions=len(questions),
        ways=tuple(Way(name, accuracy) for name, accuracy in ways if accuracy is not None),
        by_place=tuple((letters.argmax(-1) == places).double().mean(0).tolist()),
        chosen=counted(letters.argmax(-1)),
        corrected_chosen=counted(corrected),
        prior=tuple(prior.tolist()),
        mass=float(letters.exp().sum(-1).mean()),
        changed=changed(options.argmax(-1)),
        changed_listed=changed(shown.argmax(-1)),
        mean_differs=int((by_mean != by_sum).sum()),
        chars_differs=int((by_chars != by_sum).sum()),
        blind=share(stacked(blind)[0].argmax(-1), 0),
        swapped=share(stacked(others)[0].argmax(-1), 0),
        prompts=(listed(first.text, first.options, LETTERS), plain(first.text)),
    )


def by_letter(own: Checkpoint, questions: Sequence[Question], progress: Progress) -> tuple[Tensor, Tensor]:
    """Log-probabilities of letters and of the options' text (N, 4, 4) each, the right answer at place 0, 1, 2, 3.

    The letters stand in their order, the texts with the right one first.
    """
    asked = [
        Asked(listed(question.text, turned(question.options, place), LETTERS), spaced((*LETTERS, *question.options)))
        for question in questions
        for place in range(PLACES)
    ]
    sums = stacked(score(own, asked, progress))[0].view(len(questions), PLACES, 2, PLACES)
    return sums[:, :, 0], sums[:, :, 1]


def content_free(own: Checkpoint) -> Tensor:
    """The share of each letter where question and options say nothing, a mean over several ways to say it. (4,)"""
    asked = [Asked(listed(empty, [empty] * PLACES, LETTERS), spaced(LETTERS)) for empty in EMPTY]
    return stacked(score(own, asked))[0].softmax(-1).mean(0)


def by_text(
    own: Checkpoint, questions: Sequence[Question], progress: Progress
) -> tuple[list[Scored], list[Scored], list[Scored]]:
    """The options' text under their own question, under another one, and under none; no options in the prompt."""
    half = len(questions) // 2
    shifted = [*questions[half:], *questions[:half]]
    asked = [
        Asked(plain(question.text), spaced((*question.options, *other.options)))
        for question, other in zip(questions, shifted, strict=True)
    ]
    scored = score(own, asked, progress)
    right = [Scored(both.sums[:PLACES], both.counts[:PLACES]) for both in scored]
    moved = [Scored(both.sums[PLACES:], both.counts[PLACES:]) for both in scored]
    blind = score(own, [Asked(plain(""), spaced(question.options)) for question in questions])
    return right, moved, blind


def once(
    own: Checkpoint, questions: Sequence[Question], labels: Sequence[str], progress: Progress, *, chat: bool = False
) -> float | None:
    """Accuracy by label where the right answers stand at the four places in turn; None without a chat template."""
    asked = []
    for i, question in enumerate(questions):
        prompt = listed(question.text, turned(question.options, i % PLACES), labels)
        if not chat:
            asked.append(Asked(prompt, spaced(labels)))
        elif message := as_chat(own.tokenizer, prompt):
            asked.append(Asked(message, tuple(labels), special=False))
    if not asked:
        return None
    chosen = stacked(score(own, asked, progress))[0].argmax(-1)  # (N,)
    return share(chosen, torch.arange(len(chosen)) % PLACES)


def spaced(endings: Sequence[str]) -> tuple[str, ...]:
    """Endings as they follow a word."""
    return tuple(f" {ending}" for ending in endings)


def stacked(scored: Sequence[Scored]) -> tuple[Tensor, Tensor]:
    """Sums and counts of texts with as many endings each, (N, E)."""
    return torch.stack([each.sums for each in scored]), torch.stack([each.counts for each in scored])


def by_option(letters: Tensor) -> Tensor:
    """Scores of letters (N, 4 places, 4) in the order of the options, the right one first."""
    return torch.stack([letters[:, place].roll(-place, -1) for place in range(PLACES)], 1)


def share(chosen: Tensor, right: Tensor | int) -> float:
    """How much of what was chosen is right."""
    return float((chosen == right).double().mean())


def counted(chosen: Tensor) -> tuple[int, ...]:
    """How often each of the four was chosen."""
    return tuple(chosen.flatten().bincount(minlength=PLACES).tolist())


def changed(chosen: Tensor) -> int:
    """Questions for which the option chosen (N, 4 orders) is not the same in every order."""
    return int((chosen != chosen[:, :1]).any(-1).sum())
