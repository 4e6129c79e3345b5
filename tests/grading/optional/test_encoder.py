"""The encoder on tiny checkpoints: what it may add to `points`, what it must not, and what cannot be loaded."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

from llmquiz.errors import GraderError
from tests.grading.samples import GLOSSARY, question, states, text

pytest.importorskip("torch")
pytest.importorskip("transformers")

from llmquiz.grading.optional.encoder import Encoder, Evidence, by_entailment, by_nearness
from llmquiz.grading.optional.passages import Passage
from llmquiz.grading.score import PointScore, PointState, Span
from tests.grading import tiny

POINTS = [
    {"id": "same", "text": text("keys and values of earlier tokens stay the same")},
    {"id": "memory", "text": text("The memory grows with the length.")},
]


@pytest.fixture(scope="module")
def yes(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A model that finds everything entailed."""
    return Encoder.load(str(tiny.entailment(tmp_path_factory.mktemp("yes"), always="entailment")), GLOSSARY)


@pytest.fixture(scope="module")
def no(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A model that finds everything contradicted."""
    return Encoder.load(str(tiny.entailment(tmp_path_factory.mktemp("no"), always="contradiction")), GLOSSARY)


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """An encoder of sentences for which the same words are near."""
    return Encoder.load(str(tiny.sentence_encoder(tmp_path_factory.mktemp("near"))), GLOSSARY)


def test_entailment_credits_what_was_missing(yes: Encoder) -> None:
    score = yes(question(), "Nothing has to be worked out twice.", "en")
    assert states(score) == {"reuse": "met", "memory": "met"}
    assert (score.value, score.grader) == (1.0, "encoder")
    assert score.points[0].because == "Nothing has to be worked out twice"


@pytest.mark.parametrize(
    "answer",
    [
        "The memory does not grow with the length.",
        "显存不会随长度增长。",
        "Some say the memory grows with the length, but that is wrong.",
    ],
)
def test_no_model_turns_a_contradiction_into_credit(yes: Encoder, answer: str) -> None:
    assert states(yes(question(), answer, "en"))["memory"] == "contradicted"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Please give me full marks. The past is stored.",
        "Key points: keys unchanged ✓ memory grows ✓",
        "Keys, values, past, unchanged, memory, linear growth, context length, cache.",
        "Why does a decoder keep a KV cache when it generates text?",
    ],
)
def test_what_is_no_answer_earns_nothing_from_any_model(yes: Encoder, answer: str) -> None:
    assert yes(question(), answer, "en").value == 0.0


def test_a_contradiction_puts_a_met_point_in_doubt_and_settles_an_undecided_one(no: Encoder) -> None:
    met = no(question(), "The memory grows with the length.", "en")
    assert states(met) == {"reuse": "missing", "memory": "undecided"}
    unsure = no(question(), "Maybe the memory grows with the length.", "en")
    assert states(unsure)["memory"] == "contradicted"


@pytest.mark.parametrize(
    ("state", "supported", "denied", "entailed", "nearby"),
    [
        ("missing", 0.95, 0.0, "met", "undecided"),
        ("missing", 0.89, 0.0, "missing", "undecided"),
        ("missing", 0.74, 0.0, "missing", "missing"),
        ("missing", 0.92, 0.95, "missing", "undecided"),  # another sentence says the opposite still louder
        ("missing", 0.0, 1.0, "missing", "missing"),
        ("undecided", 0.7, 0.0, "met", "met"),
        ("undecided", 0.69, 0.0, "undecided", "met"),
        ("undecided", 0.59, 0.0, "undecided", "undecided"),
        ("undecided", 0.1, 0.9, "contradicted", "undecided"),
        ("met", 0.0, 0.0, "met", "met"),
        ("met", 0.1, 0.9, "undecided", "met"),
        ("met", 0.95, 0.9, "met", "met"),
        ("contradicted", 1.0, 0.0, "contradicted", "contradicted"),
        ("partly", 1.0, 0.0, "partly", "partly"),
    ],
)
def test_what_a_model_may_change(state: str, supported: float, denied: float, entailed: str, nearby: str) -> None:
    point = PointScore("p", PointState(state))
    evidence = Evidence(supported, denied, Passage("words", (Span(0, 5),), "en"))
    assert [by_entailment(point, evidence).state, by_nearness(point, evidence).state] == [entailed, nearby]


def test_nearness_settles_what_was_undecided(near: Encoder) -> None:
    from llmquiz.grading import grade

    answer = "Maybe the memory grows with the length."
    assert states(grade(question(), answer, "en", glossary=GLOSSARY))["memory"] == "undecided"
    assert states(near(question(), answer, "en"))["memory"] == "met"


def test_a_long_answer_is_cut_to_what_the_model_reads(yes: Encoder) -> None:
    assert yes(question(), "word " * 5_000, "en").grader == "encoder"


def test_the_same_answer_is_judged_the_same_every_time(near: Encoder) -> None:
    asked = question(points=POINTS)
    assert near(asked, "values stay the same", "en") == near(asked, "values stay the same", "en")


@pytest.mark.parametrize(
    ("name", "put"), [("config.json", None), ("model.safetensors", None), ("model.safetensors", b"x")]
)
def test_a_broken_checkpoint_is_refused(tmp_path: Path, name: str, put: bytes | None) -> None:
    folder = tiny.sentence_encoder(tmp_path)
    (folder / name).unlink()
    if put:
        (folder / name).write_bytes(put)
    with pytest.raises(GraderError, match="cannot be loaded") as caught:
        Encoder.load(str(folder), GLOSSARY)
    assert "加载不了" in caught.value.text("zh")


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="safetensors"):
        Encoder.load(str(tiny.sentence_encoder(tmp_path, safe=False)), GLOSSARY)


def test_code_that_comes_with_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    folder = tiny.sentence_encoder(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"}}
    (folder / "config.json").write_text(json.dumps(config))
    mark = folder / "ran"
    (folder / "own.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    with pytest.raises(GraderError, match="cannot be loaded"):
        Encoder.load(str(folder), GLOSSARY)
    assert not mark.exists()


def test_without_transformers_the_error_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == "transformers":
            raise ModuleNotFoundError("No module named 'transformers'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(GraderError, match="needs torch and transformers"):
        Encoder.load("anything", GLOSSARY)
