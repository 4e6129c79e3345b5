"""content/schema/KIND.json: the pydantic models as JSON schemas whose descriptions are the docstrings of the fields.

pydantic can read those docstrings itself, but does it whenever the classes are made: 0.1 s of every start.
"""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmquiz.errors import LlmquizError
from llmquiz.schema import questions, texts, topics

MODELS: dict[str, Any] = {
    "question": topics.EntryFile,
    "items": topics.TopicFile,
    "deck": topics.Deck,
    "interview": topics.InterviewFile,
    "interviewer": topics.Interviewer,
    "demo": topics.DemoText,
    "sources": topics.SourcesFile,
    "glossary": topics.GlossaryFile,
}
"""Each kind of file, and what it may say."""


def text(kind: str = "") -> str:
    """The schema of one kind of file; without a kind that of every content file, in one.

    Raises: LlmquizError where there is no such kind.
    """
    if kind and kind not in MODELS:
        raise LlmquizError("content.no-kind", kind=kind, known=list(MODELS))
    union = topics.TopicFile | topics.Deck | topics.SourcesFile | topics.GlossaryFile | topics.DemoText
    model: Any = MODELS[kind] if kind else union | topics.Interviewer | topics.EntryFile
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    schema = adapter.json_schema(by_alias=True)
    # The model itself stands outside of $defs; a union has no name, and no fields of its own.
    for name, definition in [*schema.get("$defs", {}).items(), (getattr(model, "__name__", ""), schema)]:
        _describe(name, definition)
    title = f"llmquiz content: {kind}" if kind else "llmquiz content"
    whole = {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(path: Path, kind: str = "") -> None:
    """Write the schema to a .json file; to a folder, made where it is missing, KIND.json of one kind or of each."""
    if path.suffix == ".json":
        path.write_text(text(kind), encoding="utf-8")
        return
    schemas = {name: text(name) for name in ([kind] if kind else MODELS)}
    path.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        (path / f"{name}.json").write_text(schema, encoding="utf-8")


def _describe(name: str, definition: dict[str, Any]) -> None:
    """Add the docstrings of a model's fields to its definition."""
    for key, field in definition.get("properties", {}).items():
        # Keys are aliases, with hyphens where Python has underscores.
        doc = _docstrings().get((name, key.replace("-", "_")))
        if doc:
            field.setdefault("description", doc)


@cache
def _docstrings() -> dict[tuple[str, str], str]:
    """(class, field) -> the docstring below the field, inherited ones included."""
    # Bases first: a class takes over what was read of them before.
    files = [Path(str(module.__file__)) for module in (texts, questions, topics)]
    docs: dict[tuple[str, str], str] = {}
    for node in [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]:
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                docs |= {(node.name, key): doc for (owner, key), doc in docs.items() if owner == ast.unparse(base)}
            docs |= {(node.name, key): doc for key, doc in _of_class(node)}
    return docs


def _of_class(node: ast.ClassDef) -> list[tuple[str, str]]:
    pairs = []
    for field, doc in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(doc, ast.Expr):
            value = doc.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                pairs.append((field.target.id, " ".join(value.value.split())))
    return pairs
