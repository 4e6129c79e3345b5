"""What drills tell an author: flags, overrules and undecided answers, and answers that become examples."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from llmquiz.app.context import AppContext
from llmquiz.authoring import edit
from llmquiz.collection.discover import root_of
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.schema.questions import OpenQuestion


def gathered(context: AppContext, name: str | None) -> list[dict[str, Any]]:
    """Per question: its file and line, the notes on it, and the answers on which learner and grader disagree."""
    wanted = context.collection.get(name).id if name else None
    rows: dict[str, dict[str, Any]] = {}

    def row(question: str) -> dict[str, Any]:
        return rows.setdefault(question, {"id": question, "path": "", "line": 0, "flags": [], "answers": []})

    for flag in context.past.flags():
        row(flag.question)["flags"].append({"at": flag.at.isoformat(), "note": flag.note})
    for answer in _disagreements(context):
        row(answer.pop("question"))["answers"].append(answer)
    todo = [question for name, question in sorted(rows.items()) if wanted in (None, name)]
    _find(context, todo)
    _quote(context, todo)
    return todo


def _find(context: AppContext, questions: list[dict[str, Any]]) -> None:
    """Note the file and line of each question that is still in the content; the record of others stays."""
    files: dict[str, tuple[Id, Path]] = {}
    for question in questions:
        with suppress(LlmquizError):
            files[question["id"]] = edit.file_of(context, question["id"])
    beside = cache(edit.load_beside)
    for question in questions:
        if question["id"] in files:
            full, path = files[question["id"]]
            question["path"], question["line"] = str(path), edit.line_in(beside(root_of(path)), full)


def _quote(context: AppContext, questions: list[dict[str, Any]]) -> None:
    """Set beside each open answer what it was read beside: with the learner's verdict a reader can learn from it."""
    for question in questions:
        with suppress(LlmquizError):
            entry = context.collection.get(question["id"]).entry
            if isinstance(entry, OpenQuestion):
                statements = {Id(question["id"]).part(point.id): point.text for point in entry.points}
                for answer in question["answers"]:
                    answer["prompt"] = entry.prompt[answer["lang"]]
                    for item in answer["items"]:
                        if text := statements.get(Id(item["item"])):
                            item["statement"] = text[answer["lang"]]


def _disagreements(context: AppContext) -> list[dict[str, Any]]:
    """Answers with an overruled or an undecided item."""
    overruled: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in context.past.log():
        if line["overruled"] or line["state"] == "undecided":
            # A line of the log does not name its answer by number; the question and its words do.
            key = (line["question"], line["answer"])
            why = "overruled" if line["overruled"] else "undecided"
            overruled.setdefault(key, []).append({"item": line["item"], "state": line["state"], "why": why})
    rows = []
    for answer in context.past.answers():
        items = overruled.get((answer.question, answer.text))
        if items and not answer.undone:
            rows.append(
                {
                    "question": answer.question,
                    "number": answer.id,
                    "lang": answer.lang,
                    "text": answer.text,
                    "items": items,
                }
            )
    return rows


def keep_example(context: AppContext, number: int, kind: str, meets: list[str]) -> tuple[Path, int]:
    """Write answer `number` into the file of its question as an accept, partial or reject.

    Raises: LlmquizError where it cannot be one.
    """
    if kind not in ("accept", "partial", "reject"):
        raise LlmquizError("review.no-such-example", kind=kind)
    answer = next((given for given in context.past.answers() if given.id == number), None)
    if answer is None:
        raise LlmquizError("review.no-answer", number=number)
    asked = context.collection.get(answer.question)
    if not isinstance(asked.entry, OpenQuestion):
        raise LlmquizError("review.not-open", id=asked.id)
    points = [point.id for point in asked.entry.points]
    if kind == "partial" and (not meets or not set(meets) <= set(points)):
        known = ", ".join(points)
        raise LlmquizError("review.meets-nothing", known=known)
    path, line = edit.place(context, asked.id)
    _write(path, asked.id.name, kind, answer.lang, answer.text, meets)
    return path, line


def _write(path: Path, name: str, kind: str, lang: str, text: str, meets: list[str]) -> None:
    """Add the example with comments and layout kept."""
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.scalarstring import DoubleQuotedScalarString
    except ImportError as error:
        raise LlmquizError("review.needs-ruamel") from error
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096  # else it folds every long line anew
    yaml.indent(mapping=2, sequence=4, offset=2)  # as the shipped files are written
    data = yaml.load(path.read_text(encoding="utf-8"))
    # A question has a file of its own, or stands in a list of several.
    entry = data if data.get("id") == name else next(entry for entry in data["questions"] if entry["id"] == name)
    # Quoted: an answer may read as a number or a mapping.
    words = DoubleQuotedScalarString(text)
    if kind == "partial":
        entry.setdefault("partial", []).append({"lang": lang, "text": words, "meets": meets})
    else:
        entry.setdefault(kind, {}).setdefault(lang, []).append(words)
    # Whole or not at all: it may be the author's only copy.
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    part.replace(path)


def accept(context: AppContext, number: int, kind: str, meets: str) -> None:
    """Write an answer into its question as an example, and say where; `meets` are points, `a,b`."""
    path, line = keep_example(context, number, kind, [point for point in meets.split(",") if point])
    context.console.print(context.words("review.kept", path=f"{path}:{line}"), soft_wrap=True)


def report(context: AppContext, name: str | None, json: bool) -> None:
    """Print the author's to-do list, of one question where it is named."""
    todo = gathered(context, name)
    if json:
        context.json(todo)
        return
    from llmquiz.ui.tables import review as view

    context.show(*view.todo(todo, context.words))
