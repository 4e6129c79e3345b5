"""From options to an interview: what is chosen where nothing is said, and what is refused before anybody answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.mock import MockOptions, check_report, history, hold, resume, setting, tell
from llmquiz.app.mock_session import MockSession, setting_data
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.interview.plan.planning import plan
from llmquiz.ui.keyboard.ask import Pressed
from tests.app.scripted import Scripted
from tests.home import settings_say


def options(**chosen: object) -> MockOptions:
    """What was asked for on the command line: nothing but this."""
    nothing = {"interviewer": None, "minutes": None, "question": None, "strict": False, "practice": False}
    return MockOptions(**nothing | {"rate": None, "seed": 1, "report": None, "scheduled": True} | chosen)  # type: ignore[arg-type]


def test_without_options_the_first_interviewer_takes_the_time_of_their_sections(shipped: AppContext) -> None:
    chosen = setting(shipped, options())
    blueprint = shipped.collection.get(chosen.interviewer).entry
    assert chosen.interviewer == next(shipped.collection.entries("interview")).id
    assert chosen.minutes == sum(section.minutes for section in blueprint.sections)  # type: ignore[union-attr]
    assert (chosen.lang, chosen.rate, chosen.seed, chosen.question) == ("en", 60, 1, "")


def test_what_was_asked_for_is_taken(shipped: AppContext) -> None:
    chosen = setting(shipped, options(interviewer="screener", minutes=7.0, rate=90, strict=True, scheduled=False))
    assert (chosen.interviewer, chosen.minutes, chosen.rate) == ("decoder-only/screener", 7.0, 90)
    assert (chosen.strict, chosen.practice, chosen.scheduled) == (True, False, False)


def test_an_interview_about_one_question_takes_ten_minutes(shipped: AppContext) -> None:
    chosen = setting(shipped, options(question="drawbacks"))
    assert (chosen.question, chosen.minutes) == ("decoder-only/drawbacks", 10)


@pytest.mark.parametrize(("lang", "rate"), [("en", 60), ("zh", 100)])
def test_the_rate_is_that_of_the_settings_else_of_a_fair_typist(shipped: AppContext, lang: str, rate: int) -> None:
    shipped.switch_language(lang)  # type: ignore[arg-type]
    assert setting(shipped, options()).rate == rate
    settings_say("rate: 33\n")
    assert setting(shipped, options()).rate == 33


def test_an_interviewer_that_there_is_not_is_refused_with_the_nearest(shipped: AppContext) -> None:
    with pytest.raises(UnknownId, match="screener"):
        setting(shipped, options(interviewer="screaner"))


def test_a_topic_without_an_interviewer_holds_no_interview(context: AppContext) -> None:
    with pytest.raises(LlmquizError) as refusal:
        setting(context, options())
    assert refusal.value.code == "mock.no-interviewer"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("report.html", ""),
        ("report.md", ""),
        ("report.json", ""),
        ("report.pdf", "mock.report-ending"),
        ("report", "mock.report-ending"),
        ("gone/report.md", "mock.report-folder"),
        ("folder.md", "mock.report-folder"),
    ],
)
def test_a_report_that_could_not_be_written_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "folder.md").mkdir()
    check_report(None)
    if not code:
        check_report(tmp_path / name)
        return
    with pytest.raises(LlmquizError) as refusal:
        check_report(tmp_path / name)
    assert refusal.value.code == code


def finished(context: AppContext) -> dict[str, object]:
    """The report of an interview in which one thing was said."""
    chosen = plan(setting(context, options(interviewer="screener")), context.collection)
    name = context.store.begin_interview("mock-1", setting_data(chosen), at=clock.now())
    session = MockSession(context, chosen, name, [], asker=Scripted("Every token carries loss.", interactive=False))
    with pytest.raises(Leave):
        session.run()
    return session.report(clock.now().isoformat(), finished=True).data()


@pytest.mark.parametrize(("form", "begins"), [(".json", "{"), (".md", "# "), (".html", "<!")])
def test_a_report_is_written_in_the_form_of_its_name_and_again_later(
    shipped: AppContext, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, begins: str
) -> None:
    first, again = tmp_path / f"first{form}", tmp_path / f"again{form}"
    report = finished(shipped)
    tell(shipped, report, first)
    assert first.read_text(encoding="utf-8").lstrip().lower().startswith(begins)
    if form == ".json":
        assert json.loads(first.read_text(encoding="utf-8")) == json.loads(json.dumps(report))
    assert history(shipped, again, json=False) == 0
    assert again.read_text(encoding="utf-8") == first.read_text(encoding="utf-8")


def test_before_any_interview_there_is_nothing_to_resume_or_to_write_again(shipped: AppContext, tmp_path: Path) -> None:
    codes = []
    for refused in (lambda: resume(shipped, options()), lambda: history(shipped, tmp_path / "x.md", json=False)):
        with pytest.raises(LlmquizError) as refusal:
            refused()
        codes.append(refusal.value.code)
    assert codes == ["mock.nothing-open", "mock.none-yet"]


def test_past_interviews_are_told_as_json(shipped: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    finished(shipped)
    capsys.readouterr()
    assert history(shipped, None, json=True) == 0
    (row,) = json.loads(capsys.readouterr().out)["interviews"]
    assert (row["id"], row["interviewer"], row["finished"]) == ("mock-1", "decoder-only/screener", True)


def test_a_report_goes_where_it_was_meant_to_after_an_interruption(
    shipped: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    askers = [Scripted(Pressed("quit")), Scripted("Every token carries loss.", Pressed("quit"))]
    monkeypatch.setattr(MockSession, "load_asker", lambda self: askers[0])
    path = tmp_path / "report.md"
    hold(shipped, options(interviewer="screener", report=path))
    assert not path.exists()
    askers.pop(0)
    resume(shipped, options())
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_topic_chooses_among_its_interviewers(shipped: AppContext) -> None:
    assert setting(shipped, options(topic="decoder-only")).interviewer.startswith("decoder-only/")
    with pytest.raises(LlmquizError) as refusal:
        setting(shipped, options(topic="gone"))
    assert refusal.value.code == "topics.unknown"
