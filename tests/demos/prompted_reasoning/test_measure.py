"""The demo prompted-reasoning on a tiny model that reads bytes, and on writers whose answers are known."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.prompted_reasoning import measure, problems
from llmquiz.demos.prompted_reasoning.claims import Result
from llmquiz.demos.prompted_reasoning.writing import Reader
from tests.demos.breaking import verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("prompted-reasoning")
ROWS = [(3, 5, 7), (9, 9, 9)]


class _Bytes:
    """A tokenizer whose tokens are bytes."""

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def decode(self, ids: Any, **_: Any) -> str:
        return bytes(ids.tolist()).decode("latin-1")


@pytest.fixture(scope="module")
def own() -> Checkpoint:
    """A model that has learnt nothing, with wide weights so that every token before has a say."""
    return Checkpoint(tiny.llama(d_model=64, n_layers=2, init=0.3), _Bytes(), "tiny")


def _dots(text: str) -> str:
    return "." * len(text)


def test_a_chain_adds_one_number_after_the_other() -> None:
    assert problems.chain((3, 5, 7)) == " 3 + 5 = 8, 8 + 7 = 15."
    assert problems.chain((3, 5, 7), slip=1) == " 3 + 5 = 9, 9 + 7 = 16."
    assert problems.chain((3, 5)) == " 3 + 5 = 8."


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("direct", " The answer is 15."),
        ("chain", " 3 + 5 = 8, 8 + 7 = 15. The answer is 15."),
        ("equation", " 3 + 5 + 7 = 15. The answer is 15."),
        ("dots", f"{'.' * 23} The answer is 15."),
        ("other", " 9 + 9 = 18, 18 + 9 = 27. The answer is 15."),
        ("after", " The answer is 15. 3 + 5 = 8, 8 + 7 = 15."),
    ],
)
def test_every_way_gives_the_right_answer_in_its_examples(way: problems.Way, answer: str) -> None:
    first = problems.examples(way, ROWS, _dots).split("\n\n")[0]
    assert first == f"Q: 3 + 5 + 7 = ?\nA:{answer}"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (" The answer is 15.\n", 15),
        (" 3 + 5 = 8. The answer is 8. The answer is 9.", 8),
        (" 15.\n The answer is 15.", None),
        (" The answer is x", None),
    ],
)
def test_the_first_answer_of_the_first_line_counts(text: str, answer: int | None) -> None:
    assert problems.answer_in(text) == answer


def test_no_sum_is_asked_for_twice_or_shown_before() -> None:
    draw = problems.drawn(random.Random(0), 2, 30, 51)
    assert len({*draw.shots, *draw.tests}) == 81
    assert (len(draw.shots), len(draw.tests)) == (30, 51)


def test_what_is_written_does_not_depend_on_what_is_read_together(own: Checkpoint) -> None:
    prefix, rests = "Q: 1 + 2\nA: 3\n\n", ["Q: 3\nA:", "Q: 4\nA:", "Q: 5 + 12\nA:"]
    expected = []
    for rest in rests:
        ids = own.tokens(prefix + rest)  # (1, T)
        for _ in range(6):
            ids = torch.cat((ids, own.model(ids).logits[:, -1:].argmax(-1)), 1)
        expected.append(own.text(ids[0, -6:]))
    reader = Reader(own, prefix)
    assert reader.write(rests, 6) == expected
    assert reader.write(rests[2:], 6) == expected[2:], "the examples in the cache are used again"
    assert reader.cache.get_seq_length() == len(reader.shared), "what is written leaves the cache alone"


def _following(text: str) -> Checkpoint:
    """A model that writes, after each byte of `text`, the one that follows it there."""
    sizes = {"vocab_size": 256, "hidden_size": 256, "intermediate_size": 8, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2}
    model = tiny.build(LlamaForCausalLM, seed=0, device="cpu", dtype="float32", **sizes, **heads)
    with torch.no_grad():
        for weight in (model.model.layers[0].self_attn.o_proj.weight, model.model.layers[0].mlp.down_proj.weight):
            weight.zero_()  # what is left of a byte is its embedding
        model.model.embed_tokens.weight.copy_(torch.eye(256))
        model.lm_head.weight.zero_()
        for before, behind in pairwise(text.encode()):
            model.lm_head.weight[behind, before] = 1.0
    return Checkpoint(model, _Bytes(), "tiny")


def test_a_number_counts_where_it_would_be_written_whole_and_no_digit_more() -> None:
    reader = Reader(_following(": 42.\n"), "Q: 1\nA: 2\n\n")
    rests = ["Q: 3\nA:", "Q: 5 + 12\nA:", "Q: 6\nA:", "Q: 7 + 8\nA:", "Q: 9\nA:"]
    assert reader.write(rests, 9) == [" 42.\n"] * 5
    assert reader.writes(rests, [42, 42, 43, 4, 421]) == [True, True, False, False, False]


Writer = Callable[[str, str], str]
"""What is written after a question and what is given behind it."""


class _Stub:
    """In the place of `Reader`: writes what `writer` says."""

    writer: Writer

    def __init__(self, *_: Any) -> None:
        """The examples make no difference."""

    def write(self, rests: Sequence[str], _: int) -> list[str]:
        return [type(self).writer(*rest.split("A:")) for rest in rests]

    def writes(self, rests: Sequence[str], numbers: Sequence[int]) -> list[bool]:
        return [int(text.strip(" .\n")) == number for text, number in zip(self.write(rests, 9), numbers, strict=True)]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _knows(asked: str, given: str) -> str:
    """Adds up what is asked, whatever stands behind it."""
    return (f" {sum(_numbers(asked))}" if given else f" The answer is {sum(_numbers(asked))}") + ".\n"


def _copies(asked: str, given: str) -> str:
    """Writes its steps, and copies the last number that stands before the answer."""
    steps = problems.chain(tuple(_numbers(asked)))
    return f" {_numbers(asked + given)[-1]}.\n" if given else f"{steps} The answer is {_numbers(steps)[-1]}.\n"


def _measured(own: Checkpoint, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(_Stub, "writer", staticmethod(writer), raising=False)
    monkeypatch.setattr(measure, "Reader", _Stub)
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: own)
    done: list[float] = []
    result = measure.measure(Run(model="tiny", progress=done.append))
    assert (done, done[-1]) == (sorted(done), 1.0)
    return result


@pytest.mark.breaks("needs-100b", "answer-reads-the-chain", "costs-tokens")
def test_who_knows_the_sum_gains_nothing_and_follows_no_chain(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    r = _measured(own, _knows, monkeypatch)
    assert {r.direct, r.chain, r.equation, r.dots, r.other, r.after} == {r.tests}
    assert (r.carried, r.won, r.lost, r.direct_tokens) == (0, 0, 0, r.chain_tokens)
    claims = ("needs-100b", "answer-reads-the-chain", "costs-tokens")
    assert [verdict("prompted-reasoning", claim, r) for claim in claims] == [True, False, False]


def test_who_copies_the_last_step_is_right_with_the_steps_alone(
    own: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    r = _measured(own, _copies, monkeypatch)
    assert (r.chain, r.carried, r.direct, r.won, r.lost) == (r.tests, r.tests, 0, r.tests, 0)
    assert [(row.terms, row.direct, row.equation, row.chain) for row in r.by_terms] == [
        (2, 0, 0, 12),
        (3, 0, 0, 24),
        (4, 0, 0, 12),
    ]
    assert verdict("prompted-reasoning", "needs-100b", r) is False
    assert verdict("prompted-reasoning", "answer-reads-the-chain", r) is True
    assert r.other < r.tests / 2, "the steps of other numbers end in another sum"
    assert r.shown.with_chain.endswith(f"The answer is {sum(_numbers(r.shown.prompt.split('Q:')[-1]))}.")


def _only_with_something_before(asked: str, given: str) -> str:
    """Knows the sum where anything but its own numbers stands between the question and the answer's cue."""
    return _knows(asked, given) if given.removesuffix(problems.CUE).endswith(".") or not given else " 0.\n"


@pytest.mark.breaks("more-tokens-suffice", "any-steps-suffice")
def test_where_any_filler_helps_dots_and_other_steps_suffice(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    r = _measured(own, _only_with_something_before, monkeypatch)
    assert (r.direct, r.equation, r.dots, r.other, r.after) == (0, 0, r.tests, r.tests, 0)
    claims = ("more-tokens-suffice", "any-steps-suffice", "order-is-free")
    assert [verdict("prompted-reasoning", claim, r) for claim in claims] == [True, True, False]


@pytest.mark.breaks("needs-100b")
def test_a_model_that_has_learnt_nothing_gains_nothing(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: own)
    first, second = (measure.measure(Run(model="tiny", quick=True, seed=2)) for _ in range(2))
    assert (first.chain, first.direct, asdict(first)) == (0, 0, asdict(second))
    assert verdict("prompted-reasoning", "needs-100b", first) is True
