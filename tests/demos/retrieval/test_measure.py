"""The demo retrieval, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration

from llmquiz.demos.lab import demo, own_model, training
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.retrieval import contrastive, early_tokens, language, ranking, searching
from llmquiz.demos.retrieval import measure as retrieval
from llmquiz.demos.retrieval.contrastive import READERS, TRAINING
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

SMALL: dict[str, Any] = {
    "vocab_size": 99,
    "max_position_embeddings": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
SENTENCE = "at noon sailor sold a crane to doctor in port with feathers ."


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> retrieval.Result:
    found = quick_run("retrieval").result
    assert isinstance(found, retrieval.Result)
    return found


def _finding(claim: str, result: retrieval.Result, **changes: Any) -> bool | None:
    return retrieval.CLAIMS[claim](replace(result, **changes)).holds


def _generator(seed: int = 0) -> Any:
    return torch.Generator().manual_seed(seed)


def _put(result: retrieval.Result, name: str, model: Any) -> retrieval.Result:
    """The result with another model in the place of one."""
    scores = contrastive.similarities(name, model, contrastive.index(0))
    changed = ranking.trained(name, scores)
    return replace(result, models=tuple(changed if one.name == name else one for one in result.models))


def test_an_untrained_encoder_finds_next_to_nothing(result: retrieval.Result) -> None:
    assert _finding("found-first", result) is True
    broken = _put(result, "encoder", contrastive.untrained("encoder", 0))
    assert _finding("found-first", broken) is False
    assert _finding("found-first", result, overlap_1=0.9) is False


def test_vectors_that_need_no_contrast_would_be_noticed(result: retrieval.Result) -> None:
    assert _finding("raw-vectors", result) is False
    assert _finding("raw-vectors", _put(result, "encoder-raw", training.trained(TRAINING, "encoder"))) is True


def test_a_decoder_that_the_mask_held_back_would_be_noticed(result: retrieval.Result) -> None:
    assert _finding("mask-keeps-up", result) is True
    broken = _put(result, "decoder-mean", contrastive.untrained("decoder-mean", 0))
    assert _finding("mask-keeps-up", broken) is False


def test_without_its_mask_a_decoder_moves_its_early_states_and_guesses_no_more(
    result: retrieval.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    for claim in ("same-state", "early-guess"):
        assert _finding(claim, result) is True
    encoder, _, mean = result.early
    monkeypatch.setitem(READERS, "decoder", READERS["decoder"]._replace(both_sides=True))
    opened = early_tokens.early("decoder", training.trained(TRAINING, "decoder"), 0)
    assert opened.moved == opened.pairs
    for claim in ("same-state", "early-guess"):
        assert _finding(claim, result, early=(encoder, opened, mean)) is False


def test_behind_the_mask_an_encoder_knows_nothing_of_later_words(
    result: retrieval.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, *decoders = result.early
    monkeypatch.setitem(READERS, "encoder", READERS["encoder"]._replace(both_sides=False))
    masked = early_tokens.early("encoder", training.trained(TRAINING, "encoder"), 0)
    assert masked.told[: early_tokens.LATER] == (0.5,) * early_tokens.LATER
    for claim in ("same-state", "early-guess"):
        assert _finding(claim, result, early=(masked, *decoders)) is False


def test_every_model_knows_the_meaning_once_it_has_been_said(result: retrieval.Result) -> None:
    assert len(result.tokens) == language.LENGTH
    for one in result.early:
        assert one.told[early_tokens.LATER] > 0.9


def test_equalities_are_judged_in_full_precision_only(result: retrieval.Result) -> None:
    for claim in ("same-state", "early-guess"):
        assert _finding(claim, result, dtype="bfloat16") is None


def test_a_query_read_twice_is_noticed(result: retrieval.Result) -> None:
    cost = result.cost
    assert _finding("one-pass", result) is True
    twice = replace(cost.encoder, calls=2)
    pairs = replace(cost.pairs, positions=cost.pairs.positions - 1)
    for changed in (replace(cost, encoder=twice), replace(cost, decoder=twice), replace(cost, pairs=pairs)):
        assert _finding("one-pass", result, cost=changed) is False


@pytest.mark.parametrize(
    ("same", "large", "device", "holds"),
    [
        (1.0, 20.0, "cpu", True),
        (1.6, 20.0, "cpu", False),  # the encoder slower
        (0.6, 20.0, "cpu", False),  # the decoder slower
        (1.0, 4.0, "cpu", False),
        (1.0, 4.0, "cuda", None),
    ],
)
def test_times_are_judged_by_the_rounds(
    result: retrieval.Result, same: float, large: float, device: str, holds: bool | None
) -> None:
    ratios = {"same_size": Ratio(same, (same,) * 5), "large_over_small": Ratio(large, (large,) * 5)}
    assert _finding("size-costs", result, device=device, **ratios) is holds
    noisy = Ratio(1.0, (0.5, 1.0, 2.0, 1.0, 2.0))
    assert _finding("size-costs", result, **ratios | {"same_size": noisy}) is None


def test_no_sentence_of_the_index_was_in_the_training() -> None:
    generator = _generator()
    asked, seen = contrastive.index(0), language.facts(5000, generator)
    assert language.is_held_out(asked.facts).all()
    assert not language.is_held_out(seen).any()
    assert not language.is_held_out(language.with_neighbours(seen, generator)[1::5]).any(), "roles exchanged"
    assert len(set(map(tuple, asked.facts.tolist()))) == len(asked.facts) == 1000


def test_a_neighbour_differs_in_one_thing() -> None:
    drawn = language.facts(50, _generator())
    groups = language.with_neighbours(drawn, _generator()).view(50, 5, 6)
    changed = (groups != drawn[:, None]).tolist()
    expected: list[set[int]] = [set(), {0, 1}, {3}, {2}, {5}]
    assert [[{i for i, one in enumerate(row) if one} for row in group] for group in changed] == [expected] * 50


@pytest.mark.parametrize("order", range(len(language.ORDERS)))
def test_a_sentence_says_its_fact_in_every_order(order: int) -> None:
    """Read back by its small words: who comes after `to` takes, who does not gives."""
    drawn = language.facts(20, _generator())
    things = [sense for name, *senses in language.THINGS for sense in ((name, *one) for one in senses)]
    for fact, ids in zip(drawn.tolist(), language.told(drawn, _generator(), order=order), strict=True):
        words = language.read(ids).split()
        taker = words[words.index("to") + 1]
        people = [word for word in words if any(word in pair for pair in language.PEOPLE) and word != taker]
        assert taker in language.PEOPLE[fact[1]]
        assert [one in language.PEOPLE[fact[0]] for one in people] == [True]
        assert any(word in language.DEEDS[fact[2]] for word in words)
        name, own, tails = things[fact[3]]
        assert {name, own} & set(words)
        assert words[-2] in tails
        assert words[words.index("at") + 1] in language.TIMES[fact[4]]
        assert words[words.index("in") + 1] in language.PLACES[fact[5]]


def test_no_word_stands_for_two_things() -> None:
    assert len(set(language.WORDS)) == len(language.WORDS)


def test_the_two_sentences_of_a_pair_differ_in_the_last_word_alone() -> None:
    one, other, _ = early_tokens.texts(0, held_out=True)
    assert (one != other).any(0).tolist() == [i == early_tokens.LATER for i in range(language.LENGTH)]
    names = {name for name, *_ in language.THINGS}
    assert {language.WORDS[i] for i in one[:, early_tokens.AT].tolist()} == names


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], [0, 1, 2]),
        ([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], [1, 0.5, 0]),  # a tie is half a place
    ],
)
def test_ranks(scores: list[list[float]], ranks: list[float]) -> None:
    assert contrastive.ranks(torch.tensor(scores)).tolist() == ranks
    assert contrastive.found(torch.tensor(scores), 1) == pytest.approx(sum(rank < 1 for rank in ranks) / 3)


def test_shared_words_find_the_sentence_itself_and_miss_all_synonyms() -> None:
    told = language.told(language.facts(30, _generator()), _generator())
    assert contrastive.found(language.shared(told, told), 1) == 1
    texts = ("doctor sold", "physician traded", "doctor traded")
    ids = [torch.tensor([[language.IDS[word] for word in text.split()]]) for text in texts]
    assert language.shared(ids[0], torch.cat(ids))[0].argsort(descending=True).tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("losses", "step"), [([3, 0.2, 0.1, 0.1], 100), ([3, 0.2, 0.4, 0.1], 300), ([3, 1, 1, 0.9], 400), ([0.1] * 4, 0)]
)
def test_a_model_has_learned_from_where_its_loss_stays_low(losses: list[float], step: int) -> None:
    assert ranking.learned_at(losses, 400) == step


def test_all_five_models_start_from_the_same_weights() -> None:
    first, *others = (dict(contrastive.untrained(name, 3).named_parameters()) for name in READERS)
    assert all(torch.equal(first[key], other[key]) for other in others for key in first)


def _run(words_of: Any, **options: Any) -> retrieval.Result:
    found = demo.run("retrieval", words_of("retrieval"), device="cpu", quick=True, **options).result
    assert isinstance(found, retrieval.Result)
    return found


def test_a_sentence_of_the_language_finds_what_says_the_same_before_its_neighbours(words_of: Any) -> None:
    search = _run(words_of, text=SENTENCE).search
    assert search
    assert (search.query, search.searched, len(search.hits)) == (SENTENCE, 1005, searching.SHOWN)
    scores = [hit.score for hit in search.hits]
    assert scores == sorted(scores, reverse=True)
    first = language.ids_of(search.hits[0].text)
    own = language.ids_of(SENTENCE)
    assert first is not None
    assert own is not None
    assert _same(language.fact_of(first), language.fact_of(own))


def _same(a: Any, b: Any) -> bool:
    return a is not None and b is not None and bool((a == b).all())


def test_a_fact_is_read_back_from_any_telling() -> None:
    drawn = language.facts(200, _generator())
    for fact, ids in zip(drawn, language.told(drawn, _generator()), strict=True):
        assert _same(language.fact_of(ids[None]), fact[None])


@pytest.mark.parametrize(
    "text",
    [
        "sailor sold a crane",
        "sailor sold a crane to sailor at noon in port with feathers",  # both are the same person
        "sailor sold a crane to doctor at noon in port",
        "sailor sold a crane to doctor at noon at dusk in port with feathers",
        "sailor doctor sold a crane at noon in port with feathers",  # nobody takes it
    ],
)
def test_a_sentence_that_tells_no_fact_is_searched_as_it_is(words_of: Any, text: str) -> None:
    ids = language.ids_of(text)
    assert ids is not None
    assert language.fact_of(ids) is None
    model = training.trained(TRAINING, "encoder")
    assert searching.among_facts(text, "encoder", model, contrastive.index(0), 0).searched == 1000


@pytest.mark.parametrize("text", ["Is BERT obsolete?", "BERT 过时了吗", "", "sailor " * 64])
def test_words_that_it_does_not_know_are_refused_with_the_way_out(words_of: Any, text: str) -> None:
    with pytest.raises(DemoError, match="Add --model") as error:
        _run(words_of, text=text)
    assert "--model" in error.value.text("zh")


@pytest.fixture(params=["encoder", "decoder"])
def checkpoint(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A tiny one of either family, which reads bytes."""
    made: Any = BertModel(BertConfig(**SMALL))
    if request.param == "decoder":
        made = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_positions=64, n_embd=32, n_layer=2, n_head=4))
    made.save_pretrained(tmp_path / request.param)
    return str(tmp_path / request.param)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_checkpoint_ranks_the_shipped_questions_in_the_language_of_the_query(checkpoint: str, lang: str) -> None:
    questions = searching.shipped_questions(lang)
    assert len(questions) > 150
    for query in questions[:2]:
        search = searching.among_questions(query, checkpoint, device="cpu", dtype="float32")
        assert search.searched == len(questions)
        assert search.hits[0].text == query
        assert search.hits[0].score == pytest.approx(1, abs=1e-3)


def test_an_encoder_gives_its_mean_and_a_decoder_its_last_state(checkpoint: str) -> None:
    family = Path(checkpoint).name
    loaded = own_model.load_checkpoint(checkpoint, family, device="cpu", dtype="float32")
    states = loaded.model.base_model(loaded.tokens("mask")).last_hidden_state[0]
    expected = states[-1] if family == "decoder" else states.mean(0)
    found = searching.vector(loaded, family, "mask")
    assert torch.allclose(found, expected / expected.norm(), atol=1e-5)


def test_a_checkpoint_without_a_query_is_asked_ours(words_of: Any, checkpoint: str) -> None:
    outcome = demo.run("retrieval", words_of("retrieval"), device="cpu", quick=True, model=checkpoint)
    assert outcome.result.search.query == searching.QUERY
    assert [claim.id for claim in outcome.claims if claim.surprising] == []


def test_a_checkpoint_with_two_stacks_is_refused(tmp_path: Path) -> None:
    size: dict[str, Any] = {"d_model": 32, "d_ff": 48, "num_layers": 1, "num_heads": 2, "d_kv": 8, "vocab_size": 99}
    size["decoder_start_token_id"] = 0
    T5ForConditionalGeneration(T5Config(**size)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="its family is encoder-decoder"):
        searching.among_questions("masks", str(tmp_path), device="cpu", dtype="float32")
