"""The demo icl, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl import answers, architectures, language, prompt, train
from llmquiz.demos.icl import measure as icl
from llmquiz.demos.icl.language import ARMS, Texts
from llmquiz.demos.lab import demo, training
from llmquiz.errors import DemoError
from llmquiz.schema.topics import DemoWords

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> icl.Result:
    found = quick_run("icl").result
    assert isinstance(found, icl.Result)
    return found


def _finding(claim: str, result: icl.Result, **changes: Any) -> bool | None:
    return icl.CLAIMS[claim](replace(result, **changes)).holds


def _asked_again(result: icl.Result) -> tuple[icl.Trained, ...]:
    """The shipped models of one-token examples, asked anew."""
    asked = []
    for one in result.trained:
        if not ARMS[one.arm].split:
            model = training.trained(train.TRAINING, one.arm)
            found = tuple(language.right(one.arm, model, k, seed=0, count=300) for k in range(1, 9))
            one = replace(one, right=found)
        asked.append(one)
    return tuple(asked)


def test_without_the_examples_labels_nobody_is_right(result: icl.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels that are told belong to another mapping: what is left is chance, and the sheet would be right."""
    told = language.texts

    def scrambled(count: int, length: int, generator: Any, *, held_out: bool = False) -> Texts:
        read = told(count, length, generator, held_out=held_out)
        labels = torch.randint(0, language.LABELS, read.labels.shape, generator=generator)
        labels[:, -1] = read.labels[:, -1]
        return Texts(read.inputs, labels)

    assert _finding("all-reach", result) is True
    assert _finding("all-reach", result, trained=_asked_again(result)) is True
    monkeypatch.setattr(language, "texts", scrambled)
    broken = _asked_again(result)
    assert max(one.right[-1] for one in broken if not ARMS[one.arm].split) < 0.25
    assert _finding("all-reach", result, trained=broken) is False
    assert _finding("with-examples", result, trained=broken) is False
    assert _finding("bert-cannot", result) is False
    assert _finding("bert-cannot", result, trained=broken) is True


def _with(result: icl.Result, arm: str, **changes: Any) -> tuple[icl.Runs, ...]:
    return tuple(replace(one, **changes) if one.arm == arm else one for one in result.runs)


@pytest.mark.parametrize(
    ("claim", "arm"), [("all-reach", "encoder-decoder"), ("one-loss", "decoder-last"), ("one-loss", "encoder-slot")]
)
def test_one_seed_that_falls_short_is_noticed(result: icl.Result, claim: str, arm: str) -> None:
    right = result.seeds(arm).right
    assert _finding(claim, result) is True
    assert _finding(claim, result, runs=_with(result, arm, right=(*right[:2], 0.86))) is False


def test_a_twin_that_is_late_or_falls_short_is_noticed(result: icl.Result) -> None:
    twin, latest = result.seeds("bidirectional"), max(result.seeds("decoder").learned_at)
    assert _finding("without-mask", result) is True
    for changes in (
        {"learned_at": (2 * latest, *twin.learned_at[1:])},
        {"learned_at": (0, *twin.learned_at[1:])},
        {"right": (0.8, *twin.right[1:])},
    ):
        assert _finding("without-mask", result, runs=_with(result, "bidirectional", **changes)) is False


def test_losses_that_overlap_are_not_apart(result: icl.Result) -> None:
    least = min(result.seeds("split-decoder").right)
    assert _finding("loss-matters", result) is True
    for highest, holds in ((least - 0.11, True), (least - 0.09, False)):
        runs = _with(result, "split-decoder-last", right=(0.0, highest, 0.1))
        assert _finding("loss-matters", result, runs=runs) is holds


def test_a_decoder_that_had_it_by_nature_would_be_noticed(result: icl.Result) -> None:
    assert _finding("by-nature", result) is False
    assert _finding("by-nature", result, untrained=result.of("decoder").right[-1]) is True


def test_a_larger_model_is_not_of_equal_size(result: icl.Result) -> None:
    assert _finding("equal-size", result) is True
    first = result.trained[0]
    for factor, holds in ((1.01, True), (1.1, False)):
        larger = replace(first, parameters=round(factor * first.parameters))
        assert _finding("equal-size", result, trained=(larger, *result.trained[1:])) is holds


def test_one_mapping_in_eight_is_kept_out_of_the_training() -> None:
    generator = torch.Generator().manual_seed(0)
    for held_out in (False, True):
        read = language.texts(200, 64, generator, held_out=held_out)
        for inputs, labels in zip(read.inputs.tolist(), read.labels.tolist(), strict=True):
            table = dict(zip(inputs, labels, strict=True))
            assert [table[x] for x in inputs] == labels
            assert len(table) == 4, "64 inputs show all four"
            assert (sum(table.values()) % 8 == 0) is held_out


@pytest.mark.parametrize(
    "arm",
    [
        "decoder",
        "encoder",
        "bidirectional",
        "encoder-decoder",
        "split-decoder",
        "split-encoder-decoder",
        "split-bidirectional",
    ],
)
@pytest.mark.parametrize("length", [2, 5])
def test_no_model_reads_the_label_that_it_is_asked_for(arm: str, length: int) -> None:
    """Another last label changes no logit of the last place; another label of an example does."""
    model = language.untrained(arm, 0)
    read = language.texts(8, length, torch.Generator().manual_seed(0))
    ask = torch.zeros_like(read.inputs, dtype=torch.bool)
    ask[:, -1] = True

    def logits(place: int) -> Any:
        labels = read.labels.clone()
        labels[:, place] = (labels[:, place] + 1) % language.LABELS
        with torch.no_grad():
            return language.answers(ARMS[arm], model, Texts(read.inputs, labels), ask, length - 1)[0]

    with torch.no_grad():
        plain = language.answers(ARMS[arm], model, read, ask, length - 1)[0]
    torch.testing.assert_close(logits(-1), plain)
    assert not torch.allclose(logits(0), plain)


def test_only_the_mask_differs_between_the_decoder_and_its_bidirectional_twin() -> None:
    """Of two-token examples: same weights, same text; an earlier question sees a later one only without the mask."""
    causal, opened = (language.untrained(name, 0) for name in ("split-causal", "split-bidirectional"))
    for (_, a), (_, b) in zip(causal.named_parameters(), opened.named_parameters(), strict=True):
        assert torch.equal(a, b)
    read = language.texts(4, 3 + language.QUESTIONS, torch.Generator().manual_seed(0))
    other = Texts(torch.cat((read.inputs[:, :-1], (read.inputs[:, -1:] + 1) % 4), 1), read.labels)
    ask = torch.zeros_like(read.inputs, dtype=torch.bool)
    ask[:, 3] = True
    for name, same in (("split-causal", True), ("split-bidirectional", False)):
        model = language.untrained(name, 0)
        with torch.no_grad():
            one, two = (language.answers(ARMS[name], model, r, ask, 3)[0] for r in (read, other))
        assert torch.allclose(one, two, atol=1e-6) is same


@pytest.mark.parametrize(
    ("arm", "least", "most"), [("decoder", 1.0, 1.0), ("decoder-last", 1 / 9, 1 / 9), ("encoder", 0.45, 0.55)]
)
def test_how_many_labels_carry_loss(arm: str, least: float, most: float) -> None:
    ask = architectures.chosen(ARMS[arm].asked, (500, 9), torch.Generator().manual_seed(0))
    assert least <= ask.float().mean().item() + 1e-6
    assert ask.float().mean().item() - 1e-6 <= most
    assert ask.any(1).all()


def test_the_best_and_the_copier_are_those_of_a_count() -> None:
    read = language.texts(20_000, 4, torch.Generator().manual_seed(0))
    seen = (read.inputs[:, :-1] == read.inputs[:, -1:]).any(1).float().mean().item()
    assert language.best(3) == pytest.approx(seen + (1 - seen) / 8, abs=0.01)
    assert language.copying(3) == pytest.approx(
        (read.labels[:, 0] == read.labels[:, -1]).float().mean().item(), abs=0.01
    )


def test_the_first_noted_step_with_four_fifths_right() -> None:
    assert answers.learned_at((0.1, 0.7, 0.8, 0.9), 400) == 200
    assert answers.learned_at((0.1, 0.7, 0.79, 0.3), 400) == 0


def test_ones_own_text_is_answered(words_of: Callable[[str], DemoWords]) -> None:
    outcome = demo.run("icl", words_of("icl"), device="cpu", quick=True, text="3b 1e 4a 1h 3?")
    assert outcome.result.read == "3b 1e 4a 1h 3?"
    assert {one.token for one in outcome.result.answers} == {"3b"}


@pytest.mark.parametrize("text", ["3b", "3?", "3b 5a 3?", "3b 3", "3b 3i 3?", "3b 3? 1?", " ", "3b " * 9 + "3?"])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="examples and a question"):
        prompt.parsed(text)


def test_a_text_is_read_as_it_is_written() -> None:
    assert prompt.written(prompt.parsed("3b 1e 4a 3?")) == "3b 1e 4a 3?"
    read = prompt.drawn(0)
    assert [prompt.token(int(n)) for n in read.told[0, :-1]] == prompt.written(read).split()[:-1]
    assert prompt.token(int(read.asked[0, -1])) == prompt.written(read).split()[-1]
