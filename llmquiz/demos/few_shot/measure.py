"""Accuracy by the number of examples, and with examples whose answers are wrong, foreign, invented or swapped."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

from llmquiz.demos.few_shot.claims import Labels, Result, Task
from llmquiz.demos.few_shot.prompts import chosen, exact, prompt
from llmquiz.demos.few_shot.tasks import ANSWERS, INVENTED, KINDS, KNOWN, Pair
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Progress, Run

SHOWN = 4
"""Examples in the prompts that are shown."""

Kind = tuple[str, int]
"""A word and which of the two kinds it is of, 0 or 1."""


def measure(run: Run) -> Result:
    """First the tasks with an answer for each word, then the words of two kinds."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    counts = (0, 1, 8) if run.quick else (0, 1, 2, 4, 8, 16)
    label_counts, draws = (8, 16), 2 if run.quick else 3
    queries, of_each_kind = (8, 6) if run.quick else (24, 8)
    drawn = random.Random(run.seed)
    run.progress(0.0)

    pairs = {name: drawn.sample(known, len(known)) for name, known in ANSWERS.items()}
    tasks = free(own, pairs, counts, queries, run.part(0.0, 0.5))

    sheets = [sheet(drawn, max(label_counts), of_each_kind) for _ in range(draws)]
    labels = [
        classified(own, *asked, label_counts, run.part(0.5 + i / (2 * draws), 0.5 + (i + 1) / (2 * draws)))
        for i, asked in enumerate(sheets)
    ]
    run.progress(1.0)
    examples, word = pairs["antonyms"][:SHOWN], pairs["antonyms"][max(counts)][0]
    shown = [prompt(examples, word), prompt(shuffled(examples), word)]
    shown.append(prompt(named(sheets[0][0][:SHOWN], KNOWN[::-1]), sheets[0][2][0][0]))
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        counts=counts,
        queries=queries,
        tasks=tuple(tasks),
        labels=Labels(*map(fmean, zip(*labels, strict=True))),
        label_counts=label_counts,
        label_queries=draws * len(KINDS) * of_each_kind,
        prompts=tuple(shown),
    )


def free(
    own: Checkpoint, pairs: dict[str, list[Pair]], counts: Sequence[int], queries: int, progress: Progress
) -> list[Task]:
    """Each task with its first pairs as examples, more and more of them; then shuffled, and with those of the next."""
    most, names, tasks = max(counts), list(pairs), []
    for i, name in enumerate(names):
        examples, asked = pairs[name][:most], pairs[name][most : most + queries]
        right = tuple(exact(own, examples[:count], asked) for count in counts)
        others = pairs[names[(i + 1) % len(names)]][:most]
        tasks.append(Task(name, right, exact(own, shuffled(examples), asked), exact(own, others, asked)))
        progress((i + 1) / len(names))
    return tasks


def shuffled(examples: Sequence[Pair]) -> list[Pair]:
    """Each example with the answer of the next: none of them right, all of them answers of the task."""
    return [(word, examples[(i + 1) % len(examples)][1]) for i, (word, _) in enumerate(examples)]


def sheet(drawn: random.Random, most: int, queries: int) -> tuple[list[Kind], list[Kind], list[Kind]]:
    """Examples, the same ones with half of each kind wrong, and the words that are asked for.

    Examples come in pairs, one word of each kind, in random order; `most` is a multiple of four.
    Of each kind so many words are asked for as `queries` says.
    """
    kinds = [drawn.sample(words, len(words)) for words in KINDS]
    examples: list[Kind] = []
    for i in range(most // 2):
        both = [(words[i], kind) for kind, words in enumerate(kinds)]
        drawn.shuffle(both)
        examples += both
    # of two words of a kind that follow each other one is wrong
    wrong = [[flip for _ in range(most // 4) for flip in drawn.sample((0, 1), 2)] for _ in kinds]
    noisy = [(word, kind ^ wrong[kind][i // 2]) for i, (word, kind) in enumerate(examples)]
    asked = [(word, kind) for kind, words in enumerate(kinds) for word in words[most // 2 :][:queries]]
    return examples, noisy, asked


def named(examples: Sequence[Kind], labels: Pair) -> list[Pair]:
    """The words with the names of their kinds."""
    return [(word, labels[kind]) for word, kind in examples]


def classified(
    own: Checkpoint,
    examples: Sequence[Kind],
    noisy: Sequence[Kind],
    asked: Sequence[Kind],
    counts: Sequence[int],
    progress: Progress,
) -> tuple[float, float, float, float]:
    """Accuracy with labels that are known, wrong on half, invented, and swapped: means over numbers of examples."""
    cases = ((examples, KNOWN), (noisy, KNOWN), (examples, INVENTED), (examples, KNOWN[::-1]))
    means = []
    for i, (read, labels) in enumerate(cases):
        means.append(fmean(accuracy(own, read[:count], asked, labels) for count in counts))
        progress((i + 1) / len(cases))
    known, half, invented, swapped = means
    return known, half, invented, swapped


def accuracy(own: Checkpoint, examples: Sequence[Kind], asked: Sequence[Kind], labels: Pair) -> float:
    """Share of the words for which the label of their kind is the likelier of the two."""
    choices = chosen(own, named(examples, labels), [word for word, _ in asked], labels)
    return fmean(choice == kind for choice, (_, kind) in zip(choices, asked, strict=True))
