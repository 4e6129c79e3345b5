"""What an author begins: a topic, an entry of one, or a draft of a whole sheet, as files that `check` understands."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from llmquiz import paths
from llmquiz.app.context import AppContext, own_content
from llmquiz.collection.drafts import scaffold
from llmquiz.errors import ContentError, LlmquizError
from llmquiz.ids import Id
from llmquiz.ui.keyboard.ask import asker, at_terminal

if TYPE_CHECKING:
    from llmquiz.schema.topics import Deck


def begin(
    context: AppContext, kind: str, name: str, words: str | None, langs: str | None, content: Path | None
) -> None:
    """Write a new topic, or what is begun in one, and say where; `words` are its title, question or statement.

    Raises: LlmquizError where the name is none, or taken.
    """
    if kind not in scaffold.KINDS:
        raise LlmquizError("content.no-kind", kind=kind, known=scaffold.KINDS)
    root = _root(content)
    # An empty name has no parts, and has to be refused too.
    topic, *parts = [scaffold.checked_name(part) for part in PurePosixPath(name).parts or [name]]
    if kind == "topic":
        if parts:  # a topic is a folder of its own, not one inside another
            raise LlmquizError("content.no-id", name=name)
        files = _topic(context, root, topic, words, langs)
    elif parts:
        files = _entry(context, root / topic, kind, parts, words)
    else:
        raise LlmquizError("new.only-topic", topic=topic, kind=kind)
    for path in files:
        context.console.print(context.words("new.written", path=path), soft_wrap=True)
    context.say(context.words("new.next", root=root, todo=scaffold.TODO))


def import_sheet(context: AppContext, sheet: Path, topic: str | None, content: Path | None) -> None:
    """Write a sheet as a draft topic, a file for each question and one for each list, and say what came of it.

    Raises: LlmquizError where it cannot be read, or the topic exists.
    """
    from llmquiz.collection.drafts import importing
    from llmquiz.collection.yaml import written

    try:
        # Excel begins a CSV with a byte order mark.
        text = sheet.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError("file.unreadable", path=sheet, error=error) from error
    # Without a name the file gives it: its letters and digits, hyphens for the rest.
    name = scaffold.checked_name(topic or "-".join(re.findall(r"[a-z0-9]+", sheet.stem.lower())) or "imported")
    delimiter = {".csv": ",", ".tsv": "\t"}.get(sheet.suffix.lower())
    draft = importing.from_rows(text, delimiter) if delimiter else importing.from_markdown(text)
    folder = _root(content) / name
    _write(folder / "deck.yaml", scaffold.schema_line("deck") + written(draft.deck()))
    for question in draft.questions:
        _write(folder / f"{question['id']}.yaml", scaffold.schema_line("question") + written(question))
    for key, entries in draft.lists().items():
        _write(folder / f"{key}.yaml", scaffold.schema_line("items") + written({key: entries}))
    _put_schemas(folder.parent)
    counts = {key: len(getattr(draft, key)) for key in ("questions", "tables", "claims", "leftover")}
    context.console.print(context.words("import.done", path=folder, **counts), soft_wrap=True)
    context.say(context.words("new.next", root=folder, todo=scaffold.TODO))


def _root(content: Path | None) -> Path:
    """The folder that is written to, made where it is missing."""
    if content is not None:
        content.mkdir(parents=True, exist_ok=True)
    own = own_content(content)
    return own[0] if own else paths.data() / "content"


def _asked(context: AppContext, key: str, default: str) -> str:
    """What a terminal answers; elsewhere the default."""
    return asker(context.words).line(context.words(key)) or default if at_terminal() else default


def _topic(context: AppContext, root: Path, topic: str, title: str | None, langs: str | None) -> list[Path]:
    title = title or _asked(context, "new.title", scaffold.TODO)
    chosen = [lang.strip() for lang in (langs or _asked(context, "new.langs", context.lang)).split(",")]
    if not set(chosen) <= {"en", "zh"}:
        raise LlmquizError("new.no-language")
    files = [_write(root / topic / "deck.yaml", scaffold.deck(title, chosen))]
    sources = root / "sources" / f"{topic}.yaml"
    if not sources.exists() and not (root / "sources.yaml").exists():  # an older layout keeps its one file
        files.append(_write(sources, scaffold.SOURCES))
    _put_schemas(root)
    return files


def _entry(context: AppContext, folder: Path, kind: str, parts: list[str], words: str | None) -> list[Path]:
    """Write what is begun in a topic: `parts` are the folders inside it, and the id."""
    langs = _deck(folder).langs
    *inner, name = parts
    # An id is the topic's, whichever folder its file lies in.
    if any(path.stem == name for path in folder.rglob("*.yaml")):
        raise ContentError("new.taken", id=Id(name).in_topic(folder.name))
    words = words or _asked(context, f"new.{kind}", scaffold.TODO)
    place, depth = folder.joinpath(*inner), len(parts)
    _put_schemas(folder.parent)
    if kind == "interview":
        part = _write(place / f"interview-{name}.yaml", scaffold.interview(name, langs, depth))
        person = Path("interviewers", f"{name}.yaml")
        if any((root / person).exists() for root in (folder.parent, paths.shipped_content())):
            return [part]
        return [part, _write(folder.parent / person, scaffold.interviewer(words, langs))]
    draft = {"question": scaffold.question, "claim": scaffold.claim, "table": scaffold.table}[kind]
    return [_write(place / f"{name}.yaml", draft(name, words, langs, depth))]


def _deck(folder: Path) -> Deck:
    """The deck of a topic.

    Raises: ContentError where there is none, or it is at fault.
    """
    from llmquiz.collection.yaml import read, validate
    from llmquiz.schema.topics import Deck

    path, topic = folder / "deck.yaml", folder.name
    if not path.exists():
        raise ContentError("new.no-topic", topic=topic, root=folder.parent)
    data, faults = read(path, f"{topic}/deck.yaml")
    deck, more = validate(Deck, data, path, f"{topic}/deck.yaml") if not faults else (None, [])
    if deck is None:
        fault = [*faults, *more][0]
        raise ContentError("content.fault", path=fault.path, line=fault.line, fault=fault)
    return deck


def _write(path: Path, text: str) -> Path:
    """Write a new file; one that exists is left alone.

    Raises: ContentError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():  # else it is a folder that a file stands in for
            raise ContentError("new.exists", path=path) from error
        raise ContentError("file.unwritable", path=path, error=error.strerror) from error
    return path


def _put_schemas(root: Path) -> None:
    """Put the schemas beside the topics, where the first line of each file looks for them."""
    from llmquiz.schema import json_schema

    json_schema.write(root / "schema")
    if (root / "schema.json").exists():  # where files of an older layout look
        json_schema.write(root / "schema.json")
