"""`llmquiz new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from llmquiz import paths
from llmquiz.app.context import AppContext, own_content
from llmquiz.collection.drafts import scaffold
from llmquiz.commands import options
from llmquiz.errors import ContentError, LlmquizError

EPILOG = "Example: llmquiz new question attention/why-scale --content my-topics"


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="topic, question, claim, table or interview.")],
    name: Annotated[str, typer.Argument(metavar="ID", help="`topic` for a topic, else `topic/id`.")],
    words: Annotated[str | None, typer.Option("--text", help="Its title, question or statement.")] = None,
    langs: Annotated[str | None, typer.Option("--langs", help="Of a new topic: en, zh or en,zh.")] = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """Begin a topic, question, claim, table or interview: a commented file that passes `check` once it is filled in.

    Asks for what is not given, in a terminal. Files go to --content, LLMQUIZ_CONTENT or your data folder.
    """
    context = AppContext(lang)
    if kind not in scaffold.KINDS:
        known = ", ".join(scaffold.KINDS)
        raise LlmquizError(f"No kind {kind!r}; kinds: {known}.", f"没有“{kind}”这一类；可用：{known}。")
    root = root_of(content)
    topic, _, part = name.partition("/")
    scaffold.checked_name(topic)
    if kind == "topic":
        written = _topic(context, root, topic, words, langs)
    else:
        if not part:
            raise LlmquizError(f"Write the id as topic/id: {topic}/my-{kind}.", f"请写成 主题/id：{topic}/my-{kind}。")
        written = _entry(context, root, kind, topic, scaffold.checked_name(part), words)
    for path in written:
        context.console.print(context.words("new.written", path=path), soft_wrap=True)
    context.say(context.words("new.next", root=root, todo=scaffold.TODO))


def root_of(content: Path | None) -> Path:
    """The folder that is written to, made where it is missing."""
    if content is not None:
        content.mkdir(parents=True, exist_ok=True)
    found = own_content(content)
    return found[0] if found else paths.data() / "content"


def _asked(context: AppContext, key: str, default: str) -> str:
    """What a terminal answers; elsewhere the default."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    from llmquiz.ui.keyboard.ask import asker

    return asker(context.words).line(context.words(key)) or default


def _topic(context: AppContext, root: Path, topic: str, title: str | None, langs: str | None) -> list[Path]:
    title = title or _asked(context, "new.title", scaffold.TODO)
    chosen = [one.strip() for one in (langs or _asked(context, "new.langs", context.lang)).split(",")]
    if not set(chosen) <= {"en", "zh"}:
        raise LlmquizError("Languages are en and zh: --langs en,zh.", "语言只有 en 和 zh：--langs en,zh。")
    written = [write_new(root / topic / "deck.yaml", scaffold.deck(title, chosen))]
    if not (root / "sources.yaml").exists():
        written.append(write_new(root / "sources.yaml", scaffold.SOURCES))
    put_schema(root)
    return written


def _entry(context: AppContext, root: Path, kind: str, topic: str, name: str, words: str | None) -> list[Path]:
    folder = root / topic
    if not (folder / "deck.yaml").exists():
        raise ContentError(
            f"There is no topic {topic!r} in {root}; begin it: llmquiz new topic {topic}",
            f"{root} 里没有主题“{topic}”，请先建立：llmquiz new topic {topic}",
        )
    from llmquiz.collection.yaml import read, validate
    from llmquiz.schema.topics import Deck

    data, faults = read(folder / "deck.yaml", f"{topic}/deck.yaml")
    deck, more = validate(Deck, data, folder / "deck.yaml", f"{topic}/deck.yaml") if not faults else (None, [])
    if deck is None:
        fault = [*faults, *more][0]
        raise ContentError(f"{fault.path}:{fault.line}: {fault.message}", f"{fault.path}:{fault.line}: {fault.zh}")
    words = words or _asked(context, f"new.{kind}", scaffold.TODO)
    make = {
        "question": scaffold.question,
        "claim": scaffold.claim,
        "table": scaffold.table,
        "interview": scaffold.interview,
    }
    put_schema(root)
    return [write_new(folder / f"{name}.yaml", make[kind](name, words, deck.langs))]


def write_new(path: Path, text: str) -> Path:
    """Write a new file; one that exists is left alone.

    Raises: ContentError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ContentError(f"{path} exists already; it was left alone.", f"{path} 已经存在，没有改动。") from error
    except OSError as error:
        raise ContentError(f"{path}: {error.strerror}", f"{path}：{error.strerror}") from error
    return path


def put_schema(root: Path) -> None:
    """Put the schema beside the topics, where the first line of each file looks for it."""
    from llmquiz.schema.json_schema import text

    (root / "schema.json").write_text(text(), encoding="utf-8")
