"""Ranks, recall, and the overlap of words that vectors are held against."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.retrieval import language, ranking, vocabulary

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], [0, 1, 2]),
        ([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], [1, 0.5, 0]),  # a tie is half a place
    ],
)
def test_ranks(scores: list[list[float]], ranks: list[float]) -> None:
    assert ranking.ranks(torch.tensor(scores)).tolist() == ranks
    assert ranking.recall(torch.tensor(scores), 1) == pytest.approx(sum(rank < 1 for rank in ranks) / 3)


def test_shared_words_find_the_sentence_itself_and_miss_all_synonyms() -> None:
    generator = torch.Generator().manual_seed(0)
    sentences = language.sentences(language.random_facts(30, generator), generator)
    assert ranking.recall(ranking.word_overlap(sentences, sentences), 1) == 1
    texts = ("doctor sold", "physician traded", "doctor traded")
    ids = [torch.tensor([[vocabulary.IDS[word] for word in text.split()]]) for text in texts]
    assert ranking.word_overlap(ids[0], torch.cat(ids))[0].argsort(descending=True).tolist() == [0, 2, 1]
