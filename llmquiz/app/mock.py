"""From a wish to an interview to its report; past interviews."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.context import Here
from llmquiz.app.mock_session import Interviewing, Left, setting_data
from llmquiz.app.settings import read_settings
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.interview.plan.pace import TYPED
from llmquiz.interview.plan.pace import clock as minutes_and_seconds
from llmquiz.interview.plan.planning import ALONE, Setting, minutes_of, plan
from llmquiz.interview.turns import Exchange, How, Reply, turn_of
from llmquiz.schema.topics import Interview

if TYPE_CHECKING:
    from llmquiz.store.store import Interviewed

FORMS = (".html", ".md", ".json")
UNSET = Path()


@dataclass(frozen=True, slots=True)
class Wish:
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


def hold(here: Here, wish: Wish) -> int:
    """Hold an interview from its beginning; the exit code."""
    check_report(wish.report)
    here.must_keep()
    chosen = plan(setting(here, wish), here.collection)
    at = clock.now()
    name = here.store.begin_interview(f"mock-{at:%Y%m%dT%H%M%S}", setting_data(chosen), at=at)
    return _run(here, Interviewing(here, chosen, name, []), at.isoformat(), wish.report)


def resume(here: Here, wish: Wish) -> int:
    """Go on with the last interview that was broken off."""
    check_report(wish.report)
    kept = next((one for one in reversed(here.past.interviews()) if _open(one)), None)
    if kept is None:
        raise LlmquizError(*_both("mock.nothing-open"))
    here.lang_option = str(kept.setting["lang"])
    here.__dict__.pop("lang", None)
    here.__dict__.pop("words", None)
    chosen = plan(Setting(**kept.setting), here.collection)
    said, draft = [], None
    for one in here.store.said(kept.id):
        turn = turn_of(one.turn)
        if one.how:
            said.append(Exchange(turn, Reply(one.text, one.seconds, How(one.how))))
        else:
            draft = Exchange(turn, Reply(one.text, one.seconds))
    interviewing = Interviewing(here, chosen, kept.id, said, draft)
    interviewing.catch_up()
    left = minutes_and_seconds(interviewing.left)
    here.say(here.words("mock.resumed", answered=interviewing.answered, left=left))
    return _run(here, interviewing, kept.at.isoformat(), wish.report)


def _open(one: Interviewed) -> bool:
    return one.report is None or not one.report.get("finished", True)


def _run(here: Here, interviewing: Interviewing, at: str, file: Path | None) -> int:
    code, finished = 0, True
    try:
        interviewing.run()
    except Left as left:
        code, finished = (130 if left.interrupted else 0), False
    except KeyboardInterrupt:
        code, finished = 130, False
    over = bool(interviewing.said) and interviewing.course.next(interviewing.said) is not None
    closing = over and interviewing.course.next(interviewing.said)
    if closing and closing.kind == "closing":  # all was asked; only the last word is missing
        finished = True
    if code == 0 and interviewing.said:
        tell(here, interviewing.report(at, finished).data(), file)
    if not finished:
        here.say(here.words("mock.left-early", answered=interviewing.answered))
    return code


def setting(here: Here, wish: Wish) -> Setting:
    """The wish with everything decided."""
    names = [asked.id for asked in here.collection.entries("interview")]
    if not names:
        raise LlmquizError("No content has an interviewer.", "内容里没有面试官。")
    name = _interviewer(here, wish.interviewer, names)
    blueprint = here.collection.get(name).entry
    assert isinstance(blueprint, Interview)
    question = here.collection.get(wish.question).id if wish.question else ""
    minutes = wish.minutes or (ALONE if question else minutes_of(blueprint))
    seed = wish.seed if wish.seed is not None else random.randrange(1_000_000)
    return Setting(
        name, here.lang, minutes, seed, wish.rate or _rate(here), wish.strict, wish.practice, wish.scheduled, question
    )


def _interviewer(here: Here, wish: str | None, names: list[str]) -> str:
    if wish is None:
        return names[0]
    found = [name for name in names if wish in (name, name.split("/", 1)[1])]
    if not found:
        raise UnknownId(wish, [name.split("/", 1)[1] for name in names], "llmquiz list --kind interview")
    return found[0]


def _rate(here: Here) -> int:
    """Words or characters a minute: of settings.yaml, else of a fair typist."""
    return int(read_settings().values.get("rate") or TYPED[here.lang])


def check_report(file: Path | None) -> None:
    """Refuse a report that could not be written, before anybody has answered anything."""
    if file is None:
        return
    if file.suffix not in FORMS:
        raise LlmquizError(
            f"--report {file}: the name should end in .html, .md or .json.",
            f"--report {file}：文件名应以 .html、.md 或 .json 结尾。",
        )
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise LlmquizError(f"--report {file}: there is no such folder.", f"--report {file}：没有这个文件夹。")


def tell(here: Here, report: dict[str, Any], file: Path | None) -> None:
    """Show a report and write it to a file."""
    from llmquiz.interview.report.records import report_of
    from llmquiz.ui.document.from_report import blocks
    from llmquiz.ui.document.screen import screen

    made = report_of(report)
    here.show(*screen(blocks(made, here.words)))
    if file is not None:
        write(here, report, file)


def write(here: Here, report: dict[str, Any], file: Path) -> None:
    """Write a report in the form that the file's name asks for."""
    from llmquiz.interview.report.records import report_of
    from llmquiz.messages.ui import Words
    from llmquiz.ui.document.from_report import blocks

    made = report_of(report)
    words = Words("zh" if made.lang == "zh" else "en")
    match file.suffix:
        case ".json":
            import json

            text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        case ".md":
            from llmquiz.ui.document.markdown import markdown

            text = markdown(blocks(made, words))
        case _:
            from llmquiz.ui.document.page import page

            text = page(blocks(made, words), words.lang, f"{words('report.title')} · {made.name}")
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LlmquizError(
            f"{file} cannot be written ({error.strerror}); `llmquiz mock --history --report FILE` writes it again.",
            f"无法写入 {file}（{error.strerror}）；`llmquiz mock --history --report FILE` 可以重新写出。",
        ) from error
    here.say(here.words("report.written", path=file))


def history(here: Here, file: Path | None, json: bool) -> int:
    """Past interviews with the trend of each area; with a file, the last report once more."""
    from llmquiz.interview.report.past import past

    check_report(file)
    kept = here.past.interviews()
    if file is not None:
        done = [one for one in kept if one.report]
        if not done:
            raise LlmquizError(*_both("past.none"))
        assert done[-1].report is not None
        write(here, done[-1].report, file)
        return 0
    found = past(kept)
    if json:
        here.json(found)
        return 0
    from llmquiz.ui.tables.past import table

    names = {row["interviewer"]: _name(here, row["interviewer"]) for row in found["interviews"]}
    here.show(*table(found, names, here.words))
    return 0


def _name(here: Here, interviewer: str) -> str:
    try:
        entry = here.collection.get(interviewer).entry
    except LlmquizError:
        return interviewer
    return entry.name[here.lang] if isinstance(entry, Interview) else interviewer


def _both(key: str) -> tuple[str, str]:
    from llmquiz.messages.ui import Words

    return Words("en")(key), Words("zh")(key)
