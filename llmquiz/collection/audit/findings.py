"""What the checks of one audit note down, each fault at the line of its field."""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.collection.faults import Fault
from llmquiz.collection.load import LoadedEntry, LoadResult, parts_of


class Audit:
    """Collects faults, each placed at the line of its field."""

    def __init__(self, loaded: LoadResult) -> None:
        self.loaded = loaded
        self.faults: list[Fault] = []
        self.used_sources: set[str] = set()
        self.ids = _all_ids(loaded)
        faulty = {fault.path for fault in loaded.faults if fault.level == "error"}
        self.broken = {topic for topic in loaded.topics if any(f"/{topic}/" in f"/{path}" for path in faulty)}
        """Topics with a file that could not be read: an id missing there would be told twice."""

    def error(self, filed: LoadedEntry, loc: Iterable[str | int], en: str, zh: str, level: str = "error") -> None:
        """Note a fault of `filed` at `loc` inside the entry."""
        line, field = self.loaded.line(filed.path, (*filed.loc, *loc))
        self.faults.append(Fault(filed.shown, line, field, level, en, zh))

    def warning(self, filed: LoadedEntry, loc: Iterable[str | int], en: str, zh: str) -> None:
        """Note something that may stay, but should not."""
        self.error(filed, loc, en, zh, "warning")


def _all_ids(loaded: LoadResult) -> set[str]:
    return set(loaded.entries).union(*(parts_of(filed) for filed in loaded.entries.values()))
