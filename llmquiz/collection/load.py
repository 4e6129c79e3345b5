"""All the YAML of a collection -> models, with every fault on the way; what is sound goes on."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from llmquiz.collection.discover import content_files, topic_folders
from llmquiz.collection.faults import Fault
from llmquiz.collection.yaml import Lines, fault, read, validate
from llmquiz.schema import questions, texts, topics
from llmquiz.schema.questions import Table
from llmquiz.schema.topics import Deck, DemoWords, Entry, GlossaryEntry, Source

_M = TypeVar("_M", bound=texts.Model)

KEYS = ("questions", "tables", "claims", "numbers", "terms", "references", "interviews", "technique")
"""The lists of a topic file."""


@dataclass(frozen=True, slots=True)
class LoadedEntry:
    """An entry and where it stands."""

    id: str
    topic: str
    entry: Entry
    raw: Any
    path: Path
    shown: str
    loc: tuple[str | int, ...]


@dataclass(slots=True)
class LoadResult:
    """Everything that could be read, and what could not."""

    topics: dict[str, tuple[Path, Deck]] = field(default_factory=dict)
    entries: dict[str, LoadedEntry] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    glossary: list[GlossaryEntry] = field(default_factory=list)
    demos: dict[str, DemoWords] = field(default_factory=dict)
    demo_paths: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    shown: dict[Path, str] = field(default_factory=dict)
    """What each file is called in messages."""
    lines: dict[Path, Lines] = field(default_factory=dict)

    def line(self, path: Path, loc: Sequence[str | int]) -> tuple[int, str]:
        """Line and dotted name of a field, for a fault found after loading."""
        return self.lines.setdefault(path, Lines(path)).of(loc)


@contextmanager
def without_collector() -> Iterator[None]:
    """Without the cyclic collector: it makes the loading of many small objects take time quadratic in their number."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def load(roots: Sequence[Path], progress: Callable[[int, int], None] | None = None) -> LoadResult:
    """Everything under `roots`; a topic of a name that an earlier root has is passed over."""
    loaded, done = LoadResult(), 0
    total = sum(stat.st_size for _, stat in content_files(roots)) if progress else 0
    with without_collector():
        for root in roots:
            for path, reader in _readers(root, loaded):
                shown = _shown(path, root)
                loaded.shown[path] = shown if shown not in loaded.shown.values() else str(path)
                reader(path, loaded, loaded.shown[path])
                if progress:
                    done += path.stat().st_size
                    progress(done, total)
    loaded.faults.sort()
    return loaded


def _shown(path: Path, root: Path) -> str:
    base = root.parent if root.name == "content" or (root / "deck.yaml").exists() else root
    return path.relative_to(base).as_posix()


_Reader = Callable[[Path, LoadResult, str], None]


def _readers(root: Path, loaded: LoadResult) -> Iterator[tuple[Path, _Reader]]:
    """Each file of `root` with the function that takes it in; decks before the files of their topic."""
    if not root.is_dir():
        return
    for name, reader in (("sources.yaml", _sources), ("glossary.yaml", _glossary)):
        if (root / name).exists():
            yield root / name, reader
    for path in sorted((root / "demos").glob("*.yaml")) if (root / "demos").is_dir() else []:
        yield path, _demo
    for folder in topic_folders(root):
        if folder.name in loaded.topics:
            continue
        yield folder / "deck.yaml", _deck
        for path in sorted(folder.glob("*.y*ml")):
            if path.name not in {"deck.yaml", "sources.yaml", "glossary.yaml"} and folder.name in loaded.topics:
                yield path, _topic_file


def _take(model: type[_M], path: Path, loaded: LoadResult, shown: str) -> tuple[_M | None, Any]:
    data, faults = read(path, shown)
    value = None
    if not faults:
        value, faults = validate(model, data, path, shown)
    loaded.faults += faults
    return value, data


def _sources(path: Path, loaded: LoadResult, shown: str) -> None:
    file, _ = _take(topics.SourcesFile, path, loaded, shown)
    for number, source in enumerate(file.sources if file else []):
        if source.id in loaded.sources and loaded.source_places[source.id][0] == path:
            _twice(loaded, path, shown, ("sources", number, "id"), source.id)
        loaded.sources.setdefault(source.id, source)
        loaded.source_places.setdefault(source.id, (path, number))


def _glossary(path: Path, loaded: LoadResult, shown: str) -> None:
    file, _ = _take(topics.GlossaryFile, path, loaded, shown)
    loaded.glossary += file.terms if file else []


def _demo(path: Path, loaded: LoadResult, shown: str) -> None:
    words, _ = _take(DemoWords, path, loaded, shown)
    if words:
        loaded.demos[path.stem] = words
        loaded.demo_paths[path.stem] = path


def _deck(path: Path, loaded: LoadResult, shown: str) -> None:
    name = path.parent.name
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        loaded.faults.append(
            fault(
                shown, 1, "", f"the folder {name!r} is no id: use small letters, digits and single hyphens",
                f"文件夹名“{name}”不能作 id：只能用小写字母、数字和单个连字符",
            )
        )  # fmt: skip
        return
    deck, _ = _take(Deck, path, loaded, shown)
    if deck and _is_newer(deck.needs):
        line, at = loaded.line(path, ("needs",))
        loaded.faults.append(
            fault(
                shown, line, at, f"this topic needs llmquiz {deck.needs} or newer: `pip install -U llmquiz`",
                f"这个主题需要 llmquiz {deck.needs} 或更新的版本：`pip install -U llmquiz`",
            )
        )  # fmt: skip
    elif deck:
        loaded.topics[name] = (path.parent, deck)


def _is_newer(needed: str | None) -> bool:
    from importlib.metadata import version

    def numbers(text: str) -> list[int]:
        return [int(part) for part in re.findall(r"\d+", text)][:3]

    return bool(needed) and numbers(str(needed)) > numbers(version("llmquiz"))


def _topic_file(path: Path, loaded: LoadResult, shown: str) -> None:
    topic = path.parent.name
    file, data = _take(topics.TopicFile, path, loaded, shown)
    if file is None:
        return
    for number, _ in enumerate(file.leftover):
        line, at = loaded.line(path, ("leftover", number))
        en, zh = "left over from an import; move it where it belongs", "导入时没看懂的内容，请放到合适的地方"
        loaded.faults.append(Fault(shown, line, at, "warning", en, zh))
    for key in KEYS:
        for number, entry in enumerate(getattr(file, key)):
            full = f"{topic}/{entry.id}"
            if full in loaded.entries:
                _twice(loaded, path, shown, (key, number, "id"), entry.id)
                continue
            loaded.entries[full] = LoadedEntry(full, topic, entry, data[key][number], path, shown, (key, number))


def _twice(loaded: LoadResult, path: Path, shown: str, loc: tuple[str | int, ...], name: str) -> None:
    line, at = loaded.line(path, loc)
    loaded.faults.append(
        fault(
            shown, line, at, f"the id {name!r} is used twice; rename one of them", f"id“{name}”用了两次，请改掉其中一个"
        )
    )


def items_of(filed: LoadedEntry) -> Iterator[tuple[str, str, texts.Level]]:
    """(item id, kind, level) of everything in an entry that is scheduled."""
    entry = filed.entry
    match entry:
        case questions.OpenQuestion():
            for point in entry.points:
                yield f"{filed.id}.{point.id}", "open", point.level or entry.level
        case Table():
            for row in entry.rows:
                for column, cell in row.cells.items():
                    if (cell.accept.en or cell.accept.zh) and not cell.contested:
                        yield f"{filed.id}.{row.id}.{column}", "cell", cell.level or entry.level
        case topics.ReferenceEntry() | topics.Interview() | topics.Technique():
            return
        case _:
            yield filed.id, entry.type, entry.level


def parts_of(filed: LoadedEntry) -> Iterator[str]:
    """Every addressable id inside an entry: points, rows and cells, turns of an interview."""
    match filed.entry:
        case questions.OpenQuestion() | questions.Claim():
            yield from (f"{filed.id}.{point.id}" for point in filed.entry.points)
        case Table():
            for row in filed.entry.rows:
                yield f"{filed.id}.{row.id}"
                yield from (f"{filed.id}.{row.id}.{column}" for column in row.cells)
        case topics.Interview():
            yield from (f"{filed.id}.{section.id}" for section in filed.entry.sections)
        case _:
            return


def former_ids(filed: LoadedEntry) -> Iterator[str]:
    """The full ids that an entry and its points had before."""
    named = [*filed.entry.aka, *(old for point in getattr(filed.entry, "points", []) for old in point.aka)]
    yield from (old if "/" in old else f"{filed.topic}/{old}" for old in named)
