"""What an author begins: asked for in a terminal, written where content is looked for, never over what is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from llmquiz import paths
from llmquiz.app.context import AppContext
from llmquiz.authoring import drafts
from llmquiz.collection.drafts.scaffold import KINDS, TODO
from llmquiz.errors import ContentError, LlmquizError
from llmquiz.language import LANGS
from tests.app.scripted import Scripted

Write = Callable[[str, str], Path]


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Somebody at a terminal who types these lines, and no more."""

    def sit(*lines: str) -> None:
        author = Scripted(notes=lines)
        monkeypatch.setattr(drafts, "at_terminal", lambda: True)
        monkeypatch.setattr(drafts, "asker", lambda words: author)

    return sit


def files(folder: Path) -> dict[str, str]:
    """Everything below a folder but the schemas."""
    written = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")}
    return {name: path.read_text(encoding="utf-8") for name, path in written.items()}


def test_a_terminal_is_asked_for_the_title_and_the_languages_of_a_topic(
    context: AppContext, topic: Path, typing: Callable[..., None]
) -> None:
    typing('The "mask"', "zh , en")
    drafts.begin(context, "topic", "mask", None, None, topic)
    deck = yaml.safe_load((topic / "mask/deck.yaml").read_text(encoding="utf-8"))
    assert (deck["title"], deck["langs"]) == ({"zh": 'The "mask"', "en": 'The "mask"'}, ["zh", "en"])
    drafts.begin(context, "topic", "given", "Given", "en", topic)  # nobody types any more
    deck = yaml.safe_load((topic / "given/deck.yaml").read_text(encoding="utf-8"))
    assert (deck["title"], deck["langs"]) == ({"en": "Given"}, ["en"])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("terminal", [True, False])
def test_who_only_presses_enter_or_has_no_terminal_gets_the_language_of_the_screen_and_blanks(
    topic: Path, typing: Callable[..., None], lang: str, terminal: bool
) -> None:
    if terminal:
        typing("", "")
    drafts.begin(AppContext(lang, topic), "topic", "mask", None, None, topic)
    deck = yaml.safe_load((topic / "mask/deck.yaml").read_text(encoding="utf-8"))
    assert (deck["title"], deck["langs"]) == ({lang: TODO}, [lang])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "topic"])
def test_a_terminal_is_asked_for_the_words_of_an_entry_and_not_for_what_was_given(
    context: AppContext, topic: Path, typing: Callable[..., None], kind: str
) -> None:
    typing("Asked for")
    drafts.begin(context, kind, "small/first", None, None, topic)
    drafts.begin(context, kind, "small/second", "Given", None, topic)  # nobody types any more
    written = "\n".join(files(topic).values())
    assert [written.count(f'{{en: "{words}", zh: "{words}"}}') for words in ("Asked for", "Given")] == [1, 1]


@pytest.mark.parametrize("lang", LANGS)
def test_each_file_is_named_and_what_to_do_next(topic: Path, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    context = AppContext(lang, topic)
    drafts.begin(context, "topic", "mask", "Mask", "en", topic)
    names = [topic / "mask/deck.yaml", topic / "sources/mask.yaml"]
    named = [context.words("new.written", path=path) for path in names]
    last = context.words("new.next", root=topic, todo=TODO)
    # However long the folder's name is, a line of its own is not broken.
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == named
    assert "".join(lines[2:]).replace(" ", "") == last.replace(" ", "")


def test_files_go_to_the_folder_named_else_to_the_first_of_the_environment_else_to_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    context = AppContext("en")
    drafts.begin(context, "topic", "mask", "Mask", "en", None)
    monkeypatch.setenv("LLMQUIZ_CONTENT", os.pathsep.join(map(str, (first, second))))
    drafts.begin(context, "topic", "mask", "Mask", "en", None)
    drafts.begin(context, "topic", "mask", "Mask", "en", tmp_path / "not" / "there")
    roots = (paths.data() / "content", first, tmp_path / "not" / "there")
    assert [(root / "mask/deck.yaml").exists() for root in roots] == [True, True, True]
    assert list(second.iterdir()) == []


@pytest.mark.parametrize("kind", ["topic", "question"])
@pytest.mark.parametrize("name", ["", "/small/x", "../small/x", "small/../x", "small/X"])
def test_a_name_that_leads_elsewhere_or_nowhere_is_refused_before_anything_is_written(
    context: AppContext, topic: Path, kind: str, name: str
) -> None:
    before = files(topic.parent)
    with pytest.raises(LlmquizError, match="cannot be an id"):
        drafts.begin(context, kind, name, "Words", "en", topic)
    assert files(topic.parent) == before


def test_an_id_is_taken_wherever_in_the_topic_its_file_lies(context: AppContext, topic: Path) -> None:
    drafts.begin(context, "question", "small/section/mask", "Why?", None, topic)
    with pytest.raises(ContentError, match=r"^small/mask exists already"):
        drafts.begin(context, "claim", "small/mask", "It hides.", None, topic)


def test_what_is_there_is_left_alone(context: AppContext, topic: Path) -> None:
    before = files(topic)
    with pytest.raises(ContentError, match=r"deck\.yaml exists already; it was left alone"):
        drafts.begin(context, "topic", "small", "Other", "en", topic)
    assert files(topic) == before


@pytest.mark.parametrize(
    ("deck", "line"),
    [("title: {en: T}\nlangs: ]\n", 2), ("title: {en: T}\nsummary: {en: S}\nlangs: []\n", 3)],
    ids=["yaml", "schema"],
)
def test_in_a_topic_whose_deck_is_at_fault_nothing_is_begun_and_the_line_is_named(
    context: AppContext, topic: Path, write: Write, deck: str, line: int
) -> None:
    write("bad/deck.yaml", deck)
    before = files(topic)
    with pytest.raises(ContentError) as refused:
        drafts.begin(context, "question", "bad/mask", "Why?", None, topic)
    assert [refused.value.text(lang).startswith(f"bad/deck.yaml:{line}") for lang in LANGS] == [True, True]
    assert str(refused.value) != refused.value.text("zh")
    assert files(topic) == before


@pytest.mark.parametrize("name", ["section/mask", "section/deeper/mask"])
def test_a_folder_that_cannot_be_made_is_named(context: AppContext, topic: Path, name: str) -> None:
    (topic / "small" / "section").write_text("", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        drafts.begin(context, "question", f"small/{name}", "Why?", None, topic)
    assert str(refused.value).startswith(f"{topic / 'small' / name}.yaml cannot be written: ")


def test_a_topic_is_no_folder_inside_another(context: AppContext, topic: Path) -> None:
    with pytest.raises(LlmquizError, match=r"^'small/inner' cannot be an id"):
        drafts.begin(context, "topic", "small/inner", "Inner", "en", topic)


def test_an_interviewer_who_came_with_llmquiz_is_not_written_again(
    context: AppContext, topic: Path, write: Write
) -> None:
    write("shipped/interviewers/ann.yaml", "name: {en: Ann}\n")
    drafts.begin(context, "interview", "small/ann", "Ann", None, topic)
    assert (topic / "small/interview-ann.yaml").exists()
    assert not (topic / "interviewers").exists()


@pytest.mark.parametrize(
    ("name", "text", "topic_name"),
    [
        ("My Sheet (2).csv", "question,answer\nWhy mask?,It hides.\n", "my-sheet-2"),
        ("UPPER.TSV", "question\tanswer\nWhy mask?\tIt hides.\n", "upper"),
        ("sheet.md", "# Masks\n\n## Why mask?\n\nIt hides.\n", "sheet"),
        ("题目.csv", "question,answer\nWhy mask?,It hides.\n", "imported"),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "Excel"])
def test_a_sheet_is_read_by_its_ending_and_names_its_topic(
    context: AppContext, topic: Path, tmp_path: Path, name: str, text: str, topic_name: str, mark: str
) -> None:
    sheet = tmp_path / name
    sheet.write_text(mark + text, encoding="utf-8")
    drafts.import_sheet(context, sheet, None, topic)
    assert set(files(topic / topic_name)) == {"deck.yaml", "why-mask.yaml"}  # neither heading nor mark is a question
    question = yaml.safe_load((topic / topic_name / "why-mask.yaml").read_text(encoding="utf-8"))
    assert (question["prompt"], question["answers"]["one-line"]["text"]) == ({"en": "Why mask?"}, {"en": "It hides."})


def test_an_import_says_what_came_of_the_sheet(
    context: AppContext, topic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("question,answer,field\nWhy mask?,It hides.,maths\n", encoding="utf-8")
    drafts.import_sheet(context, sheet, "mask", topic)
    summary = context.words("import.done", path=topic / "mask", questions=1, tables=0, claims=0, leftover=1)
    assert capsys.readouterr().out.splitlines()[0] == summary
    assert yaml.safe_load((topic / "mask/leftover.yaml").read_text(encoding="utf-8")) == {"leftover": ["maths"]}


def test_every_file_of_an_import_names_its_schema(context: AppContext, topic: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("question,answer,field\nWhy mask?,It hides.,maths\n", encoding="utf-8")
    drafts.import_sheet(context, sheet, "mask", topic)
    firsts = {name: text.splitlines()[0].rpartition("/")[2] for name, text in files(topic / "mask").items()}
    assert firsts == {"deck.yaml": "deck.json", "why-mask.yaml": "question.json", "leftover.yaml": "items.json"}
    assert {name for name in firsts.values() if not (topic / "schema" / name).is_file()} == set()


@pytest.mark.parametrize(
    ("sheet", "name", "message"),
    [
        ("gone.md", None, "gone.md cannot be read: "),
        ("bytes.csv", None, "bytes.csv cannot be read: "),
        ("fine.md", "My Topic", "cannot be an id"),
        ("fine.md", "small", "deck.yaml exists already"),
    ],
)
def test_a_sheet_that_cannot_be_imported_leaves_nothing_behind(
    context: AppContext, topic: Path, tmp_path: Path, sheet: str, name: str | None, message: str
) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"question\n\xff\xfe\n")
    (tmp_path / "fine.md").write_text("# Masks\n\n## Why mask?\n\nIt hides.\n", encoding="utf-8")
    before = files(topic)
    with pytest.raises(LlmquizError, match=message):
        drafts.import_sheet(context, tmp_path / sheet, name, topic)
    assert files(topic) == before
