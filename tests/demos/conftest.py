"""What the tests of demos share: the words of a demo, and quick runs that are made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
import yaml

from llmquiz.demos.lab import demo
from llmquiz.paths import shipped_content
from llmquiz.schema.topics import DemoText


@cache
def words_of_demo(demo_id: str) -> DemoText:
    path = shipped_content() / "demos" / f"{demo_id}.yaml"
    return DemoText.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def _quick(demo_id: str) -> demo.Outcome:
    if demo.definition(demo_id).needs:
        return demo.recorded(demo_id, words_of_demo(demo_id))
    return demo.run(demo_id, words_of_demo(demo_id), device="cpu", quick=True)


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As a demo runs: several threads on a busy machine wait for each other, and only one has a clock of its own."""
    if request.node.get_closest_marker("demo") is None:
        yield
        return
    pytest.importorskip("torch")
    from llmquiz.demos.lab import devices

    with devices.prepared(seed=0, threads=1):
        yield


@pytest.fixture
def words_of() -> Callable[[str], DemoText]:
    """The words of the demo of that id."""
    return words_of_demo


@pytest.fixture
def quick_run() -> Callable[[str], demo.Outcome]:
    """A quick run on the CPU with seed 0, made once in a test session; what is recorded of a real model."""
    return _quick


@pytest.fixture
def result(request: pytest.FixtureRequest, quick_run: Callable[[str], demo.Outcome]) -> Any:
    """What a quick run of the demo of the test's folder measured."""
    folder = request.path.parent.name
    measured = quick_run(folder.replace("_", "-")).result
    assert isinstance(measured, import_module(f"llmquiz.demos.{folder}.claims").Result)
    return measured
