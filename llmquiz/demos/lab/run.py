"""Under what conditions a demo measures; without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


def silent(_done: float) -> None:
    """The progress callback of someone who does not want to know."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of one part of a demo, from `start` to `end` of the whole."""
    return lambda done: progress(start + (end - start) * done)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a demo: where, how exactly, from which seed, on whose model and text."""

    device: str = "cpu"
    dtype: str = "float32"
    seed: int = 0
    quick: bool = False
    progress: Progress = silent
    model: str | None = None
    """A checkpoint in the place of the demo's own model."""
    text: str | None = None
    """A text of the user's in the place of the demo's own."""
    live: bool = False
    """Train the demo's models here in the place of those that are shipped."""

    @property
    def place(self) -> dict[str, Any]:
        """Device and dtype, as whatever builds a model takes them."""
        return {"device": self.device, "dtype": self.dtype}

    @property
    def options(self) -> dict[str, Any]:
        """What the user put in the place of the demo's own: not every demo takes each."""
        given = {"model": self.model, "text": self.text, "live": self.live or None}
        return {name: value for name, value in given.items() if value is not None}

    def part(self, start: float, end: float) -> Progress:
        """The progress of one part, from `start` to `end` of the whole."""
        return part(self.progress, start, end)
