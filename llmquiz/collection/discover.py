"""Where content lies: the folders of a root that hold what topics share, its topics, and the files in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

SHARED = ("sources", "demos", "interviewers")
"""Folders of what topics share, in a root or in a topic: each file is one thing, or one subject of sources."""
RESERVED = {*SHARED, "exercises", "schema"}
"""Folders that are no topics and no sections."""
DECK, SOURCES, GLOSSARY = "deck.yaml", "sources.yaml", "glossary.yaml"

# The keys that begin an entry or a list of entries, at the left margin: enough to tell content from other YAML.
_CONTENT = re.compile(
    rb"^(?:type: *\w|(?:questions|tables|claims|numbers|terms|references|interviews|technique): *$)", re.MULTILINE
)


def content_files(roots: Sequence[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Every YAML file under `roots` that can hold content."""
    for root in roots:
        topics = topic_folders(root)
        # A topic that is opened by itself has all of its folders below it; a topic may also be called `demos`.
        shared = [] if topics == [root] else [root / name for name in SHARED if root / name not in topics]
        files = [*_yaml_in(root), *(path for folder in (*shared, *topics) for path in _yaml_below(folder))]
        # Where the root is a topic its files come twice.
        for path in dict.fromkeys(files):
            with suppress(OSError):
                yield path, path.stat()


def topic_folders(root: Path) -> list[Path]:
    """The topics in `root`, which may itself be one."""
    if (root / DECK).exists():
        return [root]
    return [folder for folder in _folders_in(root) if (folder / DECK).exists()]


def topic_files(folder: Path, sections: Sequence[str] = ()) -> Iterator[Path]:
    """The files of a topic besides its deck and glossary: its own, then those of each section, `sections` first."""
    yield from (path for path in _yaml_in(folder) if path.name not in {DECK, GLOSSARY})
    named = [folder / name for name in sections if (folder / name).is_dir()]
    for section in dict.fromkeys([*named, *_folders_in(folder)]):
        if section.name not in RESERVED and not (section / DECK).exists():
            yield from _yaml_below(section)


def shared_files(root: Path, name: str) -> list[Path]:
    """The files of one of the `SHARED` folders, of `root` and of each of its topics."""
    folders = dict.fromkeys([root / name, *(topic / name for topic in topic_folders(root))])
    return [path for folder in folders if not (folder / DECK).exists() for path in _yaml_in(folder)]


def unread_folders(root: Path) -> Iterator[tuple[Path, bool]]:
    """Folders with content that nothing reads, and whether that is for a deck too many (a topic inside a topic)."""
    topics = topic_folders(root)
    for topic in topics:
        yield from ((folder, True) for folder in _below(topic) if folder != topic and (folder / DECK).exists())
    if topics != [root]:
        folders = [folder for folder in _folders_in(root) if folder not in topics and folder.name not in RESERVED]
        files = {root: _yaml_in(root), **{folder: _yaml_below(folder) for folder in folders}}
        yield from ((folder, False) for folder, paths in files.items() if any(map(_holds_content, paths)))


def root_of(path: Path) -> Path:
    """The root that a file or folder of content belongs to."""
    folder = path if path.is_dir() else path.parent
    topic = next((place for place in (folder, *folder.parents) if (place / DECK).exists()), None)
    if topic is not None:
        return topic.parent
    return folder.parent if folder.name in RESERVED else folder


def _holds_content(path: Path) -> bool:
    if path.name in {SOURCES, GLOSSARY}:
        return False
    with suppress(OSError), path.open("rb") as file:
        # Its beginning: the root may be any folder, with large files of other programs in it.
        return bool(_CONTENT.search(file.read(10_000)))
    return False


def _folders_in(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        return [folder / name for name in sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))]
    return []


def _below(folder: Path) -> Iterator[Path]:
    """A folder and all below it; links are not followed there, they could lead round."""
    yield folder
    for inner in _folders_in(folder):
        if not inner.is_symlink():
            yield from _below(inner)


def _yaml_in(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.name.endswith((".yaml", ".yml")) and e.is_file())
        return [folder / name for name in names]
    return []


def _yaml_below(folder: Path) -> Iterator[Path]:
    """At any depth, a folder's own files first; a topic inside the folder is passed over."""
    yield from _yaml_in(folder)
    for inner in _folders_in(folder):
        if not inner.is_symlink() and not (inner / DECK).exists():
            yield from _yaml_below(inner)
