"""Ways in which processes can go wrong, and what starts a function of the tests in several of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from llmquiz.demos.lab import run
from llmquiz.demos.parallelism import launch
from llmquiz.demos.parallelism.comm import Wire

ROOT = Path(__file__).parents[3]
Progress = Callable[[float], None]


def launched(target: str, processes: int = 4, progress: Progress = run.silent, **settings: Any) -> Any:
    """What a `module:function` beside this file returns in process 0, as data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        return launch.run(f"tests.demos.parallelism.{target}", processes, {"device": "cpu"} | settings, progress)


@dataclass(frozen=True, slots=True)
class Sockets:
    """The local addresses of all sockets of all processes, as the kernel writes them."""

    addresses: list[str]


def sockets(*, progress: Progress, **_: Any) -> Sockets:
    """After some messages have been sent."""
    import torch

    wire = Wire()
    wire.all_reduce(torch.ones(8))
    mine = {os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists() or link.is_symlink()}
    addresses = []
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6", "/proc/self/net/udp", "/proc/self/net/udp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in mine:
                addresses.append(fields[1].split(":")[0])
    return Sockets([address for part in wire.gathered(addresses) for address in part])


def fails(*, folder: str, progress: Progress, **_: Any) -> None:
    """Process 1 fails while the others wait for it."""
    wire = Wire()
    (Path(folder) / str(os.getpid())).touch()
    wire.gathered(0)
    if wire.rank == 1:
        raise ValueError("a fault on purpose")
    wire.gathered(0)


def hangs(*, folder: str, progress: Progress, **_: Any) -> None:
    """Says that it has begun, and never ends."""
    (Path(folder) / str(os.getpid())).touch()
    Wire().gathered(0)
    progress(0.5)
    time.sleep(600)
