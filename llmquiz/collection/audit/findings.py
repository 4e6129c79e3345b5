"""What the checks of one audit note down, each fault at the line of its field."""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.collection.discover import DECK
from llmquiz.collection.faults import Fault
from llmquiz.collection.loaded import LoadedEntry, LoadResult, parts_of
from llmquiz.messages.faults import wording


class Findings:
    """Collects faults, each placed at the line of its field."""

    def __init__(self, result: LoadResult) -> None:
        self.result = result
        self.faults: list[Fault] = []
        self.used_sources: set[str] = set()
        self.ids = _all_ids(result)
        names = {fault.path for fault in result.faults if fault.level == "error"}
        faulty = [path for path, name in result.shown.items() if name in names]
        self.broken = {path.parent.name for path in faulty if path.name == DECK}
        for topic, (folder, _) in result.topics.items():
            if any(folder in path.parents for path in faulty):
                self.broken.add(topic)
        """Topics with a file that could not be read: an id missing there would be told twice."""

    def error(self, loaded: LoadedEntry, loc: Iterable[str | int], code: str, /, **values: object) -> None:
        """Note a fault of `loaded` at `loc` inside the entry."""
        self.faults.append(Fault(*self.result.place(loaded, tuple(loc)), "error", *wording(code, **values)))

    def warning(self, loaded: LoadedEntry, loc: Iterable[str | int], code: str, /, **values: object) -> None:
        """Note something that may stay, but should not."""
        self.faults.append(Fault(*self.result.place(loaded, tuple(loc)), "warning", *wording(code, **values)))


def _all_ids(result: LoadResult) -> set[str]:
    return set(result.entries).union(*(parts_of(loaded) for loaded in result.entries.values()))
