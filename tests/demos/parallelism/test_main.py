"""The demo as torchrun starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.parallelism import __main__ as under_torchrun
from llmquiz.demos.parallelism.claims import CLAIMS
from llmquiz.errors import DemoError
from tests.demos.parallelism.processes import ROOT

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch was built without torch.distributed"),
]

TORCHRUN = """
import os, runpy, sys, torch.distributed as dist
start, store = dist.init_process_group, sys.argv.pop()
def on_a_file(backend, **options):
    start(backend, init_method=store, rank=int(os.environ["RANK"]), world_size=int(os.environ["WORLD_SIZE"]), **options)
dist.init_process_group = on_a_file
runpy.{start}, run_name="__main__")
"""
"""As torchrun starts it, except that the processes meet over a file: torchrun itself listens everywhere."""


@pytest.mark.parametrize(
    "start",
    ['run_path("llmquiz/demos/parallelism/__main__.py"', 'run_module("llmquiz.demos.parallelism"'],
    ids=["file", "module"],
)
def test_it_starts_under_torchrun(tmp_path: Path, start: str) -> None:
    program = TORCHRUN.format(start=start)
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program, "--quick", (tmp_path / "store").as_uri()],
            env=os.environ
            | {name: "2" for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE")}
            | {name: str(rank) for name in ("RANK", "LOCAL_RANK")}
            | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        printed = [process.communicate(timeout=120)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0, 0]
    assert printed[1] == ""
    lines = [line.partition(":")[0::2] for line in printed[0].splitlines()[1:]]
    assert [name for name, _ in lines] == list(CLAIMS)
    assert dict(lines)["tensor-equal"].startswith(" True | p=2: logits max|Δ| ")


def test_without_torchrun_it_says_how_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(DemoError, match="torchrun --standalone --nproc-per-node 4"):
        under_torchrun.main()


@pytest.mark.parametrize("processes", ["1", "3", "8"])
def test_a_number_of_processes_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, processes: str) -> None:
    monkeypatch.setenv("WORLD_SIZE", processes)
    with pytest.raises(DemoError, match="divides 4"):
        under_torchrun.main()
