"""content/schema.json: the pydantic models as a JSON schema whose descriptions are the docstrings of the fields.

pydantic can read those docstrings itself, but does it whenever the classes are made: 0.1 s of every start.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmquiz.schema import questions, texts, topics
from llmquiz.schema.topics import Deck, DemoWords, GlossaryFile, SourcesFile, TopicFile


def text() -> str:
    """The schema of every content file; editors pick the part by `$ref`, and a topic file is the whole."""
    adapter: TypeAdapter[Any] = TypeAdapter(TopicFile | Deck | SourcesFile | GlossaryFile | DemoWords)
    schema = adapter.json_schema(by_alias=True)
    docs = _docstrings()
    for name, definition in schema["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            doc = docs.get((name, key.replace("-", "_")))
            if doc:
                field.setdefault("description", doc)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "llmquiz content", **schema}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _docstrings() -> dict[tuple[str, str], str]:
    """(class, field) -> the docstring below the field, inherited ones included."""
    files = [Path(str(module.__file__)) for module in (texts, questions, topics)]
    found: dict[tuple[str, str], str] = {}
    for node in [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]:
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                found |= {(node.name, key): doc for (owner, key), doc in found.items() if owner == ast.unparse(base)}
            found |= {(node.name, key): doc for key, doc in _of_class(node)}
    return found


def _of_class(node: ast.ClassDef) -> list[tuple[str, str]]:
    pairs = []
    for field, doc in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(doc, ast.Expr):
            value = doc.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                pairs.append((field.target.id, " ".join(value.value.split())))
    return pairs
