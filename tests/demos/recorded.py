"""Quick results of every demo, kept as JSON, so that claims can be tested without a model.

Those of a demo that needs a real model are what the package itself keeps.
`python -m tests.demos.recorded [ID ...]` makes them again: do so when a Result gains a field.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from llmquiz.demos.lab import demo
from llmquiz.schema.records import read_json
from tests.demos.conftest import words_of_demo


def path(demo_id: str) -> Path:
    return Path(__file__).parent / demo_id.replace("-", "_") / "result.json"


def recorded(demo_id: str) -> Any:
    """The Result that a quick run of the demo once gave."""
    if demo.definition(demo_id).needs:
        return demo.recorded(demo_id, words_of_demo(demo_id)).result
    result_type = import_module(f"{demo.package(demo_id)}.claims").Result
    return read_json(result_type, path(demo_id).read_text(encoding="utf-8"))


def _record(demo_id: str) -> None:
    outcome = demo.run(demo_id, words_of_demo(demo_id), device="cpu", quick=True)
    surprising = [claim.id for claim in outcome.claims if claim.surprising]
    assert not surprising, f"{demo_id}: {surprising} surprised; record it on a quieter machine"
    path(demo_id).write_text(json.dumps(asdict(outcome.result), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or [name for name in demo.names() if not demo.definition(name).needs]:
        _record(name)
