"""All the YAML of a collection -> models, with every fault on the way; what is sound goes on."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from llmquiz.collection import discover
from llmquiz.collection.faults import Fault
from llmquiz.collection.loaded import ContentFile, LoadedEntry, LoadResult, Loc
from llmquiz.collection.yaml import read, validate
from llmquiz.ids import Id, is_name
from llmquiz.messages.faults import wording
from llmquiz.schema import texts, topics
from llmquiz.schema.questions import PredictionQuestion
from llmquiz.schema.topics import Deck, DemoText, Entry, Interview, TopicInterview

_M = TypeVar("_M", bound=texts.Model)
_Reader = Callable[[ContentFile, LoadResult], None]

KEYS = ("questions", "tables", "claims", "numbers", "terms", "references", "interviews", "technique")
"""The lists of a topic file."""


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
    result, done = LoadResult(), 0
    total = sum(stat.st_size for _, stat in discover.content_files(roots)) if progress else 0
    with without_collector():
        for file, reader in _readers(roots, result):
            reader(file, result)
            if progress:
                done += file.path.stat().st_size
                progress(done, total)
    for root in roots:
        _unread(root, result)
    result.faults.sort()
    return result


def _readers(roots: Sequence[Path], result: LoadResult) -> Iterator[tuple[ContentFile, _Reader]]:
    """Each file with the function that takes it in: what topics share before them, a deck before its topic's files."""
    for root in roots:
        yield from ((_file(path, root, result), reader) for path, reader in _shared(root))
    for root in roots:
        for folder in discover.topic_folders(root):
            topic = folder.name
            if topic in result.topics:
                continue
            yield _file(folder / discover.DECK, root, result, topic), _deck
            # The caller takes in each file before it asks for the next: after the deck the topic is known, or at fault.
            if topic in result.topics:
                # Where the root is the topic, its glossary was read with what topics share.
                if (folder / discover.GLOSSARY).exists() and folder != root:
                    yield _file(folder / discover.GLOSSARY, root, result, topic), _glossary
                for path in discover.topic_files(folder, result.topics[topic][1].sections):
                    reader = _sources if path.name == discover.SOURCES else _topic_file
                    yield _file(path, root, result, topic), reader
                _predictions(topic, root, result)
    _topicless_predictions(result)


def _shared(root: Path) -> Iterator[tuple[Path, _Reader]]:
    """What the topics of `root` share; where `root` is a topic, its sources.yaml comes with its other files."""
    for name, reader in ((discover.SOURCES, _sources), (discover.GLOSSARY, _glossary)):
        if (root / name).exists() and not (reader is _sources and (root / discover.DECK).exists()):
            yield root / name, reader
    for folder, reader in (("sources", _sources), ("demos", _demo), ("interviewers", _interviewer)):
        yield from ((path, reader) for path in discover.shared_files(root, folder))


def _file(path: Path, root: Path, result: LoadResult, topic: str = "") -> ContentFile:
    # Authors know their files as content/TOPIC/…; two roots of that name are told apart by the whole path.
    base = root.parent if root.name == "content" or (root / discover.DECK).exists() else root
    shown = path.relative_to(base).as_posix()
    if shown in result.names:
        shown = str(path)
    result.names.add(shown)
    result.shown[path] = shown
    return ContentFile(path, shown, root, topic)


def _take(model: type[_M], file: ContentFile, result: LoadResult) -> tuple[_M | None, Any]:
    data, faults = read(file.path, file.shown)
    value = None
    if not faults:
        value, faults = validate(model, data, file.path, file.shown)
    result.faults += faults
    return value, data


def _sources(file: ContentFile, result: LoadResult) -> None:
    cited, _ = _take(topics.SourcesFile, file, result)
    for number, source in enumerate(cited.sources if cited else []):
        other, _ = result.source_places.get(source.id, (None, 0))
        # The same citation may stand in two files of a root, and a user's root may replace a shipped one.
        again = other == file or (other and other.root == file.root and result.sources[source.id] != source)
        if again:
            _twice(result, file, ("sources", number, "id"), source.id)
        result.sources.setdefault(source.id, source)
        result.source_places.setdefault(source.id, (file, number))


def _glossary(file: ContentFile, result: LoadResult) -> None:
    glossary, _ = _take(topics.GlossaryFile, file, result)
    terms = result.topic_glossaries.setdefault(file.topic, []) if file.topic else result.glossary
    terms += glossary.terms if glossary else []


def _demo(file: ContentFile, result: LoadResult) -> None:
    words, data = _take(DemoText, file, result)
    if words:
        name = file.path.stem
        result.demos[name] = words
        result.demo_paths[name] = file.path
        for number, raw in enumerate(data.get("predictions", [])):
            # Kept for later: the topics are not known yet.
            result.predictions.append((file, number, {"demo": name, **raw}))


def _interviewer(file: ContentFile, result: LoadResult) -> None:
    person, data = _take(topics.Interviewer, file, result)
    # A person at fault is noted all the same: a topic that names them is not to be told that there is nobody.
    result.interviewers.setdefault(file.path.stem, (file.path, data if person else None))


def _deck(file: ContentFile, result: LoadResult) -> None:
    folder = file.path.parent
    if not is_name(folder.name):
        result.faults.append(Fault(file.shown, 1, "", "error", *wording("topic.no-id", name=folder.name)))
        return
    deck, _ = _take(Deck, file, result)
    if deck and _is_newer(deck.needs):
        result.refuse(file, ("needs",), "topic.newer", needs=deck.needs)
    elif deck:
        result.topics[folder.name] = (folder, deck)
        for number, section in enumerate(deck.sections):
            if not (folder / section).is_dir():
                result.refuse(file, ("sections", number), "topic.no-section", section=section)


def _is_newer(needed: str | None) -> bool:
    from importlib.metadata import version

    def numbers(text: str) -> list[int]:
        # `0.2.0.dev1` counts as 0.2.0.
        return [int(part) for part in re.findall(r"\d+", text)][:3]

    return bool(needed) and numbers(str(needed)) > numbers(version("llmquiz"))


def _topic_file(file: ContentFile, result: LoadResult) -> None:
    """A file that is one entry, or that holds lists of entries."""
    data, faults = read(file.path, file.shown)
    result.faults += faults
    if faults:
        return
    # Decided before validation, so that the faults are those of one model and not of a union.
    if isinstance(data, dict) and ("type" in data or "id" in data):
        whole, faults = validate(topics.EntryFile, data, file.path, file.shown)
        result.faults += faults
        if whole:
            _add(whole.root, data, file, (), result)
        return
    lists, faults = validate(topics.TopicFile, data, file.path, file.shown)
    result.faults += faults
    for number, _ in enumerate(lists.leftover if lists else []):
        place = result.line(file.path, ("leftover", number))
        result.faults.append(Fault(file.shown, *place, "warning", *wording("topic.leftover")))
    for key in KEYS if lists else ():
        for number, entry in enumerate(getattr(lists, key)):
            if isinstance(entry, TopicInterview):
                _add_interview(entry, data[key][number], file, (key, number), result)
            else:
                _add(entry, data[key][number], file, (key, number), result)


def _add(entry: Entry, raw: Any, file: ContentFile, loc: Loc, result: LoadResult, **more: Any) -> None:
    topic = more.pop("topic", file.topic)
    full = Id(entry.id).in_topic(topic)
    if full in result.entries:
        _twice(result, file, (*loc, "id"), entry.id)
    else:
        result.entries[full] = LoadedEntry(full, topic, entry, raw, file.path, file.shown, loc, **more)


def _twice(result: LoadResult, file: ContentFile, loc: Loc, name: str) -> None:
    result.refuse(file, loc, "id.twice", name=name)


def _add_interview(part: TopicInterview, raw: dict[str, Any], file: ContentFile, loc: Loc, result: LoadResult) -> None:
    """The topic's part of an interview, joined with the person who holds it."""
    person, path = {}, None
    if part.interviewer:
        if part.interviewer not in result.interviewers:
            known = sorted(result.interviewers)
            result.refuse(file, (*loc, "interviewer"), "interviewer.unknown", interviewer=part.interviewer, known=known)
            return
        path, data = result.interviewers[part.interviewer]
        if data is None:
            return  # its own fault is told already
        person = data
    # The topic's words go before the person's.
    joined = {**person, **{key: value for key, value in raw.items() if key != "interviewer"}}
    interview, faults = validate(Interview, joined, file.path, file.shown, loc)
    result.faults += faults
    if interview:
        # A fault in the person's words is placed in the person's file.
        inherited = {key: path for key in person if key not in raw and path}
        _add(interview, joined, file, loc, result, inherited=inherited)


def _predictions(topic: str, root: Path, result: LoadResult) -> None:
    """What the demos beside a topic give it to guess."""
    for file, number, raw in result.predictions:
        # A demo gives its predictions to topics of its own root: a user's topic of a shipped name has none of them.
        if raw["topic"] == topic and file.root == root:
            data = {key: value for key, value in raw.items() if key != "topic"}
            entry = PredictionQuestion.model_validate(data)
            _add(entry, data, file, ("predictions", number), result, topic=topic)


def _topicless_predictions(result: LoadResult) -> None:
    for file, number, raw in result.predictions:
        if raw["topic"] not in result.topics:
            result.refuse(file, ("predictions", number, "topic"), "topic.unknown", name=raw["topic"])


def _unread(root: Path, result: LoadResult) -> None:
    """Content that nothing reads: a folder without a deck, a topic inside a topic."""
    for folder, is_topic in discover.unread_folders(root):
        file = _file(folder / discover.DECK, root, result)
        text = wording("topic.inside-a-topic" if is_topic else "topic.no-deck", name=folder.name)
        result.faults.append(Fault(file.shown, 1, "", "warning", *text))
