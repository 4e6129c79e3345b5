"""Start the processes that measure, and take the Result from the first of them.

Real processes of torch.distributed, gloo on the CPU and NCCL where there are several GPUs; what each of them does is in
`worker`. Under torchrun the same work starts by `__main__`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import torch

from llmquiz.demos.lab.run import Run
from llmquiz.demos.parallelism import launch
from llmquiz.demos.parallelism.claims import Result

MOST = 4
"""Processes; the model has as many heads and layers."""


def measure(run: Run) -> Result:
    """Start the processes and wait for what they find."""
    # two processes will do where there are GPUs, but not four of them
    gpus = torch.cuda.device_count() if run.device.startswith("cuda") else 0
    processes = MOST if gpus == 0 or gpus >= MOST else 2
    # a GPU belongs to one process: with fewer GPUs than processes all stay on the CPU
    device = "cuda" if gpus >= processes else "cpu"

    # every process measures; the answer is that of process 0, which has gathered what the others counted
    settings = {"device": device, "dtype": run.dtype, "seed": run.seed, "quick": run.quick}
    answer = launch.run("llmquiz.demos.parallelism.worker:measure", processes, settings, run.progress)
    result: Result = rebuilt(Result, answer)
    return result


def rebuilt(kind: Any, data: Any) -> Any:
    """A value of this type, a dataclass or what may be in one, from the plain data that JSON brings."""
    if isinstance(kind, type) and is_dataclass(kind):
        types = get_type_hints(kind)
        return kind(**{field.name: rebuilt(types[field.name], data[field.name]) for field in fields(kind)})
    if get_origin(kind) is tuple:  # of any length, all items of one type
        return tuple(rebuilt(get_args(kind)[0], item) for item in data)
    return data
