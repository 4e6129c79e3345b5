"""From options to an interview to its report; past interviews."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.mock_session import MockSession, setting_data
from llmquiz.app.paging import paged
from llmquiz.app.settings import read_settings
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.ids import Id
from llmquiz.interview import calibration
from llmquiz.interview.plan.pace import clock as minutes_and_seconds
from llmquiz.interview.plan.planning import ALONE, Setting, minutes_of, plan
from llmquiz.interview.turns import Exchange, How, Reply, turn_of
from llmquiz.schema.topics import Interview

if TYPE_CHECKING:
    from llmquiz.store.store import Interviewed
    from llmquiz.ui.keyboard.ask import Asker

REPORT = "report:"
"""Before the name of an interview: the choice that keeps where its report goes."""
FORMS = (".html", ".md", ".json")


@dataclass(frozen=True, slots=True)
class MockOptions:
    """What was asked for on the command line."""

    interviewer: str | None
    minutes: float | None
    question: str | None
    strict: bool
    practice: bool
    rate: int | None
    seed: int | None
    report: Path | None
    scheduled: bool
    topic: str | None = None


def run(context: AppContext, options: MockOptions, *, resumed: bool, past: bool, json: bool) -> int:
    """Hold an interview, go on with one, or tell of past ones; the exit code."""
    if past:
        return history(context, options.report, json)
    return resume(context, options) if resumed else hold(context, options)


def hold(context: AppContext, options: MockOptions) -> int:
    """Hold an interview from its beginning; the exit code."""
    check_report(options.report)
    context.must_keep()
    chosen = plan(setting(context, options), context.collection)
    at = clock.now()
    name = context.store.begin_interview(f"mock-{at:%Y%m%dT%H%M%S}", setting_data(chosen), at=at)
    if options.report:  # whoever goes on with it wants the report all the same
        context.store.choose(REPORT + name, str(options.report.absolute()))
    return _run(context, MockSession(context, chosen, name, []), at.isoformat(), options.report)


def resume(context: AppContext, options: MockOptions) -> int:
    """Go on with the last interview that was broken off."""
    check_report(options.report)
    last = next((interview for interview in reversed(context.past.interviews()) if _unfinished(interview)), None)
    if last is None:
        raise LlmquizError("mock.nothing-open")
    # An interview goes on in the language in which it was begun.
    context.switch_language("zh" if last.setting["lang"] == "zh" else "en")
    exchanges, unfinished = [], None
    for row in context.store.said(last.id):
        turn = turn_of(row.turn)
        if row.how:
            exchanges.append(Exchange(turn, Reply(row.text, row.seconds, How(row.how))))
        else:
            unfinished = Exchange(turn, Reply(row.text, row.seconds))
    session = MockSession(context, plan(Setting(**last.setting), context.collection), last.id, exchanges, unfinished)
    session.catch_up()
    written = context.past.choice(REPORT + last.id)
    file = options.report or (Path(written) if written else None)
    left = minutes_and_seconds(session.left)
    context.say(context.words("mock.resumed", answered=session.answered, left=left))
    return _run(context, session, last.at.isoformat(), file)


def _unfinished(interview: Interviewed) -> bool:
    # One that was left early has a report too, and can be gone on with.
    return interview.report is None or not interview.report.get("finished", True)


def _run(context: AppContext, session: MockSession, at: str, file: Path | None) -> int:
    code, finished = 0, True
    try:
        session.run()
    except Leave as leave:
        code, finished = (130 if leave.interrupted else 0), False
    except KeyboardInterrupt:
        code, finished = 130, False
    waiting = session.interviewer.next(session.said) if session.said else None
    if waiting and waiting.kind == "closing":  # all was asked; only the last word is missing
        finished = True
    if code == 0 and session.said:
        if session.interactive:  # a long answer takes seconds to read again
            context.say(context.words("mock.writing"))
        tell(context, session.report(at, finished).data(), file, session.asker)
    if not finished:
        context.say(context.words("mock.left-early", answered=session.answered))
    return code


def setting(context: AppContext, options: MockOptions) -> Setting:
    """The options with everything decided."""
    names = [
        interview.id
        for interview in context.collection.entries("interview")
        if options.topic in (None, interview.topic)
    ]
    if options.topic and options.topic not in context.collection.topic_names():
        known = ", ".join(context.collection.topic_names())
        raise LlmquizError("topics.unknown", name=options.topic, known=known)
    if not names:
        raise LlmquizError("mock.no-interviewer")
    name = _interviewer(options.interviewer, names)
    blueprint = context.collection.get(name).entry
    assert isinstance(blueprint, Interview)
    question = context.collection.get(options.question).id if options.question else ""
    minutes = options.minutes or (ALONE if question else minutes_of(blueprint))
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    return Setting(
        name,
        context.lang,
        minutes,
        seed,
        options.rate or _rate(context),
        options.strict,
        options.practice,
        options.scheduled,
        question,
    )


def _interviewer(wanted: str | None, names: list[Id]) -> str:
    if wanted is None:
        return names[0]
    matching = [name for name in names if wanted in (name, name.short)]
    if not matching:
        raise UnknownId(wanted, [name.short for name in names], "llmquiz list --kind interview")
    return matching[0]


def _rate(context: AppContext) -> int:
    """Words or characters a minute: of settings.yaml, else of a fair typist."""
    return int(read_settings().values.get("rate") or calibration.TYPED[context.lang])


def check_report(file: Path | None) -> None:
    """Refuse a report that could not be written, before anybody has answered anything."""
    if file is None:
        return
    if file.suffix not in FORMS:
        raise LlmquizError("mock.report-ending", file=file)
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise LlmquizError("mock.report-folder", file=file)


def tell(context: AppContext, report: dict[str, Any], file: Path | None, asker: Asker | None = None) -> None:
    """Show a report, with an asker a screenful at a time, and write it to a file."""
    from llmquiz.interview.report.records import report_of
    from llmquiz.ui.document.from_report import blocks
    from llmquiz.ui.document.screen import screen

    # From the data that is kept, so that `--history` shows later what is shown now.
    parsed = report_of(report)
    parts = [*screen(blocks(parsed, context.words))]
    if asker is None:
        context.show(*parts)
    else:
        paged(context, asker, *parts)
    if file is not None:
        write(context, report, file)


def write(context: AppContext, report: dict[str, Any], file: Path) -> None:
    """Write a report in the form that the file's name asks for."""
    from llmquiz.interview.report.records import report_of
    from llmquiz.messages.ui import Words
    from llmquiz.ui.document.from_report import blocks

    parsed = report_of(report)
    # In the interview's language, whatever the screen's is today.
    words = Words("zh" if parsed.lang == "zh" else "en")
    match file.suffix:
        case ".json":
            import json

            text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        case ".md":
            from llmquiz.ui.document.markdown import markdown

            text = markdown(blocks(parsed, words))
        case _:
            from llmquiz.ui.document.page import page

            text = page(blocks(parsed, words), words.lang, f"{words('report.title')} · {parsed.name}")
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LlmquizError("mock.report-unwritable", file=file, strerror=error.strerror) from error
    context.say(context.words("report.written", path=file))


def history(context: AppContext, file: Path | None, json: bool) -> int:
    """Past interviews with the trend of each area; with a file, the last report once more."""
    from llmquiz.interview.report.past import past

    check_report(file)
    interviews = context.past.interviews()
    if file is not None:
        done = [interview for interview in interviews if interview.report]
        if not done:
            raise LlmquizError("mock.none-yet")
        assert done[-1].report is not None
        write(context, done[-1].report, file)
        return 0
    trends = past(interviews)
    if json:
        context.json(trends)
        return 0
    from llmquiz.ui.tables.past import table

    names = {row["interviewer"]: _name(context, row["interviewer"]) for row in trends["interviews"]}
    context.show(*table(trends, names, context.words))
    return 0


def _name(context: AppContext, interviewer: str) -> str:
    try:
        entry = context.collection.get(interviewer).entry
    except LlmquizError:
        return interviewer  # content may have lost them since
    return entry.name[context.lang] if isinstance(entry, Interview) else interviewer
