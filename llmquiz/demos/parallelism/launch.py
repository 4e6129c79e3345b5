"""Starting a piece of work in several processes that can talk to each other, and ending them all.

A launcher, `python -m llmquiz.demos.parallelism.launch`, imports torch once and forks (where the system has no fork,
each process imports for itself). Sockets are opened on the loopback interface only. Whatever happens, the processes
end: within `LIMIT` seconds, with the one that started them, or when one of them fails.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from llmquiz.demos.lab.run import Progress
from llmquiz.errors import DemoError

LIMIT = 120.0
"""Seconds for all of it."""
PATIENCE = timedelta(seconds=60)
"""So long a process waits for another."""


def loopback() -> dict[str, str]:
    """The variables that keep the processes on the interface that does not leave this machine.

    None on Windows, whose interfaces have no such names: there the machine's own name is looked up.
    """
    if sys.platform == "win32":
        return {}
    name = "lo" if sys.platform.startswith("linux") else "lo0"
    return {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": name}


def run(target: str, processes: int, settings: Mapping[str, Any], progress: Progress) -> Any:
    """What `target`, a `package.module:function`, returns in process 0 of so many, as data.

    Raises: DemoError where it fails or takes too long.
    """
    package = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-W", "ignore", "-m", "llmquiz.demos.parallelism.launch", target, str(processes)]
    launcher = subprocess.Popen(
        [*command, json.dumps(dict(settings))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | loopback() | {"PYTHONPATH": path},
    )
    watch = threading.Timer(LIMIT, end, [launcher])
    watch.start()
    try:
        answer, fault = _listen(launcher, progress)
        assert launcher.stderr is not None
        complaint = launcher.stderr.read()
        code = launcher.wait()
    finally:
        watch.cancel()
        end(launcher)
        for stream in (launcher.stdout, launcher.stderr):  # here, as the watch may end it while it is being read
            if stream is not None:
                stream.close()
    if code or answer is None:
        why = fault or (complaint.strip().splitlines() or ["no message"])[-1]
        raise DemoError("parallelism.ended", code=code, why=why)
    return answer


def _listen(launcher: subprocess.Popen[str], progress: Progress) -> tuple[Any, str]:
    """The answer and the first fault: those of the other processes only follow from it."""
    answer, fault = None, ""
    assert launcher.stdout is not None
    for line in launcher.stdout:
        kind, _, rest = line.partition(" ")
        if kind == "progress":
            progress(float(rest))
        elif kind == "answer":
            answer = json.loads(rest)
        elif kind == "fault":
            fault = fault or json.loads(rest)
    return answer, fault


def end(launcher: subprocess.Popen[str]) -> None:
    """The launcher and what it started are no more."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(launcher.pid, signal.SIGKILL)
    elif launcher.poll() is None:
        launcher.kill()
    launcher.wait()


def work(rank: int, target: str, processes: int, settings: Mapping[str, Any], store: str) -> None:
    """One process: join the others, do the work, and let process 0 write its result."""
    with joined(settings["device"], rank, init_method=Path(store).as_uri(), rank=rank, world_size=processes):
        say: Callable[[str], object] = _say if rank == 0 else lambda _: None
        try:
            result = _function(target)(**settings, progress=lambda done: say(f"progress {done}"))
        except Exception as error:  # written while the others still wait: they fail only when this process has ended
            _say(f"fault {json.dumps(f'{type(error).__name__}: {error}')}")
            raise
        say(f"answer {json.dumps(asdict(result))}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def joined(device: str, place: int, **options: Any) -> Iterator[None]:
    """Member of the group; `place` counts the processes of this machine, and a GPU belongs to each."""
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    if device == "cuda":
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if device == "cuda" else "gloo", timeout=PATIENCE, **options)
    try:
        yield
    finally:
        dist.destroy_process_group()


@contextmanager
def under_torchrun(most: int) -> Iterator[tuple[int, str]]:
    """Member of the group that torchrun started: this process's rank, and the kind of device.

    Raises: DemoError where it was not started by torchrun, or in a number that does not fit.
    """
    import torch

    processes, on_this_machine = (int(os.environ.get(name, "0")) for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    if processes < 2 or most % processes:
        raise DemoError("parallelism.torchrun", most=most)
    if on_this_machine == processes:  # nothing leaves it
        for name, interface in loopback().items():
            os.environ.setdefault(name, interface)
    device = "cuda" if torch.cuda.device_count() >= on_this_machine else "cpu"
    with joined(device, int(os.environ["LOCAL_RANK"])):
        yield int(os.environ["RANK"]), device


def _function(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _main() -> None:
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    from torch.multiprocessing.spawn import start_processes

    target, processes, settings = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    _function(target)  # what it imports is there before the fork
    with tempfile.TemporaryDirectory() as folder:
        arguments = (target, processes, settings, str(Path(folder) / "store"))
        method = "fork" if sys.platform.startswith("linux") else "spawn"
        start_processes(work, arguments, nprocs=processes, start_method=method)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    _main()
