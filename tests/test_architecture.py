"""The layers, the doors and the weight of a start, read off the imports themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "llmquiz"

ROWS = (
    ("errors", "clock", "paths", "language", "ids", "log", "streams", "messages"),
    ("schema",),
    ("grading",),
    ("collection", "schedule", "store"),
    ("interview", "demos", "exercises"),
    ("ui",),
    ("app", "export", "authoring"),
    ("commands",),
    ("cli", "__main__"),
)
"""The rooms, the ground first: a module imports from its own row and from rows before it, and never round."""

DOORS = {
    "typer": {"cli", "commands"},
    "rich": {"ui", "demos", "commands", "cli", "app", "authoring"},
    "torch": {"demos", "grading.optional.encoder"},
    "transformers": {"demos", "grading.optional.encoder"},
    "numpy": {"demos", "grading.optional.encoder", "grading.reader.network"},
    "onnxruntime": {"grading.reader.network"},
    "tokenizers": {"grading.reader"},
    "safetensors": {"demos", "grading.optional.encoder"},
    "openai": {"grading.optional.llm_judge"},
    "matplotlib": {"demos"},
    "yaml": {"collection.yaml"},
    "pydantic": {"schema", "collection.yaml", "app.settings"},
    "fsrs": {"schedule.due_dates"},
    "sqlite3": {"collection", "store"},
    "prompt_toolkit": {"authoring.preview", "ui.keyboard"},
    "platformdirs": {"paths"},
    "ruamel": {"authoring.review"},
    "markdown_it": {"collection.drafts.importing", "export"},
    "watchfiles": {"authoring.preview"},
    "genanki": {"export.anki"},
    "jinja2": {"ui.document.templates", "export.rendered"},
    "markupsafe": {"export.rendered"},
}
"""Where each library may be imported: a module, or everything below a folder."""


@cache
def modules() -> list[str]:
    """Every module of the package in dots, without `llmquiz.`."""
    return sorted(
        path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for path in PACKAGE.rglob("*.py")
    )


def path_of(module: str) -> Path:
    return PACKAGE / f"{module.replace('.', '/')}.py"


def imports(module: str) -> Iterator[str]:
    """The full names that a module imports anywhere in it, for types or for use."""
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def own(module: str) -> set[str]:
    """The modules of the package that a module imports."""
    known, used = set(modules()), set()
    for name in imports(module):
        parts = name.removeprefix("llmquiz.").split(".")
        if name.startswith("llmquiz."):
            ends = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
            used |= {next((m for end in ends for m in (end, f"{end}.__init__") if m in known), "__init__")}
    return used - {module, "__init__"}


def row(module: str) -> int:
    """The row of a module."""
    top = module.split(".")[0]
    return next(number for number, names in enumerate(ROWS) if top in names)


def room(module: str) -> str:
    """The folder of a module; the door of a folder, `__init__`, is a room before it."""
    return module if module.endswith("__init__") else module.rpartition(".")[0] or module


@pytest.mark.parametrize("module", [m for m in modules() if m != "__init__"])
def test_imports_point_down(module: str) -> None:
    assert [other for other in own(module) if row(other) > row(module)] == []


@pytest.mark.parametrize("place", [str, room], ids=["modules", "folders"])
def test_imports_never_go_round(place: Callable[[str], str]) -> None:
    graph: dict[str, set[str]] = {}
    for module in modules():
        graph.setdefault(place(module), set()).update({place(other) for other in own(module)} - {place(module)})
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_a_circle_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "own", lambda module: {"clock"} if module == "errors" else {"errors"})
    with pytest.raises(pytest.fail.Exception, match=r"errors -> clock|clock -> errors"):
        test_imports_never_go_round(str)


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("demos.") and m.count(".") == 2])
def test_a_demo_imports_from_the_lab_and_from_itself(module: str) -> None:
    folder = module.split(".")[1]
    others = {name.split(".")[1] for name in own(module) if name.startswith("demos.")}
    assert others - {"lab", folder} == set()


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
        if name.split(".")[0] in {"torch", "transformers", "safetensors", "openai"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuse())
from llmquiz.cli import run
code = run(sys.argv[1:])
heavy = {"torch", "transformers", "numpy", "matplotlib", "openai"} & set(sys.modules)
if sys.argv[1] in {"check", "drill", "grade"}:  # the reader of open answers needs it
    heavy -= {"numpy"}
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
    assert done.returncode == 2
    assert "torch" in done.stderr
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr


def test_modules_stay_small() -> None:
    lines = {m: len(path_of(m).read_text(encoding="utf-8").splitlines()) for m in modules()}
    assert {m: n for m, n in lines.items() if n > 300 and m != "messages.ui"} == {}  # words are data, a line each


def test_a_command_is_its_arguments_one_call_and_an_exit_code() -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in (PACKAGE / "commands").glob("*.py")}
    del files["__init__"], files["options"]
    assert {name: len(text.splitlines()) for name, text in files.items() if len(text.splitlines()) > 40} == {}
    assert {name for name, text in files.items() if len(re.findall("^def ", text, re.MULTILINE)) != 1} == set()
    assert [name for name in files if name.startswith("_")] == []


def test_the_root_holds_what_everybody_may_use_and_nothing_else() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} <= {"__init__", "__main__", "cli", *ROWS[0]}
    assert len(list(PACKAGE.glob("*.py"))) <= 10


MIRRORED = (
    *("app", "authoring", "collection", "demos/lab", "export", "grading", "interview", "messages", "schedule"),
    *("schema", "store", "ui"),
)
OF_A_ROOM = {
    "collection/test_shipped",  # the content that comes with llmquiz
    "grading/optional/test_llm_judge_serving",  # the judge with a server that misbehaves
    "grading/kinds/test_amounts",  # a table of typed amounts by somebody who had not seen the grammar
    "grading/test_corpus",  # the answers from which the reader learns
    "grading/test_held",  # the whole grader on answers with labels
    "grading/test_robustness",  # the whole grader on hostile input
    "grading/test_train",  # the recipe of the reader
    "interview/test_candidates",  # whole interviews
    "schedule/test_run_up",  # whole plans, day by day
    "store/test_processes",  # several programs at once, and killed ones
    "store/test_store_model",  # the store beside a model of it
}
"""Tests of a room as a whole; every other one stands where its module does."""


def test_a_test_stands_where_its_module_does() -> None:
    tests = PACKAGE.parent / "tests"
    names = {path.relative_to(tests).with_suffix("") for room in MIRRORED for path in (tests / room).rglob("test_*.py")}
    without = {name.as_posix() for name in names if not (PACKAGE / name.parent / f"{name.name[5:]}.py").exists()}
    assert without == OF_A_ROOM


DECIDE_NOTHING = {
    *("demos/lab/reasons", "grading/calibration", "interview/calibration", "store/tables"),
    *("messages/help", "messages/mock"),
    *("ui/document/blocks", "ui/document/report_blocks", "ui/document/runs", "ui/document/templates"),
}
"""Numbers, words, statements and shapes, by which others decide."""


@pytest.mark.parametrize("room", MIRRORED)
def test_a_module_that_decides_has_a_test_of_its_own(room: str) -> None:
    names = {path.relative_to(PACKAGE).with_suffix("") for path in (PACKAGE / room).rglob("*.py")}
    tests = PACKAGE.parent / "tests"
    untested = {name.as_posix() for name in names if not (tests / name.parent / f"test_{name.name}.py").exists()}
    assert {name for name in untested if not name.endswith("__init__")} - DECIDE_NOTHING == set()


def test_the_first_question_waits_for_nothing_that_draws_an_answer() -> None:
    program = "import llmquiz.app.drill, llmquiz.ui.document.show, llmquiz.store.store, sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    late = {"llmquiz.schema.topics", "llmquiz.ui.document.blocks", "llmquiz.app.related", "jinja2"}
    assert late & set(done.stdout.split()) == set()
