"""The rules that the claims of every demo keep; no model is run, and no torch imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmquiz.demos.lab import demo
from llmquiz.demos.lab.outcome import judged
from llmquiz.paths import shipped_content
from llmquiz.schema.topics import DemoText
from tests.demos.recorded import path, recorded

every_demo = pytest.mark.parametrize("demo_id", demo.names())
Words = Callable[[str], DemoText]
TESTS = Path(__file__).parent


def unbroken(claims: Iterator[str] | tuple[str, ...], folder: Path) -> list[str]:
    """The claims whose mechanism no test in `folder` breaks: each such test says so by `@pytest.mark.breaks`."""
    broken: set[str] = set()
    for file in folder.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.breaks":
                broken |= {ast.literal_eval(argument) for argument in node.args}
    return [claim for claim in claims if claim not in broken]


def test_claims_need_no_torch() -> None:
    program = (
        "import sys\nfrom llmquiz.demos.lab import demo\nfor name in demo.names(): demo.claim_ids(name)\n"
        "print({'torch', 'transformers', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_recorded_run_is_drawn_without_torch() -> None:
    """Whoever has no real model waits for nothing."""
    program = (
        "import sys\nfrom llmquiz.demos.lab import demo\nfrom tests.demos.conftest import words_of_demo\n"
        "for name in demo.names():\n"
        "    if (its := demo.definition(name)).needs:\n"
        "        words = words_of_demo(name)\n"
        "        result = demo.recorded(name, words).result\n"
        "        its.plot(result, words, 'en'), its.tables(result, words, 'zh')\n"
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=TESTS.parents[1]
    )
    assert done.stdout == "set()\n"


def test_every_words_file_belongs_to_a_demo() -> None:
    files = {path.stem for path in (shipped_content() / "demos").glob("*.yaml")}
    assert files == set(demo.names())


@every_demo
def test_words_and_claims_match(demo_id: str, words_of: Words) -> None:
    assert tuple(claim.id for claim in words_of(demo_id).claims) == demo.claim_ids(demo_id)


@every_demo
def test_each_claim_comes_out_as_expected_on_a_recorded_result(demo_id: str, words_of: Words) -> None:
    outcomes = judged(demo.tests_of(demo_id), recorded(demo_id), words_of(demo_id))
    assert [claim.id for claim in outcomes if claim.surprising] == []


@every_demo
def test_each_claim_has_a_test_that_breaks_its_mechanism(demo_id: str) -> None:
    assert unbroken(demo.claim_ids(demo_id), path(demo_id).parent) == []


def test_a_claim_whose_mechanism_nothing_breaks_is_named(tmp_path: Path) -> None:
    text = 'import pytest\n\n@pytest.mark.breaks("first")\ndef test_it() -> None: ...\n'
    (tmp_path / "test_measure.py").write_text(text, encoding="utf-8")
    assert unbroken(("first", "second"), tmp_path) == ["second"]
