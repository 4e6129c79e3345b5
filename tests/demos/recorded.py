"""Quick results of every demo, kept as JSON, so that claims can be tested without a model.

`python -m tests.demos.recorded [ID ...]` makes them again: do so when a Result gains a field.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from llmquiz.demos.lab import demo


def path(demo_id: str) -> Path:
    return Path(__file__).parent / demo_id.replace("-", "_") / "result.json"


def recorded(demo_id: str) -> Any:
    """The Result that a quick run of the demo once gave."""
    result_type = import_module(f"{demo.package(demo_id)}.claims").Result
    return TypeAdapter(result_type).validate_json(path(demo_id).read_text(encoding="utf-8"))


def _record(demo_id: str) -> None:
    from tests.demos.conftest import words_of_demo

    outcome = demo.run(demo_id, words_of_demo(demo_id), device="cpu", quick=True)
    surprising = [claim.id for claim in outcome.claims if claim.surprising]
    assert not surprising, f"{demo_id}: {surprising} surprised; record it on a quieter machine"
    path(demo_id).write_text(json.dumps(asdict(outcome.result), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or demo.names():
        _record(name)
