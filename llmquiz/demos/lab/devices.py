"""Devices, number formats, seeds and threads: the conditions of a measurement."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

import torch

from llmquiz.errors import DemoError

DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float64": torch.float64,
}


def present() -> tuple[str, ...]:
    """The devices of this machine, fastest first."""
    accelerators = ["cuda"] if torch.cuda.is_available() else []
    accelerators += ["mps"] if torch.backends.mps.is_available() else []
    return (*accelerators, "cpu")


def choose(device: str | None) -> str:
    """The device asked for, or the fastest here.

    Raises: DemoError where it is not on this machine.
    """
    if device in (None, "auto"):
        return present()[0]
    assert device is not None
    if device.split(":")[0] not in present():
        here = ", ".join(present())
        raise DemoError("demo.no-device", device=device, here=here)
    return device


def checked_dtype(dtype: str, device: str) -> str:
    """`dtype`, if it is one that demos run in on this device.

    Raises: DemoError.
    """
    if dtype == "float64" and device.startswith("mps"):
        raise DemoError("demo.mps-float64")
    if dtype not in DTYPES:
        known = ", ".join(DTYPES)
        raise DemoError("demo.no-dtype", dtype=dtype, known=known)
    return dtype


def synchronise(device: str) -> None:
    """Wait until the device has done all that it was given; before every reading of a clock."""
    kind = device.split(":")[0]
    if kind == "cuda":
        torch.cuda.synchronize(device)
    elif kind == "mps":
        torch.mps.synchronize()


@contextmanager
def prepared(*, seed: int, threads: int) -> Iterator[None]:
    """Seeded, on `threads` threads; the caller's random state and thread count come back afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with seeded(seed):
            yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """A random state that starts at `seed` and does not leak out."""
    kinds = [kind for kind in present() if kind != "cpu"]
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if "cuda" in kinds else []):
        torch.manual_seed(seed)
        yield


def versions(device: str) -> dict[str, str]:
    """What the figures depend on besides the settings."""
    names = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    if device.startswith("cuda"):
        names["gpu"] = torch.cuda.get_device_name(device)
    return names | {name: version(name) for name in ("torch", "transformers")}
