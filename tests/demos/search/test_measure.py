"""The demo search on tiny models, and on models whose vectors are put by hand."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Run, silent
from llmquiz.demos.search import measure, ranking, vectors
from llmquiz.demos.search.claims import Result
from llmquiz.demos.search.pairs import pairs
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT: Result = recorded("search")
TEXTS = ["masks", "a longer text on masks", "a", "the very longest of these four texts"]


@pytest.fixture(params=["encoder", "decoder"])
def tiny_one(request: pytest.FixtureRequest) -> tuple[str, Checkpoint]:
    """A family, and a tiny model of it that reads bytes."""
    model: Any = tiny.bert() if request.param == "encoder" else tiny.llama()
    size = model.config.vocab_size
    return request.param, Checkpoint(model, lambda text: {"input_ids": [b % size for b in text.encode()]}, "tiny")


def run(monkeypatch: pytest.MonkeyPatch, family: str, own: Checkpoint, **options: Any) -> Result:
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: own)
    monkeypatch.setattr(measure, "family_at", lambda _: family)
    monkeypatch.setattr(measure, "pairs", lambda: pairs()[:20])
    return measure.measure(Run(model="tiny", **options))


def test_a_text_has_the_same_vectors_whatever_is_read_beside_it(tiny_one: tuple[str, Checkpoint]) -> None:
    family, own = tiny_one
    together = vectors.read(own, family, TEXTS, silent)
    for i, text in enumerate(TEXTS):
        with torch.inference_mode():
            states = own.model.base_model(own.tokens(text)).last_hidden_state[0]  # (T, d)
        token = states[-1] if family == "decoder" else states[0]
        assert torch.allclose(together.mean[i], torch.nn.functional.normalize(states.mean(0), dim=-1), atol=1e-4)
        assert torch.allclose(together.token[i], torch.nn.functional.normalize(token, dim=-1), atol=1e-4)


def test_a_run_is_the_same_twice_and_its_progress_rises(
    monkeypatch: pytest.MonkeyPatch, tiny_one: tuple[str, Checkpoint]
) -> None:
    done: list[float] = []
    first = run(monkeypatch, *tiny_one, progress=done.append)
    assert first == run(monkeypatch, *tiny_one)
    assert (done, done[-1]) == (sorted(done), 1.0)
    assert (first.claims, first.search, [way.name for way in first.ways]) == (
        20, None, ["words", "mean", "both", "token", "int8", "bit", "centred", "random"]
    )  # fmt: skip
    assert first.way("random").recall_10 == pytest.approx(0.5, abs=0.1)


def test_the_users_query_finds_a_claim_that_it_repeats(
    monkeypatch: pytest.MonkeyPatch, tiny_one: tuple[str, Checkpoint]
) -> None:
    claim = pairs()[7].claim
    search = run(monkeypatch, *tiny_one, text=claim).search
    assert search is not None
    for hits in (search.by_mean, search.by_words):
        assert hits[0].text == claim
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert search.by_mean[0].score == pytest.approx(1, abs=1e-5)
    unknown = run(monkeypatch, *tiny_one, text="zzzz").search
    assert unknown is not None
    assert (len(unknown.by_mean), unknown.by_words) == (measure.SHOWN, ())


def test_a_query_without_a_word_is_refused() -> None:
    with pytest.raises(DemoError, match="holds no token"):
        measure.measure(Run(model="minilm", text=" ?"))


def judged(monkeypatch: pytest.MonkeyPatch, queries: vectors.Vectors, texts: vectors.Vectors, words: Any) -> Result:
    """What is measured of vectors (N, d) and of scores (N, N) by words that are put by hand."""
    read = iter([texts, queries])
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: Checkpoint(tiny.bert(), None, "by hand"))
    monkeypatch.setattr(measure, "family_at", lambda _: "encoder")
    monkeypatch.setattr(vectors, "read", lambda *_: next(read))
    monkeypatch.setattr(ranking, "bm25", lambda *_: words)
    return measure.measure(Run(model="by hand"))


def random_rows(seed: int) -> Any:
    """One vector of 64 numbers for each pair: (N, 64)."""
    return torch.randn(len(pairs()), 64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.breaks("vectors-find-more", "words-are-superfluous", "one-state-does", "unrelated-is-zero")
def test_vectors_that_know_all_turn_what_is_said_against_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence has the vector of its claim, by the mean and by one state; words know nothing."""
    right = vectors.Vectors(random_rows(0), random_rows(1))
    result = judged(monkeypatch, right, right, torch.zeros(len(pairs()), len(pairs())))
    assert (result.way("mean").recall_1, result.missed, result.lead_low) == (1, 0, 1)
    for claim in ("vectors-find-more", "words-are-superfluous", "one-state-does", "unrelated-is-zero"):
        values = {"ways": result.ways, "lead_low": result.lead_low, "missed": 0, "words_bring": result.words_bring}
        assert finding(claim, RESULT, **values) is True


@pytest.mark.breaks("vectors-find-more", "words-are-superfluous")
def test_vectors_that_know_nothing_find_no_more_than_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, searched = (vectors.Vectors(random_rows(seed), random_rows(seed + 1)) for seed in (0, 2))
    result = judged(monkeypatch, asked, searched, torch.eye(len(pairs())))
    assert result.lead_high < 0
    assert result.missed == result.words_bring > 80
    assert finding("vectors-find-more", RESULT, ways=result.ways, lead_low=result.lead_low) is False
    assert finding("words-are-superfluous", RESULT, missed=result.missed, words_bring=result.words_bring) is False


@pytest.mark.breaks("unrelated-is-zero")
def test_a_common_direction_raises_every_cosine_until_it_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    pushed = vectors.Vectors(*(torch.nn.functional.normalize(random_rows(s) + 2, dim=-1) for s in (0, 1)))
    result = judged(monkeypatch, pushed, pushed, torch.eye(len(pairs())))
    assert result.way("mean").unrelated > 0.7
    assert result.way("centred").unrelated == pytest.approx(0, abs=0.02)
    assert finding("unrelated-is-zero", RESULT, ways=result.ways) is False
