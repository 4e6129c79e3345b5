"""Processes that stay on this machine, and of which none stays behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.parallelism import launch
from llmquiz.errors import DemoError
from tests.demos.parallelism.processes import launched

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch was built without torch.distributed"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]


def test_every_socket_is_on_the_loopback_interface() -> None:
    addresses = set(launched("processes:sockets", 2)["addresses"])
    assert addresses
    assert addresses <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def _alive(folder: Path) -> list[int]:
    """Those of the processes that left their number in the folder which are still there."""
    alive = []
    for path in folder.iterdir():
        try:
            os.kill(int(path.name), 0)
        except ProcessLookupError:
            continue
        if "zombie" not in Path(f"/proc/{path.name}/status").read_text(encoding="ascii"):
            alive.append(int(path.name))
    return alive


def _all_gone(folder: Path) -> bool:
    """Within a few seconds: the kernel ends them one by one."""
    for _ in range(100):
        if not _alive(folder):
            return True
        time.sleep(0.1)
    return False


def test_where_one_process_fails_all_end_and_its_words_are_passed_on(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="a fault on purpose"):
        launched("processes:fails", 2, folder=str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert _all_gone(tmp_path)


def test_where_the_user_stops_it_all_end(tmp_path: Path) -> None:
    def stop(_done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launched("processes:hangs", 2, progress=stop, folder=str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert _all_gone(tmp_path)


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended by the watch that was set to the limit: by themselves the processes would sleep for ten minutes."""
    limits: list[float] = []

    class Watch(threading.Timer):
        def __init__(self, interval: float, *work: Any) -> None:
            limits.append(interval)
            super().__init__(interval, *work)

    monkeypatch.setattr(threading, "Timer", Watch)
    monkeypatch.setattr(launch, "LIMIT", 8.0)
    with pytest.raises(DemoError, match="ended with -9"):
        launched("processes:hangs", 2, folder=str(tmp_path))
    assert limits == [8.0]
    assert _all_gone(tmp_path)
