"""Texts in English that real models read: written for llmquiz, so that none has learnt them by heart."""

from __future__ import annotations

from pathlib import Path


def text(name: str) -> str:
    """The text NAME.txt of this folder."""
    return (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").strip()
