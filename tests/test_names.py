"""A local says what it holds: no variable and no parameter is called like a pronoun."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRONOUNS = {"found", "one", "made", "told", "said", "kept"}


def pronouns(text: str) -> dict[str, int]:
    """The pronouns among the locals and parameters of a module, and where each stands last; fields are no locals."""
    tree = ast.parse(text)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = {id(line.target) for node in classes for line in node.body if isinstance(line, ast.AnnAssign)}
    names: dict[str, int] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in fields:
                names[name] = node.lineno
            case ast.arg(arg=name) | ast.MatchAs(name=str(name)) | ast.ExceptHandler(name=str(name)):
                names[name] = node.lineno
    return {name: line for name, line in names.items() if name in PRONOUNS}


def test_no_local_is_called_like_a_pronoun() -> None:
    files = sorted(path for folder in ("llmquiz", "tests") for path in (ROOT / folder).rglob("*.py"))
    assert len(files) > 400
    named = {path.relative_to(ROOT).as_posix(): pronouns(path.read_text(encoding="utf-8")) for path in files}
    assert {path: lines for path, lines in named.items() if lines} == {}


def test_a_pronoun_is_seen_wherever_a_name_is_given() -> None:
    program = "class A:\n    said: str\n    def found(self, told):\n        for one in told: made = self.said\n"
    assert pronouns(program) == {"told": 3, "one": 4, "made": 4}
    assert pronouns("kept = [found for found in map(lambda one: one, x)]") == {"kept": 1, "found": 1, "one": 1}
    assert pronouns("match x:\n    case [*_, made]: pass\ntry: pass\nexcept E as told: pass") == {"made": 2, "told": 4}
