"""Where content lies: folders of topics, and the files in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path


def content_files(roots: Sequence[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Every YAML file under `roots` that can hold content."""
    for root in roots:
        folders = [root, root / "demos", *topic_folders(root)] if root.is_dir() else []
        for folder in dict.fromkeys(folders):
            with suppress(OSError), os.scandir(folder) as found:
                for file in sorted(found, key=lambda file: file.name):
                    if file.name.endswith((".yaml", ".yml")) and file.is_file():
                        yield Path(file.path), file.stat()


def topic_folders(root: Path) -> list[Path]:
    """The topics in `root`, which may itself be one."""
    if (root / "deck.yaml").exists():
        return [root]
    return sorted(path for path in root.iterdir() if path.is_dir() and (path / "deck.yaml").exists())
