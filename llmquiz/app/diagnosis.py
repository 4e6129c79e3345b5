"""What `doctor` looks at: what is installed, what can be written, whether settings, content and data are sound."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from llmquiz import clock, log, paths
from llmquiz.app.context import AppContext
from llmquiz.app.demos import torch_found
from llmquiz.app.settings import described, read_settings
from llmquiz.demos.lab import real, shipped
from llmquiz.errors import LlmquizError, Unwritable
from llmquiz.grading.optional import server

if TYPE_CHECKING:
    from llmquiz.store.store import Answer

PACKAGES = ("torch", "transformers", "fsrs", "rich", "typer", "pydantic", "prompt_toolkit", "matplotlib", "PyYAML")
EXTRAS = {"judge": ("openai",), "authoring": ("genanki", "ruamel.yaml", "watchfiles")}
NAMED = 3
"""So many are named: of the answers with a date to come, of the models of a server."""


@dataclass
class Diagnosis:
    """What was found."""

    context: AppContext
    rows: list[tuple[str, str]] = field(default_factory=list)
    """Name and value, in the user's language."""
    faults: list[str] = field(default_factory=list)
    """What to mend, in the user's language."""
    facts: list[str] = field(default_factory=list)
    """The lines of a bug report, in English, without the name of the learner or of their folders."""

    def __post_init__(self) -> None:
        self._system()
        self._packages()
        self._models()
        self._folders()
        self._content()
        self._database()

    def report(self) -> str:
        """The block to paste into a bug report."""
        return "\n".join(
            [*self.facts, f"faults: {len(self.faults)}", *(f"  {_private(fault)}" for fault in self.faults)]
        )

    def _system(self) -> None:
        words, size = self.context.words, shutil.get_terminal_size()
        self.rows.append(("python", f"{platform.python_version()} ({platform.system()})"))
        self.facts += [
            f"llmquiz {_version('llmquiz')} · Python {platform.python_version()} · {platform.platform()}",
            f"terminal: {os.environ.get('TERM', 'no TERM')} {size.columns}×{size.lines}, "
            f"out {sys.stdout.encoding}, in {sys.stdin.encoding}, locale {locale.getlocale()[0]}, lang {words.lang}",
        ]

    def _packages(self) -> None:
        words, numbers = self.context.words, {name: _version(name) for name in ("llmquiz", *PACKAGES)}
        self.rows += [(name, number or words("doctor.missing")) for name, number in numbers.items()]
        for extra, names in EXTRAS.items():
            inside = {name: _version(name) for name in names}
            versions = [f"{name} {number or words('doctor.missing')}" for name, number in inside.items()]
            self.rows.append((words("doctor.extra", name=extra), words("list.separator").join(versions)))
            numbers |= inside
        self.facts.append(" · ".join(f"{name} {number or 'missing'}" for name, number in numbers.items()))

    def _models(self) -> None:
        words, values = self.context.words, read_settings().values
        log.take_over()  # torch looks for devices, and says what it does not find
        if torch_found():
            from llmquiz.demos.lab.devices import present

            devices = ", ".join(present())
            self.rows.append((words("doctor.device"), devices))
        else:
            devices = "no torch"
            self.faults.append(words("doctor.no-torch"))
        count, real_models = len(shipped.cards()), {known.name: real.here(known) for known in real.KNOWN.values()}
        judge = values.get("judge") or {}
        address = judge.get("base_url") or os.environ.get("OPENAI_BASE_URL")
        self.rows += [
            (words("doctor.models"), words("doctor.shipped", count=count)),
            *((name, where or self._missing(name)) for name, where in real_models.items()),
            (words("doctor.encoder"), str(values.get("encoder") or words("doctor.none-named"))),
            (words("doctor.judge"), self._judge(str(address or ""))),
        ]
        # Whether, not which: a path or an address may name its owner.
        held = ", ".join(name for name, where in real_models.items() if where) or "no real model"
        named = f"{held}, encoder {_named(values.get('encoder'))}, judge {_named(address)}"
        self.facts.append(f"device: {devices} · models shipped: {count}, {named}")

    def _missing(self, name: str) -> str:
        """How to get a real model that is not on this machine."""
        known = real.KNOWN[name]
        return self.context.words("demo.model-missing", install=known.install, megabytes=known.megabytes)

    def _judge(self, address: str) -> str:
        """The model server that is named, and whether it answers; where none is, the one that could be."""
        words, models = self.context.words, server.models(address or server.LOCAL)
        listed = words("list.separator").join((models or [])[:NAMED]) + "…" * (len(models or []) > NAMED)
        if address:
            state = "doctor.judge-silent" if models is None else "doctor.judge-answers"
            return words(state, address=address, models=listed).strip()
        if models:
            return words("doctor.judge-there", address=server.LOCAL, models=listed, model=models[0])
        return words("doctor.none-named")

    def _folders(self) -> None:
        words = self.context.words
        # By cause, so that a home that is read-only is one fault and not three.
        blocked: dict[str, list[str]] = {}
        for folder in (paths.data(), paths.cache(), paths.log_file().parent):
            blocked.setdefault(unwritable(folder), []).append(str(folder))
        self.faults += [
            words("doctor.unwritable", path=words("list.separator").join(folders), why=why)
            for why, folders in blocked.items()
            if why
        ]
        self.faults += [described(fault, self.context.lang) for fault in read_settings().faults]
        self.rows += [
            (words("doctor.settings"), _if_there(paths.settings_file(), words("doctor.no-file"))),
            (words("doctor.log"), _if_there(paths.log_file(), words("doctor.no-log"))),
        ]
        where = "LLMQUIZ_HOME" if os.environ.get("LLMQUIZ_HOME") else "the platform's folders"
        self.facts.append(f"home: {where} · settings: {', '.join(read_settings().values) or 'none'}")

    def _content(self) -> None:
        words, collection = self.context.words, self.context.collection
        wrong = [fault for fault in collection.faults() if fault.level == "error"]
        if wrong:
            self.faults.append(words("doctor.faults", count=len(wrong)))
        topics, entries = collection.topic_names(), collection.kinds()
        line = words("doctor.entries", entries=len(entries), topics=len(topics))
        self.rows.append((words("doctor.content"), "\n".join([line, *(str(root) for root in self.context.roots)])))
        self.facts.append(f"content: {len(entries)} entries in {len(topics)} topics, {len(self.context.roots)} folders")

    def _database(self) -> None:
        words, path = self.context.words, paths.database()
        name = words("doctor.database")
        if not os.path.exists(path):
            self.rows.append((name, f"{path}\n{words('doctor.no-database')}"))
            self.facts.append("database: none")
            return
        try:
            faults, size = self._checked(), self.context.past.size()
        except LlmquizError as error:
            faults, size = [error.text(self.context.lang)], path.stat().st_size
        self.faults += [fault for fault in faults if fault not in self.faults]
        self.rows.append((name, f"{path}" + ("" if faults else f"\n{words('doctor.sound')}")))
        self.facts.append(f"database: {'sound' if not faults else 'at fault'}, {size // 1024} KiB")

    def _checked(self) -> list[str]:
        try:
            faults = self.context.store.check(self.context.lang)
        except Unwritable as error:
            # What can still be read is checked all the same.
            faults = [error.text(self.context.lang), *self.context.past.check(self.context.lang)]
        late = ahead(self.context)
        if late:
            first = [f"{answer.at.astimezone():%Y-%m-%d} {answer.question} (#{answer.id})" for answer in late[:NAMED]]
            named = self.context.words("list.pause").join(first)
            faults.append(self.context.words("doctor.ahead", count=len(late), named=named))
        return faults


def ahead(context: AppContext) -> tuple[Answer, ...]:
    """The answers with a date to come, newest last."""
    return context.past.answers_after(clock.now() + clock.SKEW)


def unwritable(folder: Path) -> str:
    """Why nothing can be kept in a folder; empty where it can. A folder that is missing is judged by its parent."""
    there = next((parent for parent in (folder, *folder.parents) if os.path.exists(parent)), folder)
    try:
        # Permissions do not tell of a full disk, nor of a mount that is read-only: writing does.
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(bytes(4096))
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _named(value: object) -> str:
    return "named" if value else "none"


def _if_there(path: Path, otherwise: str) -> str:
    return str(path) if os.path.exists(path) else f"{path}\n{otherwise}"


def _private(text: str) -> str:
    """The text without what names the learner: their home folder."""
    for folder in _homes():
        text = text.replace(folder, "~")
    return text


def _homes() -> Iterator[str]:
    named = os.environ.get("LLMQUIZ_HOME")
    if named:
        yield str(Path(named).expanduser())
    try:
        yield str(Path.home())
    except RuntimeError:  # nobody: a user without a home
        return


def report(context: AppContext, rebuild: bool, void_ahead: bool, json: bool) -> bool:
    """Mend what was asked for, then print what was found; whether anything is at fault."""
    now = clock.now()
    if rebuild:
        context.store.rebuild()
    if void_ahead:
        for answer in ahead(context):
            context.store.undo(answer.id, at=now)
            context.say(context.words("doctor.voided", number=answer.id, id=answer.question))
    diagnosis = Diagnosis(context)
    if json:
        context.json({
            "rows": dict(diagnosis.rows), "faults": diagnosis.faults, "database": str(paths.database()),
            "cache": str(paths.cache()), "log": str(paths.log_file()), "report": diagnosis.report(),
        })  # fmt: skip
    else:
        _show(context, diagnosis)
    return bool(diagnosis.faults)


def _show(context: AppContext, diagnosis: Diagnosis) -> None:
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled
    from llmquiz.ui.tables import lists

    table = lists.plain("", "", title=context.words("doctor.title"))
    table.show_header = False
    for name, value in diagnosis.rows:
        table.add_row(name, value)
    context.show(table)
    for fault in diagnosis.faults:
        context.show(Styled(Text(f"{context.words('doctor.mend')}{fault}", style="red")))
    if not diagnosis.faults:
        context.show(context.words("doctor.fine"))
    context.show("")
    context.say(context.words("doctor.report"))
    context.console.print(f"```\n{diagnosis.report()}\n```", soft_wrap=True)
