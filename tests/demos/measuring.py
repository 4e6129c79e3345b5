"""What tests of times share."""

from __future__ import annotations

from collections.abc import Callable


def decided(measured: Callable[[], bool | None]) -> bool | None:
    """What a measurement says; made again, at most twice, where noise spoiled it."""
    return next((found for found in (measured() for _ in range(3)) if found is not None), None)


def seen(measured: Callable[[], bool]) -> bool:
    """Whether one of three measurements shows it: a time may be disturbed, but not each time."""
    return any(measured() for _ in range(3))
