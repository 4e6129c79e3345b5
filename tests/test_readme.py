"""The README's recipes, followed to the letter."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmquiz.paths import shipped_content
from tests.commands.conftest import llmquiz as llmquiz

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
Run = Callable[..., Any]


def block(language: str, name: str) -> str:
    """The fenced block of the README that begins with "```LANGUAGE NAME"."""
    found = re.search(rf"(?ms)^```{language} {name}\n(.*?)^```$", README)
    assert found, name
    return found[1]


@pytest.mark.slow
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
    drill = llmquiz("drill", "attention", "--content", "my-topics", stdin="The variance grows with the dimension.\n.\n")
    assert "saved attention/why-scale" in drill.out
    assert "1 of 2 points" in drill.out


def test_what_people_say_is_quoted_from_claims_that_their_demo_expects_to_fail() -> None:
    rows = re.findall(r'(?m)^\| "(.+)" \| `([a-z-]+)` \|', README)
    assert len(rows) == 7
    for said, demo_id in rows:
        path = shipped_content() / "demos" / f"{demo_id}.yaml"
        claims = yaml.safe_load(path.read_text(encoding="utf-8"))["claims"]
        assert [c["says"] for c in claims if c["text"]["en"] == said and not c["expected"]] == ["sheet"], said


@pytest.mark.demo
def test_add_a_demo(llmquiz: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from llmquiz import demos
    from llmquiz.demos.lab import demo

    (tmp_path / "score_variance.py").write_text(block("python", "demo"), encoding="utf-8")
    words = tmp_path / "content" / "demos" / "score-variance.yaml"
    words.parent.mkdir(parents=True)
    words.write_text(block("yaml", "demo-words"), encoding="utf-8")
    monkeypatch.setattr(demo, "FOLDER", tmp_path)
    monkeypatch.setattr(demos, "__path__", [*demos.__path__, str(tmp_path)])
    for lang, title in (("en", "Why scores are scaled"), ("zh", "为什么要缩放注意力分数")):
        done = llmquiz("demo", "score-variance", "--content", tmp_path / "content", "--lang", lang)
        assert done.code == 0, done.err
        assert title in done.out


def test_every_command_that_the_readme_names_exists() -> None:
    from llmquiz.cli import COMMANDS

    named = set(re.findall(r"llmquiz ([a-z]+)\b", re.sub(r"```python.*?```", "", README, flags=re.DOTALL)))
    assert named - set(COMMANDS) <= {"is", "teaches", "alone", "demos", "gets"}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\((\.screens/[\w.-]+)\)", README))))
def test_every_picture_is_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).stat().st_size > 1000


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pictures_of_the_drill_show_what_the_program_prints(lang: str) -> None:
    from tests.screens import FOLDER, drill

    current = (FOLDER / f"drill.{lang}.svg").read_text(encoding="utf-8")
    assert drill(lang) == current, "make them again: python -m tests.screens"
