"""The layers, the doors and the weight of a start, read off the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "llmquiz"

LAYERS = (
    ("errors", "faults", "streams", "snapshot", "sqlite_faults"),
    ("clock", "paths", "folders"),
    ("texts",),
    ("reading",),
    ("settings",),
    ("language",),
    ("log",),
    ("questions",),
    ("topics",),
    ("grading",),
    ("scheduling",),
    ("schema", "scaffold"),
    (
        "collection",
        "content_cache",
        "loading",
        "compiling",
        "interview_tables",
        "migrations",
        "notebook",
        "history",
        "transcripts",
        "store",
    ),
    ("importing", "stats", "selection", "session", "interview", "report", "audit", "auditing"),
    ("ui", "demos"),
    ("commands",),
    ("cli", "__main__"),
)
"""A module may import from its own row and from rows above it; `demos` and `ui` do not know each other."""

DOORS = {
    "typer": {"cli", "commands"},
    "rich": {"ui", "demos", "commands", "cli"},
    "torch": {"demos", "grading.encoder"},
    "transformers": {"demos", "grading.encoder"},
    "numpy": {"demos", "grading.encoder"},
    "safetensors": {"demos", "grading.encoder"},
    "openai": {"grading.judge"},
    "matplotlib": {"demos", "ui"},
    "yaml": {"reading"},
    "pydantic": {"texts", "questions", "topics", "reading", "schema", "settings"},
    "fsrs": {"scheduling"},
    "sqlite3": {"collection", "content_cache", "compiling", "migrations", "sqlite_faults", "snapshot"},
    "prompt_toolkit": {"commands._previewing", "ui.ask", "ui.editor", "ui.timed"},
    "platformdirs": {"paths"},
    "ruamel": {"commands._reviewing"},
    "markdown_it": {"importing", "commands._anki", "commands._page"},
    "watchfiles": {"commands._previewing"},
    "genanki": {"commands._anki"},
}
"""Where each library may be imported: a module, or everything below a folder."""


def modules() -> list[str]:
    """Every module of the package in dots, without `llmquiz.`."""
    return sorted(
        path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for path in PACKAGE.rglob("*.py")
    )


def imports(module: str) -> Iterator[str]:
    """The full names that a module imports anywhere in it, imports for types only left out."""
    tree = ast.parse((PACKAGE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int:
    """The row of a module."""
    top = module.split(".")[0]
    return next(number for number, row in enumerate(LAYERS) if top in row)


@pytest.mark.parametrize("module", [m for m in modules() if m != "__init__"])
def test_imports_point_down(module: str) -> None:
    for name in imports(module):
        if name.startswith("llmquiz.") and name.count("."):
            other = name.removeprefix("llmquiz.")
            assert layer(other) <= layer(module), f"{module} imports {name}"
            pair = {module.split(".")[0], other.split(".")[0]}
            assert pair != {"ui", "demos"}, f"{module} imports {name}"


def test_every_library_has_its_door() -> None:
    wrong = []
    for module in modules():
        for name in imports(module):
            doors = DOORS.get(name.split(".")[0])
            if doors is not None and not any(module == door or module.startswith(f"{door}.") for door in doors):
                wrong.append(f"{module} imports {name}")
    assert wrong == []


WITHOUT_TORCH = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "transformers", "numpy", "safetensors", "openai"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuse())
from llmquiz.cli import run
code = run(sys.argv[1:])
heavy = {"torch", "transformers", "numpy", "matplotlib", "openai"} & set(sys.modules)
assert not heavy, heavy
sys.exit(code)
"""


def without_torch(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run llmquiz in a process in which torch and transformers cannot be imported."""
    command = [sys.executable, "-c", WITHOUT_TORCH, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("due",),
        ("stats",),
        ("list", "--json"),
        ("show", "why-decoder-only"),
        ("plan", "--date", "2030-01-01"),
        ("check",),
        ("demo", "--list"),
        ("export", "--format", "markdown"),
        ("flag", "--list"),
    ],
    ids=" ".join,
)
def test_everything_but_the_demos_runs_without_torch(arguments: tuple[str, ...]) -> None:
    done = without_torch(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_drill_runs_without_torch_and_asks_no_prediction() -> None:
    done = without_torch("drill", "--limit", "60", stdin=":skip\n" * 60)
    assert done.returncode == 0, done.stderr
    assert "] open: " in done.stdout
    assert "] prediction: " not in done.stdout


def test_a_demo_without_torch_says_what_is_missing() -> None:
    done = without_torch("demo", "kv-cache")
    assert done.returncode == 1
    assert "torch" in done.stderr
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr


def test_modules_stay_small() -> None:
    lines = {
        m: len((PACKAGE / f"{m.replace('.', '/')}.py").read_text(encoding="utf-8").splitlines()) for m in modules()
    }
    assert {m: n for m, n in lines.items() if n > 300 and m != "ui.words"} == {}  # words are data, a line each
