"""The mock interview through a pipe: asked, kept, resumed, reported, scheduled."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz import paths
from tests.commands.conftest import Done, log
from tests.home import said, settings_say

pytestmark = pytest.mark.slow

Run = Callable[..., Done]
ANSWER = "Because every token carries loss.\n.\n"
SKIPS = ":skip\n" * 40


def asked(done: Done) -> list[str]:
    """The ids of the questions that were asked."""
    return re.findall(r"^\[([^\]]+)\] (?!interview|closing)", done.out, re.MULTILINE)


def report(path: Path) -> dict[str, object]:
    """A report as JSON."""
    data = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def test_an_interview_runs_to_its_end_and_tells_its_verdict(llmquiz: Run) -> None:
    done = llmquiz("mock", "--interviewer", "screener", "--seed", "3", stdin=ANSWER + SKIPS)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("[decoder-only/screener] interview: Hi, nice to meet you!")
    assert lines[1].startswith("[decoder-only/why-decoder-only] open: ")
    assert "saved decoder-only/why-decoder-only" in lines
    assert any(line.startswith("[decoder-only/screener] closing: ") for line in lines)
    assert "Would this interviewer hire you?" in done.out
    assert len(re.findall(r"^  [−+] ", done.out, re.MULTILINE)) == 2
    assert len(re.findall(r"^  \d\. llmquiz ", done.out, re.MULTILINE)) == 3


def test_the_same_seed_asks_the_same(llmquiz: Run) -> None:
    runs = [llmquiz("mock", "--interviewer", "sceptic", "--seed", "5", stdin=SKIPS) for _ in range(2)]
    assert asked(runs[0]) == asked(runs[1]) != []
    other = llmquiz("mock", "--interviewer", "sceptic", "--seed", "6", stdin=SKIPS)
    assert asked(other) != asked(runs[0])


def test_the_end_of_input_ends_it_and_everything_said_is_kept(llmquiz: Run) -> None:
    done = llmquiz("mock", "--interviewer", "screener", stdin=ANSWER + "One more wo")
    assert done.code == 0
    assert said() == [(1, "Because every token carries loss.", "sent"), (2, "One more wo", "")]
    assert "`llmquiz mock --resume` goes on" in done.out


def test_a_key_that_means_nothing_here_loses_nothing(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", stdin="Because every token\n:hint\ncarries loss.\n.\n")
    assert said()[0] == (1, "Because every token\ncarries loss.", "sent")


def test_an_interview_survives_a_question_that_content_has_lost(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", "--seed", "3", stdin=ANSWER + ":skip\n" + ANSWER)
    with closing(sqlite3.connect(paths.database())) as database, database:
        database.execute("update said set turn = replace(turn, 'decoder-only/why-decoder-only', 'decoder-only/gone')")
    done = llmquiz("mock", "--resume", stdin=SKIPS)
    assert done.code == 0
    assert "Would this interviewer hire you?" in done.out


def test_nothing_said_is_no_report(llmquiz: Run) -> None:
    done = llmquiz("mock", stdin="")
    assert done.code == 0
    assert "Would this interviewer" not in done.out


def test_resuming_goes_on_where_it_was_broken_off_in_its_own_language(llmquiz: Run) -> None:
    first = llmquiz(
        "mock", "--interviewer", "screener", "--seed", "3", "--lang", "zh", stdin="每个 token 都有损失。\n.\n"
    )
    rest = llmquiz("mock", "--resume", stdin=SKIPS)
    whole = llmquiz(
        "mock", "--interviewer", "screener", "--seed", "3", "--lang", "zh", "--no-schedule",
        stdin="每个 token 都有损失。\n.\n" + SKIPS,
    )  # fmt: skip
    assert rest.out.startswith("面试继续")
    assert asked(first)[:-1] + asked(rest) == asked(whole)
    verdicts = [re.search(r"(坚决不录用|不录用|拿不定主意|录用)  [●○]{5}  \d+ %", done.out) for done in (rest, whole)]
    assert verdicts[0]
    assert verdicts[1]
    assert verdicts[0][0] == verdicts[1][0]
    again = llmquiz("mock", "--resume")
    assert again.code == 1
    assert "No interview is open" in again.err


def test_what_was_answered_but_not_reviewed_when_a_crash_came_is_reviewed_on_resuming(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", "--seed", "3", stdin=ANSWER)
    with closing(sqlite3.connect(paths.database())) as database, database:
        for table in ("review", "answer"):
            database.execute(f"drop trigger {table}_delete")
            database.execute(f"delete from {table}")
        database.execute("delete from memory")
    llmquiz("mock", "--resume", stdin="")
    assert {row["question"] for row in log(llmquiz)} == {"decoder-only/why-decoder-only"}


def test_results_feed_the_schedule_as_a_drill_does(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", "--seed", "3", stdin=ANSWER + SKIPS)
    rows = log(llmquiz)
    assert {row["source"] for row in rows} == {"mock"}
    states = {row["item"]: (row["state"], row["rating"]) for row in rows}
    assert states["decoder-only/why-decoder-only.dense-loss"] == ("met", "good")
    assert states["decoder-only/why-decoder-only.one-objective"] == ("missing", "again")
    due = {row["id"] for row in json.loads(llmquiz("due", "--json").out)}
    assert "decoder-only/why-decoder-only" in due


def test_no_schedule_leaves_the_schedule_alone_and_keeps_the_interview(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", "--no-schedule", stdin=ANSWER + SKIPS)
    assert log(llmquiz) == []
    assert len(json.loads(llmquiz("mock", "--history", "--json").out)["interviews"]) == 1


def test_skipped_questions_and_follow_ups_review_nothing(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "depth", stdin=SKIPS)
    assert log(llmquiz) == []


def test_missing_points_of_a_one_line_answer_are_not_held_against_memory(llmquiz: Run) -> None:
    llmquiz("mock", "--question", "drawbacks", "--minutes", "1", stdin="It writes token by token.\n.\n")
    ratings = {row["state"]: row["rating"] for row in log(llmquiz)}
    assert ratings["met"] == "good"
    assert ratings["missing"] is None


def test_a_pasted_rubric_reviews_nothing(llmquiz: Run) -> None:
    shown = json.loads(llmquiz("export", "--format", "json").out)
    text = json.dumps(shown)
    assert "points" in text
    from tests.interview.candidates import content

    entry = content()[0].get("why-decoder-only").entry
    pasted = "\n".join(point.text["en"] for point in entry.points)  # type: ignore[union-attr]
    done = llmquiz("mock", "--question", "why-decoder-only", stdin=f"{pasted}\n.\n{SKIPS}")
    assert log(llmquiz) == []
    assert "pasted" in done.out


def test_a_strict_interviewer_takes_only_what_fits_in_a_pipe(llmquiz: Run, tmp_path: Path) -> None:
    long = "word " * 600
    path = tmp_path / "report.json"
    arguments = ("mock", "--question", "drawbacks", "--minutes", "2", "--strict", "--report", path)
    llmquiz(*arguments, stdin=f"It writes token by token. {long}\n.\n{SKIPS}")
    question = report(path)["questions"][0]  # type: ignore[index]
    assert question["how"] == "cut"
    assert question["seconds"] <= question["allowed"] <= 120
    assert len(question["answer"]) < len(long)


@pytest.mark.parametrize("form", ["html", "md", "json"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_is_written_in_the_form_of_its_name(llmquiz: Run, tmp_path: Path, form: str, lang: str) -> None:
    path = tmp_path / f"report.{form}"
    done = llmquiz("mock", "--interviewer", "screener", "--lang", lang, "--report", path, stdin=ANSWER + SKIPS)
    text = path.read_text(encoding="utf-8")
    assert str(path) in done.out.replace("\n", "").replace("  ", "")
    if form == "json":
        assert report(path)["format"] == "llmquiz-interview/1"
    else:
        assert ("Would this interviewer hire you?" if lang == "en" else "这位面试官会录用你吗？") in text


@pytest.mark.parametrize("name", ["report.pdf", "nowhere/report.html", ""])
def test_a_report_that_cannot_be_written_is_refused_before_anybody_answers(
    llmquiz: Run, tmp_path: Path, name: str
) -> None:
    done = llmquiz("mock", "--report", tmp_path / name, stdin=ANSWER)
    assert done.code == 1
    assert done.err.startswith("llmquiz: --report ")
    assert done.out == ""


def test_history_shows_each_interview_and_the_trend_of_areas_and_habits(llmquiz: Run) -> None:
    llmquiz("mock", "--interviewer", "screener", stdin="Decoders are always better.\n.\n" + SKIPS)
    llmquiz("mock", "--interviewer", "depth", stdin=ANSWER + SKIPS, now="2026-11-24T09:00:00Z")
    past = json.loads(llmquiz("mock", "--history", "--json").out)
    assert [row["interviewer"] for row in past["interviews"]] == ["decoder-only/screener", "decoder-only/depth"]
    assert {name: len(values) for name, values in past["areas"].items()} == dict.fromkeys(
        ("coverage", "correctness", "structure", "brevity", "evidence"), 2
    )
    assert past["habits"]["absolutes"] == [1.0, 0.0]
    shown = llmquiz("mock", "--history", "--lang", "zh").out
    for words in ("历次面试", "各项走势", "绝对化", "100 % → 0 %"):
        assert words in shown


def test_history_before_any_interview(llmquiz: Run) -> None:
    assert "No interview yet" in llmquiz("mock", "--history").out
    assert json.loads(llmquiz("mock", "--history", "--json").out)["interviews"] == []


def test_the_last_report_can_be_written_again(llmquiz: Run, tmp_path: Path) -> None:
    path = tmp_path / "again.md"
    assert llmquiz("mock", "--history", "--report", path).code == 1
    llmquiz("mock", "--interviewer", "screener", stdin=ANSWER + SKIPS)
    assert llmquiz("mock", "--history", "--report", path).code == 0
    assert path.read_text(encoding="utf-8").startswith("# Interview report")


def test_an_unknown_interviewer_says_what_is_near(llmquiz: Run) -> None:
    done = llmquiz("mock", "--interviewer", "scepti")
    assert done.code == 1
    assert "sceptic" in done.err


def test_an_interview_about_one_question(llmquiz: Run) -> None:
    done = llmquiz("mock", "--question", "drawbacks", "--interviewer", "sceptic", stdin=SKIPS)
    assert set(asked(done)) == {"decoder-only/drawbacks"}


def test_a_question_of_options_is_answered_by_the_numbers_shown(llmquiz: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    shown = llmquiz("mock", "--question", "what-shrinks-the-cache", "--seed", "4", stdin=SKIPS).out
    number = re.search(r"(\d)\. Grouped-query attention", shown)
    assert number
    arguments = ("mock", "--question", "what-shrinks-the-cache", "--seed", "4", "--report", path)
    llmquiz(*arguments, stdin=f"{number[1]}\n{SKIPS}")
    assert report(path)["questions"][0]["points"][0]["state"] == "met"  # type: ignore[index]


def test_a_chinese_interview_is_wholly_chinese(llmquiz: Run) -> None:
    done = llmquiz("mock", "--interviewer", "practice", "--lang", "zh", stdin="每个 token 都有损失。\n.\n" + SKIPS)
    from llmquiz.messages.mock import MOCK

    english = [en for en, _ in MOCK.values() if len(en) > 6 and "{" not in en and en != "practice"]  # an id as well
    assert [words for words in english if words in done.out] == []


def test_the_rate_of_the_settings_is_used_and_a_bad_one_passed_over(llmquiz: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for text, rate, warnings in (("rate: 150\n", 150, 0), ("rate: fast\n", 60, 1)):
        settings_say(text)
        done = llmquiz("mock", "--interviewer", "screener", "--report", path, stdin=ANSWER + SKIPS)
        assert (done.code, report(path)["rate"], done.err.count("settings.yaml:1: rate: ")) == (0, rate, warnings)


def test_help_has_an_example(llmquiz: Run) -> None:
    done = llmquiz("mock", "--help")
    assert "Example: llmquiz mock --interviewer sceptic" in " ".join(done.out.split())
