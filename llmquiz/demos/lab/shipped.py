"""Where the weights of trained models lie, and their cards; without torch.

Those of a demo are in its own folder, weights/MODEL.safetensors; those of the ladder, which several demos read, are
in lab.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1]


def folder(demo_id: str) -> Path:
    """Where the weights of a demo's models are shipped."""
    shared = FOLDER / "lab" / "weights"
    if any(read_card(path)["demo"] == demo_id for path in shared.glob("*.json")):
        return shared
    return FOLDER / demo_id.replace("-", "_") / "weights"


def weights(demo_id: str, name: str) -> Path:
    """The shipped weights of a model."""
    return folder(demo_id) / f"{name}.safetensors"


def cards() -> list[dict[str, Any]]:
    """The cards of all shipped models, by demo and name."""
    unsorted = [read_card(path) for path in FOLDER.glob("*/weights/*.json")]
    return sorted(unsorted, key=lambda card: stem(card["demo"], card["name"]))


def card(demo_id: str, name: str) -> dict[str, Any]:
    """The card of a shipped model."""
    return read_card(weights(demo_id, name).with_suffix(".json"))


def read_card(path: Path) -> dict[str, Any]:
    """A card as data."""
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return card


def trainings() -> tuple[str, ...]:
    """The demos that learn, by the cards that are shipped."""
    return tuple(sorted({card["demo"] for card in cards()}))


def stem(demo_id: str, name: str) -> str:
    """What the files of a model are called in a folder of the user's own."""
    return f"{demo_id}-{name}"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
