"""A disk that is full, a user whom permissions bind, a file that may not grow: what a machine can refuse, made here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits, users and mounts are tested on Linux")


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The limit, in bytes, on the size of a file makes the very write fail."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def nobody() -> Iterator[Path]:
    """A folder anyone may use, as a user whom permissions bind: root is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, -1)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for each in [folder, *folder.rglob("*")]:
            each.chmod(0o777)
        shutil.rmtree(folder)


def on_a_disk_of(size: str, folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command while a file system of that size, such as 500k, is mounted at `folder`, for it alone."""
    mount = ["unshare", "--mount", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a user mount")
    mounted = [*mount, "sh", "-c", f"mount -t tmpfs -o size={size} none {folder} && {command}"]
    return subprocess.run(
        mounted,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env=os.environ | environment,
    )
