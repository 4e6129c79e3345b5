"""The README's recipes, followed to the letter."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmquiz.demos.lab import demo
from llmquiz.paths import shipped_content
from llmquiz.schema.topics import DemoText
from tests.commands.conftest import llmquiz as llmquiz

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
Run = Callable[..., Any]


def block(language: str, name: str) -> str:
    """The fenced block of the README that begins with "```LANGUAGE NAME"."""
    block = re.search(rf"(?ms)^```{language} {name}\n(.*?)^```$", README)
    assert block, name
    return block[1]


@pytest.mark.slow
@pytest.mark.reader
def test_add_a_topic_and_a_question(llmquiz: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in block("sh", "topic").splitlines():
        command, *arguments = shlex.split(line)
        assert command == "llmquiz"
        assert llmquiz(*arguments).code == 0
    assert llmquiz("check", "my-topics").code == 1
    deck = tmp_path / "my-topics" / "attention" / "deck.yaml"
    deck.write_text(deck.read_text(encoding="utf-8").replace("TODO", "How attention works."), encoding="utf-8")
    question = tmp_path / "my-topics" / "attention" / "why-scale.yaml"
    question.write_text(block("yaml", "question"), encoding="utf-8")
    done = llmquiz("check", "my-topics", "--strict")
    assert done.code == 0, done.out
    drill = llmquiz(
        "drill", "attention", "--content", "my-topics", stdin="The variance of a dot product of d terms is d.\n.\n"
    )
    assert "saved attention/why-scale" in drill.out
    assert "1 of 2 points" in drill.out


def test_what_people_say_is_quoted_from_claims_that_their_demo_expects_to_fail() -> None:
    rows = re.findall(r'(?m)^\| "(.+)" \| `([a-z-]+)` \| (.+) \|$', README)
    assert len(rows) == 13
    for belief, demo_id, finds in rows:
        path = shipped_content() / "demos" / f"{demo_id}.yaml"
        words = DemoText.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        (claim,) = [claim for claim in words.claims if claim.text.en == belief and not claim.expected]
        if demo.definition(demo_id).needs:
            sentences = {outcome.id: outcome.sentence for outcome in demo.recorded(demo_id, words).claims}
            assert sentences[claim.id] is not None
            assert finds == sentences[claim.id].en, "a figure of the README is that of the recorded run"
        else:
            assert claim.says == "sheet", belief


@pytest.fixture
def added_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo of the README as it would stand beside the others; the folder of its files."""
    from llmquiz import demos

    folder = tmp_path / "score_variance"
    folder.mkdir()
    for name in ("__init__", "claims", "measure", "draw"):
        (folder / f"{name}.py").write_text(block("python", name), encoding="utf-8")
    words = tmp_path / "content" / "demos" / "score-variance.yaml"
    words.parent.mkdir(parents=True)
    words.write_text(block("yaml", "demo-words"), encoding="utf-8")
    monkeypatch.setattr(demo, "FOLDER", tmp_path)
    monkeypatch.setattr(demos, "__path__", [*demos.__path__, str(tmp_path)])
    return folder


@pytest.mark.demo
def test_add_a_demo(llmquiz: Run, added_demo: Path) -> None:
    for lang, title in (("en", "Why scores are scaled"), ("zh", "为什么要缩放注意力分数")):
        done = llmquiz("demo", "score-variance", "--content", added_demo.parent / "content", "--lang", lang)
        assert done.code == 0, done.err
        assert title in done.out


@pytest.mark.demo
def test_the_test_of_the_added_demo_passes_and_without_it_the_claim_is_named(
    added_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmquiz.demos.lab import demo
    from tests.demos.test_every_claim import unbroken

    tests = tmp_path / "tests"
    tests.mkdir()
    assert unbroken(demo.claim_ids("score-variance"), tests) == ["variance-grows"]
    text = block("python", "demo-test")
    (tests / "test_measure.py").write_text(text, encoding="utf-8")
    assert unbroken(demo.claim_ids("score-variance"), tests) == []
    module: dict[str, Any] = {}
    exec(compile(text, "test_measure.py", "exec"), module)
    module["test_scaled_scores_do_not_grow"](monkeypatch)


def test_every_place_that_the_map_of_the_house_names_exists() -> None:
    root = Path(__file__).parent.parent
    house = README.partition("### The map of the house")[2].partition("### Checks")[0]
    drawn = house.partition("```\n")[2].partition("```")[0]
    rooms = set(re.findall(r"(?m)^ {8}([a-z]+)/", drawn))
    folders = {path.name for path in (root / "llmquiz").iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert rooms == folders
    named = re.findall(r"`((?:llmquiz|content|tests)/[a-z_/]*(?:\.[a-z]+)?)`", house)
    assert [name for name in named if not (root / name).exists()] == []


def test_every_command_that_the_readme_names_exists() -> None:
    from llmquiz.cli import COMMANDS

    named = set(re.findall(r"llmquiz ([a-z]+)\b", re.sub(r"```python.*?```", "", README, flags=re.DOTALL)))
    assert named - set(COMMANDS) <= {"is", "teaches", "alone", "demos", "gets"}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\((\.screens/[\w.-]+)\)", README))))
def test_every_picture_is_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).stat().st_size > 1000


@pytest.mark.reader
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pictures_of_the_drill_show_what_the_program_prints(lang: str) -> None:
    from tests.screens import FOLDER, drill

    current = (FOLDER / f"drill.{lang}.svg").read_text(encoding="utf-8")
    assert drill(lang) == current, "make them again: python -m tests.screens"
