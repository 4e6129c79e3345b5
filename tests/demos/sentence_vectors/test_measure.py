"""The demo sentence-vectors on a tiny encoder with words of its own, and on vectors put by hand."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.sentence_vectors import measure
from llmquiz.demos.sentence_vectors.claims import Result
from llmquiz.demos.sentence_vectors.sentences import FAMILIES, KINDS
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("sentence-vectors")


def split(text: str) -> list[str]:
    """The words of a text in small letters, without their stops."""
    return [word.strip(".,?").lower() for word in text.split()]


WORDS = sorted({word for family in FAMILIES for text in family for word in split(text)})


def tokenizer(text: str) -> dict[str, list[int]]:
    """One id a word, from 1 on."""
    return {"input_ids": [1 + WORDS.index(word) for word in split(text)]}


@pytest.fixture(scope="module")
def orderless() -> Checkpoint:
    """An encoder of a single layer whose positions are all alike: what a token gets is a sum over the words."""
    model = tiny.build(
        type(tiny.bert()),
        seed=0,
        device="cpu",
        dtype="float32",
        vocab_size=1 + len(WORDS),
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
        initializer_range=0.2,
    )
    model.embeddings.position_embeddings.weight.data.zero_()
    return Checkpoint(model, tokenizer, "orderless")


@pytest.fixture(scope="module")
def result(orderless: Checkpoint) -> Result:
    """What is measured of it."""
    done: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "load_checkpoint", lambda *_, **__: orderless)
        measured = measure.measure(Run(model="orderless", quick=True, progress=done.append))
    assert (done, done[-1]) == (sorted(done), 1.0)
    return measured


@pytest.mark.breaks("bag-of-words")
def test_an_encoder_without_positions_is_a_bag_of_words(result: Result) -> None:
    assert result.shuffled == pytest.approx(1.0, abs=1e-5)
    assert finding("bag-of-words", RESULT, shuffled=result.shuffled) is True


def test_same_words_in_another_order_have_the_same_bag(result: Result) -> None:
    same = [sorted(split(family.sentence)) == sorted(split(family.swap)) for family in FAMILIES]
    assert 0 < sum(same) < len(same)
    assert [cosine > 1 - 1e-6 for cosine in result.of("swap").bag] == same


def test_a_run_is_the_same_twice_and_another_seed_shuffles_otherwise(orderless: Checkpoint) -> None:
    texts = [family.sentence for family in FAMILIES]
    assert measure.shuffled(texts, 0) == measure.shuffled(texts, 0) != measure.shuffled(texts, 1)
    assert all(sorted(split(a)) == sorted(split(b)) for a, b in zip(texts, measure.shuffled(texts, 0), strict=True))


def test_the_vector_is_the_mean_of_all_states_whatever_is_read_beside_it(orderless: Checkpoint) -> None:
    texts = [family.paraphrase for family in FAMILIES]
    rows = measure.vectors(orderless, texts)  # (N, d)
    for text, row in zip(texts, rows, strict=True):
        with torch.inference_mode():
            mean = orderless.model(orderless.tokens(text)).last_hidden_state[0].mean(0)  # (d,)
        assert torch.allclose(row, mean / mean.norm(), atol=1e-5)


@pytest.mark.breaks("topic-is-seen", "cosine-is-agreement")
def test_the_auc_is_that_of_counting_by_hand() -> None:
    high, low = torch.tensor([[0.9, 0.5]]), torch.tensor([0.1, 0.5, 0.7, 0.9])
    # 0.9 beats three and ties with one; 0.5 beats one and ties with one
    assert measure.auc(high, low) == (3 + 0.5 + 1 + 0.5) / 8
    assert measure.auc(low, low) == 0.5
    assert finding("topic-is-seen", RESULT, topic_auc=measure.auc(low, low)) is False
    assert finding("cosine-is-agreement", RESULT, agree_auc=measure.auc(low + 1, low)) is True


@pytest.fixture
def by_meaning() -> Any:
    """Vectors of sentences and of their variants that know what is said: (N, d) and (N, K, d)."""
    n = len(FAMILIES)
    topics = torch.eye(n)  # one axis a topic, the last one for what is denied or changed
    base = torch.cat((topics, torch.zeros(n, 1)), 1)  # (N, d)
    false = torch.nn.functional.normalize(torch.cat((topics, torch.ones(n, 1)), 1), dim=-1)
    return base, torch.stack([base, base, false, false, false], 1)


@pytest.mark.breaks("false-comes-first", "roles-are-lost", "negation-is-far", "cosine-is-agreement")
def test_vectors_that_know_what_is_said_turn_the_claims(by_meaning: Any) -> None:
    base, others = by_meaning
    hits = measure.search(base, others)
    assert [(hit.kind, hit.own) for hit in hits] == len(FAMILIES) * [("paraphrase", True)]
    assert finding("false-comes-first", RESULT, hits=hits) is False
    cosines = measure.to_variants(base, others)  # (N, K)
    assert finding("cosine-is-agreement", RESULT, agree_auc=measure.auc(cosines[:, :2], cosines[:, 2:])) is True
    columns = zip(KINDS, cosines.T.tolist(), strict=True)
    variants = tuple(measure.Variants(kind, tuple(column), tuple(column)) for kind, column in columns)
    assert finding("roles-are-lost", RESULT, variants=variants) is False
    assert finding("negation-is-far", RESULT, variants=variants) is True


def test_a_search_names_the_sentence_and_the_kind_of_what_is_nearest(by_meaning: Any) -> None:
    base, others = by_meaning
    others[:, :2] = 0.0  # only what is false is left
    others[0, 2:4] = 0.0  # and of the first sentence only the last kind
    first, second, *_ = measure.search(base, others)
    assert (first.text, first.kind, first.cosine) == (FAMILIES[0].number, "number", pytest.approx(0.5**0.5))
    assert (second.text, second.kind, second.own) == (FAMILIES[1].negation, "negation", True)
    elsewhere = measure.search(base.roll(1, 0), others)[1]
    assert (elsewhere.question, elsewhere.text, elsewhere.own) == (FAMILIES[1].question, FAMILIES[0].number, False)
