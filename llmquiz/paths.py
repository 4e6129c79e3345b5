"""Where things are on this computer; `LLMQUIZ_HOME` moves data, settings and caches together."""

from __future__ import annotations

import os
from pathlib import Path


def _folder(kind: str) -> Path:
    home = os.environ.get("LLMQUIZ_HOME")
    if home:
        return Path(home).expanduser() / kind
    import platformdirs

    # Else Windows puts a folder for the author around ours, by default of the same name.
    return Path(getattr(platformdirs, f"user_{kind}_dir")("llmquiz", appauthor=False))


def data() -> Path:
    """The folder of the review database, its backups and the user's own topics."""
    return _folder("data")


def cache() -> Path:
    """The folder of what can be made again at any time."""
    return _folder("cache")


def log_file() -> Path:
    """What libraries warn of, and tracebacks."""
    return _folder("log") / "llmquiz.log"


def settings_file() -> Path:
    """The user's settings.yaml."""
    return _folder("config") / "settings.yaml"


def database() -> Path:
    """The review log."""
    return data() / "llmquiz.db"


def shipped_content() -> Path:
    """The content that came with llmquiz: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent / "_content"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "content"
