"""The demo letter-bias: the tree of readings against one reading at a time, and the counts by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import silent
from llmquiz.demos.letter_bias import measure, prompts, scoring
from llmquiz.demos.letter_bias.claims import LETTERS
from llmquiz.demos.letter_bias.questions import QUESTIONS, Question
from llmquiz.demos.letter_bias.scoring import Asked
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("letter-bias")
TWO = [Question("One?", ("yes", "no", "maybe", "never")), Question("Two?", ("a", "bcd", "ef", "g"))]


class Bytes:
    """Reads bytes, and puts a token of its own before a text where it may."""

    chat_template = "a template"

    def __call__(self, text: str, *, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [1, *text.encode()] if add_special_tokens else list(text.encode())}

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> str:
        return f"<{messages[0]['content']}>"


class Liking:
    """A model that likes to answer with some bytes, whatever it reads: logits by byte."""

    device, dtype = "cpu", torch.float32

    def __init__(self, likes: dict[str, float]) -> None:
        self.likes = {ord(byte): value for byte, value in likes.items()}

    def __call__(self, ids: Any, *, logits_to_keep: Any, **_: Any) -> Any:
        logits = torch.zeros(1, len(logits_to_keep), 256)
        for byte, value in self.likes.items():
            logits[..., byte] = value
        return SimpleNamespace(logits=logits)


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def own(request: pytest.FixtureRequest) -> Checkpoint:
    """A model with wide random weights that reads bytes."""
    build = {"llama": tiny.llama, "gpt2": tiny.gpt2}[request.param]
    return Checkpoint(build(d_model=64, n_layers=2, init=0.3), Bytes(), "tiny")


def liking(**likes: float) -> Checkpoint:
    """A checkpoint that likes some bytes."""
    return Checkpoint(Liking(likes), Bytes(), "liking")


def alone(own: Checkpoint, prompt: str, ending: str, *, special: bool = True) -> float:
    """The log-probability of an ending, read in a pass of its own."""
    ids = torch.tensor([own.tokenizer(prompt + ending, add_special_tokens=special)["input_ids"]])
    count = len(ending.encode())
    with torch.inference_mode():
        logs = own.model(ids).logits[0, :-1].log_softmax(-1)
    return float(logs.gather(1, ids[0, 1:, None])[-count:].sum())


def test_a_tree_reads_what_each_text_alone_would(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        Asked("Q: here\nA:", (" yes", " yonder", " no")),
        Asked("Q: there\nA:", (" B", " A")),
        Asked("Quite another", ("!", "!!"), special=False),
    ]
    expected = [[alone(own, a.prompt, e, special=a.special) for e in a.endings] for a in asked]
    assert max(map(abs, expected[0])) > 10
    for at_once in (1, 1000):
        monkeypatch.setattr(scoring, "AT_ONCE", at_once)
        scored = scoring.score(own, asked)
        assert [s.sums.tolist() for s in scored] == [pytest.approx(row, abs=1e-3) for row in expected]
        assert [s.counts.tolist() for s in scored] == [[4, 7, 3], [2, 2], [1, 2]]


def test_a_tree_holds_each_beginning_once() -> None:
    tree = scoring.Tree([], [], [], {})
    assert [tree.add(row) for row in ([7, 8, 9], [7, 8, 5], [8, 7])] == [[0, 1, 2], [0, 1, 3], [4, 5]]
    assert (tree.ids, tree.depths) == ([7, 8, 9, 5, 8, 7], [0, 1, 2, 2, 0, 1])
    assert [row.nonzero().flatten().tolist() for row in tree.seen()] == [[0], [0, 1], [0, 1, 2], [0, 1, 3], [4], [4, 5]]


def test_an_ending_that_joins_the_text_before_it_is_scored_from_where_they_part() -> None:
    class Joining(Bytes):
        def __call__(self, text: str, *, add_special_tokens: bool = True) -> dict[str, list[int]]:
            return super().__call__(text.replace(": ", "_"), add_special_tokens=add_special_tokens)

    joined = Checkpoint(Liking({}), Joining(), "joining")
    # "A:" has become "A_", so the ending starts with the colon's place
    assert scoring.score(joined, [Asked("A:", (" x", " yz"))])[0].counts.tolist() == [2, 3]


def test_progress_ends_at_one() -> None:
    steps: list[float] = []
    scoring.score(liking(), [Asked("x" * 200, ("a", "b")) for _ in range(3)] + [Asked("y" * 400, ("a",))], steps.append)
    assert steps == sorted(steps)
    assert steps[-1] == 1.0


def test_a_checkpoint_without_a_tokenizer_is_refused() -> None:
    with pytest.raises(DemoError, match=r"tokenizer|分词器"):
        scoring.score(Checkpoint(Liking({}), None, "none"), [Asked("a", ("b",))])


def test_the_right_option_stands_where_it_is_put() -> None:
    assert [prompts.turned("rxyz", place) for place in range(4)] == [
        list("rxyz"),
        list("zrxy"),
        list("yzrx"),
        list("xyzr"),
    ]
    assert prompts.listed("Q?", "rxyz", LETTERS) == "Question: Q?\nA. r\nB. x\nC. y\nD. z\nAnswer:"
    assert prompts.as_chat(Bytes(), "Q\nAnswer:") == "<Q\nAnswer with the letter only.>"
    assert prompts.as_chat(SimpleNamespace(chat_template=None), "Q\nAnswer:") is None


def test_questions_are_drawn_by_the_seed_with_their_right_answers() -> None:
    right = {question.text: question.options[0] for question in QUESTIONS}
    draws = [prompts.drawn(QUESTIONS, 12, seed) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    assert all(question.options[0] == right[question.text] for question in draws[2])
    assert len(right) == len(QUESTIONS) >= 24
    assert all(len(set(question.options)) == 4 for question in QUESTIONS)


@pytest.mark.breaks("one-letter", "order-decides")
def test_a_model_that_likes_a_letter_answers_it_everywhere() -> None:
    letters, _ = measure.by_letter(liking(C=5.0), TWO, silent)
    chosen = letters.argmax(-1)
    assert measure.counted(chosen) == (0, 0, 8, 0)
    assert measure.share(chosen, torch.arange(4)) == 0.25
    assert measure.changed(measure.by_option(letters).argmax(-1)) == 2
    assert measure.content_free(liking(C=5.0)).argmax() == 2


@pytest.mark.breaks("one-letter", "order-decides", "letters-at-chance")
def test_letters_that_follow_the_right_answer_turn_the_claims() -> None:
    letters = torch.eye(4).expand(28, 4, 4)  # at place i the letter i is best
    chosen = letters.argmax(-1)
    options = measure.by_option(letters).argmax(-1)
    assert (measure.share(chosen, torch.arange(4)), measure.share(options, 0)) == (1.0, 1.0)
    by_place = tuple((chosen == torch.arange(4)).double().mean(0).tolist())
    assert finding("one-letter", RESULT, chosen=measure.counted(chosen), by_place=by_place) is False
    assert finding("order-decides", RESULT, changed=measure.changed(options)) is False
    ways = tuple(type(way)(way.name, 1.0 if way.name == "letters" else way.accuracy) for way in RESULT.ways)
    assert finding("letters-at-chance", RESULT, ways=ways) is False


def test_texts_are_scored_under_their_own_question_another_and_none() -> None:
    own, other, blind = measure.by_text(liking(a=3.0), TWO, silent)
    byte = -torch.tensor([255.0 + torch.e**3]).log()  # of any byte that is not liked
    assert own[1].sums.tolist() == pytest.approx([float(c * byte + 3 * n) for c, n in ((2, 1), (4, 0), (3, 0), (2, 0))])
    assert own[1].counts.tolist() == blind[1].counts.tolist() == other[0].counts.tolist() == [2, 4, 3, 2]


def test_other_labels_and_the_chat_are_asked_at_each_place_in_turn() -> None:
    four = [*TWO, *TWO]
    likes = liking(**{"1": 2.0, "D": 2.0})
    assert measure.once(likes, four, measure.DIGITS, silent) == 0.25
    assert measure.once(likes, four, LETTERS, silent, chat=True) == 0.25
    assert measure.once(liking(A=2.0), TWO, LETTERS, silent, chat=True) == 0.5
    likes.tokenizer.chat_template = None
    assert measure.once(likes, four, LETTERS, silent, chat=True) is None
