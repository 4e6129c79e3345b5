"""The demo prompt-lookup on a tiny model, whose own text is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.prompt_lookup import decoding, measure, tasks
from llmquiz.demos.prompt_lookup.claims import Task
from llmquiz.demos.prompt_lookup.decoding import Answer, Drafter, Prompt
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("prompt-lookup")
NEW, MOST = 24, 4
NEVER: frozenset[int] = frozenset()


class Bytes:
    """A tokenizer whose tokens are bytes."""

    chat_template: str | None = None
    eos_token_id = 0

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def decode(self, ids: Any, **_: Any) -> str:
        return bytes(ids.tolist()).decode(errors="replace")

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> dict[str, list[int]]:
        return {"input_ids": [1, *messages[0]["content"].encode(), 2]}


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny.llama(init=0.2)


@pytest.fixture(scope="module")
def own(model: Any) -> Checkpoint:
    return Checkpoint(model, Bytes(), "tiny")


@pytest.fixture
def prompt(model: Any) -> Prompt:
    return decoding.read(model, tiny.random_tokens(model, 1, 30, seed=0))


@pytest.fixture
def plain(model: Any, prompt: Prompt) -> Answer:
    return decoding.write(model, prompt, NEW, MOST, decoding.nothing, NEVER)


def copying(answer: Sequence[int], prompt: Prompt) -> Drafter:
    """A drafter that knows what will be written."""
    return lambda seen, most: answer[len(seen) - len(prompt.ids) :][:most]


def lookup_of(model: Any, prompt: Prompt, plain: Answer, draft: Drafter) -> Any:
    return decoding.write(model, prompt, NEW, MOST, draft, NEVER).cost(plain)


def with_lookup(cost: Any) -> tuple[Task, ...]:
    """The recorded tasks with this cost in the place of lookup everywhere."""
    from dataclasses import replace

    return tuple(replace(task, lookup=cost, plain=replace(task.plain, calls=NEW), tokens=NEW) for task in RESULT.tasks)


@pytest.mark.parametrize(
    ("seen", "draft"),
    [
        pytest.param([1, 2, 3, 9, 8, 7, 1, 2, 3], [9, 8, 7], id="three tokens"),
        pytest.param([2, 3, 5, 7, 2, 3], [5, 7, 2], id="two, for three stand nowhere"),
        pytest.param([1, 2, 3, 9, 4, 2, 3, 6, 1, 2, 3], [9, 4, 2], id="three before two, though two stand later"),
        pytest.param([5, 1, 5, 2, 5], [2, 5], id="the latest place, and no more than there is"),
        pytest.param([1, 2, 3], [], id="nowhere"),
        pytest.param([4], [], id="nothing before"),
    ],
)
def test_what_is_looked_up(seen: list[int], draft: list[int]) -> None:
    assert decoding.look_up(seen, 3) == draft


def test_another_text_takes_the_place_of_the_prompt() -> None:
    seen = [1, 2, 3, 1]
    assert decoding.look_up(seen, 2) == [2, 3]
    assert decoding.looking_in([7, 8, 9], 3)(seen, 2) == []
    assert decoding.looking_in([1, 8, 9], 3)(seen, 2) == [8, 9]


@pytest.mark.parametrize(
    ("guess", "choices", "agreed"), [([1, 2, 3], [1, 2, 3, 4], 3), ([1, 5, 3], [1, 2, 3, 4], 1), ([], [4], 0)]
)
def test_a_draft_is_accepted_up_to_the_first_other_choice(guess: list[int], choices: list[int], agreed: int) -> None:
    assert decoding.agreeing(guess, choices) == agreed


def test_the_share_that_is_copied() -> None:
    assert decoding.copied([1, 2, 3, 4, 9], [0, 1, 2, 3, 4]) == pytest.approx(2 / 3)
    assert decoding.copied([1, 2], [1, 2]) == 0


def test_plain_decoding_is_greedy_decoding_and_leaves_the_cache_as_it_was(
    model: Any, prompt: Prompt, plain: Answer
) -> None:
    assert plain.tokens == caching.written(model, torch.tensor([prompt.ids]), NEW)[0].tolist()
    assert (len(plain.pieces), plain.positions, prompt.cache.get_seq_length()) == (NEW, NEW - 1, 30)


@pytest.mark.breaks("copying-saves", "open-saves-little")
def test_a_draft_that_is_always_right_saves_calls_and_no_positions(model: Any, prompt: Prompt, plain: Answer) -> None:
    cost = lookup_of(model, prompt, plain, copying(plain.tokens, prompt))
    assert (cost.calls, cost.positions, cost.equal) == (1 + -(-(NEW - 1) // (MOST + 1)), NEW - 1, NEW)
    assert cost.accepted == cost.drafted == NEW - cost.calls
    assert prompt.cache.get_seq_length() == 30
    assert finding("copying-saves", RESULT, tasks=with_lookup(cost)) is True
    assert finding("open-saves-little", RESULT, tasks=with_lookup(cost)) is False


@pytest.mark.breaks("copying-saves", "prompt-pays")
def test_random_drafts_save_nothing_and_change_nothing(model: Any, prompt: Prompt, plain: Answer) -> None:
    cost = lookup_of(model, prompt, plain, decoding.guessing(256, seed=0))
    assert (cost.equal, cost.positions) == (NEW, sum(1 + min(MOST, NEW - i - 1) for i in range(1, NEW)))
    assert (cost.calls, cost.accepted) == (NEW, 0)
    assert finding("copying-saves", RESULT, tasks=with_lookup(cost)) is False
    assert finding("open-saves-little", RESULT, tasks=with_lookup(cost)) is True
    known = lookup_of(model, prompt, plain, copying(plain.tokens, prompt))
    values = {"tasks": with_lookup(known), "elsewhere": cost}
    assert finding("prompt-pays", RESULT, **values, random=cost) is True
    assert finding("prompt-pays", RESULT, **values, random=known) is False


@pytest.mark.breaks("same-text")
def test_drafts_that_are_accepted_unchecked_change_the_text(
    model: Any, prompt: Prompt, plain: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = decoding.guessing(256, seed=0)
    assert lookup_of(model, prompt, plain, draft).equal == NEW
    monkeypatch.setattr(decoding, "agreeing", lambda guess, _: len(guess))
    broken = lookup_of(model, prompt, plain, draft)
    assert broken.equal < NEW
    assert finding("same-text", RESULT, random=broken) is False


@pytest.mark.breaks("same-text")
def test_refused_tokens_that_stay_in_the_cache_change_the_text(
    model: Any, prompt: Prompt, plain: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt.cache, "crop", lambda _: None)
    assert lookup_of(model, prompt, plain, decoding.guessing(256, seed=0)).equal < NEW


@pytest.mark.parametrize("place", [0, 5, 9])
def test_a_text_ends_at_the_same_token_with_drafts(model: Any, prompt: Prompt, plain: Answer, place: int) -> None:
    ends = frozenset({plain.tokens[place]})
    expected = plain.tokens[: plain.tokens.index(plain.tokens[place]) + 1]
    for draft in (decoding.nothing, copying(plain.tokens, prompt)):
        answer = decoding.write(model, prompt, NEW, MOST, draft, ends)
        assert answer.tokens == expected
        assert answer.accepted <= len(expected) - 1


def test_a_cache_that_cannot_be_cropped_is_refused() -> None:
    from transformers import MistralConfig, MistralForCausalLM

    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "num_key_value_heads": 2}
    settings = MistralConfig(vocab_size=256, num_hidden_layers=1, sliding_window=8, **sizes)
    with pytest.raises(DemoError):
        decoding.read(MistralForCausalLM(settings).eval(), torch.ones(1, 4, dtype=torch.long))


def test_the_prompts(own: Checkpoint) -> None:
    text = "A {text} with braces in its paragraph.\n\nAnother paragraph, which is not copied."
    plain = tasks.prompts(own, text, quick=False)
    assert tuple(plain) == tuple(tasks.QUESTIONS)
    assert tuple(tasks.prompts(own, text, quick=True)) == tasks.QUICK
    copy = own.text(plain["copy"][0])
    assert "A {text} with braces" in copy
    assert "Another" not in copy
    assert "Another" in own.text(plain["summary"][0])
    with pytest.raises(DemoError):
        tasks.prompts(own, "Too short.", quick=True)


def test_a_chat_format_is_used_where_there_is_one(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own.text(tasks.asked(own, "Why?")[0]) == "Why?\n\n"
    monkeypatch.setattr(Bytes, "chat_template", "{{ messages }}")
    assert tasks.asked(own, "Why?").tolist() == [[1, *b"Why?", 2]]


def test_all_ends_count(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own.model.generation_config, "eos_token_id", [7, 8])
    assert measure.ends_of(own) == {0, 7, 8}


@pytest.mark.breaks("same-text")
def test_a_run_on_another_model_is_exact_and_the_same_twice(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    from llmquiz.demos.lab.outcome import steady

    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: own)
    done: list[float] = []
    first, second = (measure.measure(Run(model="tiny", quick=True, progress=done.append)) for _ in range(2))
    assert steady(first) == steady(second)
    assert done[: len(done) // 2][-1] == 1.0
    assert [task.lookup.equal for task in first.tasks] == [task.tokens for task in first.tasks]
    assert finding("same-text", first) is True
    assert finding("same-text", first, **{"elsewhere.equal": 0}) is False
