"""The shipped content: sound, current, in two languages, and its code right."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from llmquiz import paths
from llmquiz.collection.audit.audit import audit
from llmquiz.collection.load import LoadResult, load
from llmquiz.grading import grade
from llmquiz.grading.score import PointState
from llmquiz.grading.text.glossary import Glossary
from llmquiz.language import LANGS, Lang
from llmquiz.schema.json_schema import text
from llmquiz.schema.questions import CodeQuestion, OpenQuestion

CONTENT = paths.shipped_content()


@cache
def loaded() -> LoadResult:
    """The shipped content."""
    return load([CONTENT])


def test_check_finds_nothing() -> None:
    content = loaded()
    assert [fault.as_json() for fault in [*content.faults, *audit(content)]] == []


def test_no_model_answer_contradicts_its_own_points_or_speaks_in_absolutes() -> None:
    glossary = Glossary.build(loaded().glossary)
    questions = [f.entry for f in loaded().entries.values() if isinstance(f.entry, OpenQuestion)]
    assert len(questions) >= 8
    found = []
    for question in questions:
        for lang in LANGS:
            for answer in _model_answers(question, lang):
                score = grade(question, answer, lang, glossary=glossary)
                found += [(question.id, lang, p.id) for p in score.points if p.state is PointState.contradicted]
                found += [(question.id, lang, m.id) for m in score.misconceptions]
                found += [(question.id, lang, s.because) for s in score.style if s.id == "absolute"]
    assert found == []


def _model_answers(question: OpenQuestion, lang: Lang) -> list[str]:
    """The answers at each depth."""
    answers = question.answers
    full = [" ".join(section.text[lang] for section in answers.full.sections)] if answers.full else []
    return [answers.one_line.text[lang], answers.one_minute.text[lang], *full]


def test_the_schema_that_editors_read_is_current() -> None:
    """As data: whether a bound is written 1 or 1.0 is the choice of a version of pydantic."""
    assert json.loads((CONTENT / "schema.json").read_text(encoding="utf-8")) == json.loads(text())


def test_every_field_of_the_schema_that_leaves_a_question_is_explained() -> None:
    definitions = json.loads(text())["$defs"]
    assert definitions["KeyPoint"]["properties"]["cues"]["description"].startswith("Phrasings that meet the point.")
    assert definitions["Claim"]["properties"]["level"]["description"].startswith("core: needed for a sound")


def code_cards() -> list[str]:
    """The ids of the code questions."""
    return [name for name, filed in loaded().entries.items() if isinstance(filed.entry, CodeQuestion)]


@pytest.mark.demo
@pytest.mark.parametrize("name", code_cards())
def test_the_right_snippet_of_a_code_card_runs(name: str) -> None:
    entry = loaded().entries[name].entry
    assert isinstance(entry, CodeQuestion)
    assert entry.code != entry.right
    program = entry.right if "import torch" in entry.right else f"import torch\n{entry.right}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_no_content_file_is_forgotten_by_the_loader() -> None:
    names = {path.name for path in Path(CONTENT).rglob("*.yaml")}
    used = {filed.path.name for filed in loaded().entries.values()} | {
        path.name for path in loaded().demo_paths.values()
    }
    assert names - used == {"deck.yaml", "sources.yaml", "glossary.yaml"}
