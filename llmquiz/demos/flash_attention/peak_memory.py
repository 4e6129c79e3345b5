"""Peak memory of a piece of work, each case in a process of its own: what one case frees hides no other.

Linux, CPU: the kernel's own mark of the highest resident size (VmHWM), reset by writing 5 to /proc/self/clear_refs.
CUDA: the allocator's counter. Elsewhere there is no counter that can be reset, and the answer is None.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from llmquiz.errors import DemoError

Case = Mapping[str, Any]
_RESET = Path("/proc/self/clear_refs")
"""Only Linux has it, and not every container lets it be written."""


def can_measure(device: str) -> bool:
    """Whether peak memory can be read on this device here."""
    return device.startswith("cuda") or (device == "cpu" and hasattr(os, "fork") and os.access(_RESET, os.W_OK))


def peak_bytes(target: str, cases: Sequence[Case], *, device: str) -> tuple[int | None, ...]:
    """Bytes at the peak above what was there before, for each case.

    `target` is `package.module:function`; `function(**case)` prepares everything and returns the work, a callable.
    """
    if not can_measure(device):
        return (None,) * len(cases)
    if device.startswith("cuda"):
        return tuple(_peak_on_cuda(_function(target)(**case), device) for case in cases)
    return _peaks_of_processes(target, cases)


def _function(target: str) -> Callable[..., Callable[[], object]]:
    module, _, name = target.partition(":")
    function: Callable[..., Callable[[], object]] = getattr(import_module(module), name)
    return function


def _peak_on_cuda(work: Callable[[], object], device: str) -> int:
    import torch

    work()  # the libraries' own workspaces are taken on the first call
    torch.cuda.synchronize(device)
    before = torch.cuda.memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    work()
    torch.cuda.synchronize(device)
    return int(torch.cuda.max_memory_allocated(device)) - before


def _peaks_of_processes(target: str, cases: Sequence[Case]) -> tuple[int | None, ...]:
    package = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "llmquiz.demos.flash_attention.peak_memory", target],
        input=json.dumps([dict(case) for case in cases]),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise DemoError("flash-attention.ended", returncode=done.returncode, last=last)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def _status(field: str) -> int:
    """A line of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise DemoError("flash-attention.no-counter", field=field)


def _peak_here(work: Callable[[], object]) -> int:
    gc.collect()
    _RESET.write_text("5", encoding="ascii")
    before = _status("VmRSS")
    work()
    return max(0, _status("VmHWM") - before)


def _peak_in_child(function: Callable[..., Callable[[], object]], case: Case) -> int:
    """Fork, so that torch is imported once for all cases."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(writer, str(_peak_here(function(**case))).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    if os.waitpid(child, 0)[1] or not answer:
        raise DemoError("flash-attention.failed", case=dict(case))
    return int(answer)


def _main() -> None:
    import torch

    torch.set_num_threads(1)
    function = _function(sys.argv[1])
    peaks = [_peak_in_child(function, case) for case in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(peaks) + "\n")


if __name__ == "__main__":
    _main()
