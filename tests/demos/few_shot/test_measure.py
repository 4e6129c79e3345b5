"""The demo few-shot on a tiny model that reads bytes, and on readers whose answers are known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.few_shot import measure, prompts
from llmquiz.demos.few_shot.claims import Labels
from llmquiz.demos.few_shot.tasks import ANSWERS, INVENTED, KINDS, KNOWN, Pair
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import silent
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("few-shot")
EXAMPLES = [("hot", "cold"), ("big", "small")]
QUERIES = [("up", "down"), ("left", "right")]


class _Bytes:
    """A tokenizer whose tokens are bytes."""

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}


@pytest.fixture(scope="module")
def own() -> Checkpoint:
    """A model that has learnt nothing, with wide weights so that every token before has a say."""
    return Checkpoint(tiny.llama(d_model=64, n_layers=2, init=0.3), _Bytes(), "tiny")


def _predicting(wrong: dict[int, int]) -> Any:
    """In the place of `logits`: each row's own next token, but another one in row i before its place `wrong[i]`."""

    def logits(_: Checkpoint, rows: Sequence[Sequence[int]]) -> tuple[int, Any]:
        longest = max(map(len, rows))
        predicted = torch.zeros(len(rows), longest, 256)
        for i, row in enumerate(rows):
            for place, token in enumerate(row[1:], 1):
                predicted[i, place - 1, token] = 1.0
            if i in wrong:
                predicted[i, wrong[i] - 1 + (len(row) if wrong[i] < 0 else 0), 0] = 2.0
        return 0, predicted

    return logits


def test_a_prompt_has_an_example_a_line() -> None:
    assert prompts.prompt(EXAMPLES, "up") == "hot -> cold\nbig -> small\nup ->"
    assert prompts.prompt([], "up") == "up ->"


def test_reading_the_examples_once_changes_no_prediction(own: Checkpoint) -> None:
    rows = [list(prompts.prompt(EXAMPLES, word).encode()) for word in ("up", "left", "outside")]
    shared, predicted = prompts.logits(own, rows)
    assert shared == len("hot -> cold\nbig -> small\n")
    for row, line in zip(rows, predicted, strict=True):
        alone = own.model(torch.tensor([row])).logits[0, shared:]
        assert torch.allclose(line[: len(row) - shared], alone, atol=1e-4)


def test_an_answer_is_exact_where_each_of_its_tokens_comes_first(
    own: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong, share in (({}, 1.0), ({0: 3}, 1.0), ({0: -1}, 0.5), ({0: -4, 1: -1}, 0.0)):
        monkeypatch.setattr(prompts, "logits", _predicting(wrong))
        assert prompts.exact(own, EXAMPLES, QUERIES) == share


def test_the_likelier_label_is_chosen(own: Checkpoint) -> None:
    words = ["dog", "motorcycle"]
    text = prompts.prompt(EXAMPLES, "{}") + " "
    for labels in (KNOWN, KNOWN[::-1], ("xa", "xb")):
        shared = "x" if labels[0][0] == labels[1][0] else ""
        ids = [torch.tensor([list((text.format(word) + shared).encode())]) for word in words]
        rivals = [ord(label[len(shared)]) for label in labels]
        expected = [int(own.model(row).logits[0, -1, rivals].argmax()) for row in ids]
        assert prompts.chosen(own, EXAMPLES, words, labels) == expected


def test_shuffled_answers_are_all_wrong_and_all_of_the_task() -> None:
    examples = ANSWERS["capitals"][:8]
    mixed = measure.shuffled(examples)
    assert [word for word, _ in mixed] == [word for word, _ in examples]
    assert {answer for _, answer in mixed} == {answer for _, answer in examples}
    assert not set(mixed) & set(examples)


def test_half_of_each_kind_is_wrong_and_no_word_is_asked_that_was_shown() -> None:
    examples, noisy, asked = measure.sheet(random.Random(3), 16, 6)
    assert all(word in KINDS[kind] for word, kind in examples + asked)
    for count in (8, 16):
        for kind in (0, 1):
            read = [(a, b) for (_, a), (_, b) in zip(examples[:count], noisy[:count], strict=True) if a == kind]
            assert (len(read), sum(a != b for a, b in read)) == (count // 2, count // 4)
    assert not {word for word, _ in examples} & {word for word, _ in asked}
    assert sum(kind for _, kind in asked) == len(asked) // 2 == 6


def test_every_task_has_enough_words_and_each_once() -> None:
    for pairs in ANSWERS.values():
        assert len({word for word, _ in pairs}) == len(pairs) == 40
    assert [len(set(words)) for words in KINDS] == [20, 20]


@pytest.mark.breaks("examples-help", "answers-hardly-matter")
def test_a_model_that_has_learnt_nothing_learns_nothing_in_context(own: Checkpoint) -> None:
    pairs = {name: list(known) for name, known in ANSWERS.items()}
    tasks = tuple(measure.free(own, pairs, (0, 1, 2), 4, silent))
    assert [(task.name, task.right) for task in tasks] == [(name, (0.0, 0.0, 0.0)) for name in ANSWERS]
    assert finding("examples-help", RESULT, tasks=tasks) is False
    assert finding("answers-hardly-matter", RESULT, tasks=tasks) is True


def _follows(_: Checkpoint, examples: Sequence[Pair], words: Sequence[str], labels: Pair) -> list[int]:
    """A reader who knows only what the examples say: the label that most words of the kind have there."""
    chosen = []
    for word in words:
        kind = KINDS[word in KINDS[1]]
        seen = [labels.index(label) for example, label in examples if example in kind]
        chosen.append(int(sum(seen) > len(seen) / 2))
    return chosen


def _knows(_: Checkpoint, __: Sequence[Pair], words: Sequence[str], labels: Pair) -> list[int]:
    """A reader who does not look at the examples: the label that means the kind, the first where none does."""
    names = [KNOWN[word in KINDS[1]] for word in words]
    return [labels.index(name) if name in labels else 0 for name in names]


@pytest.mark.breaks("known-labels-stand-noise", "invented-as-well", "follows-swapped")
def test_who_follows_the_examples_and_who_knows_better(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = measure.sheet(random.Random(0), 8, 6)
    measured = []
    for reader in (_follows, _knows):
        monkeypatch.setattr(measure, "chosen", reader)
        measured.append(Labels(*measure.classified(own, *asked, (8,), silent)))
    assert measured == [Labels(1.0, 0.5, 1.0, 1.0), Labels(1.0, 1.0, 0.5, 0.0)]
    claims = ("known-labels-stand-noise", "invented-as-well", "follows-swapped")
    verdicts = [[finding(claim, RESULT, labels=labels) for claim in claims] for labels in measured]
    assert verdicts == [[False, True, True], [True, False, False]]


def test_a_reader_is_given_the_names_of_the_kinds() -> None:
    assert measure.named([("dog", 0), ("car", 1)], INVENTED) == [("dog", "foo"), ("car", "bar")]
