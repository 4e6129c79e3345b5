"""The user's surroundings: whose content comes first, which language, and what is said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmquiz import paths
from llmquiz.app.context import AppContext, own_content
from llmquiz.collection.faults import Fault
from llmquiz.errors import ContentError
from llmquiz.messages.ui import Words
from llmquiz.schedule.due_dates import Rating
from tests.home import settings_say
from tests.store import records


def folders(tmp_path: Path, *names: str) -> list[Path]:
    """Empty folders."""
    created = [tmp_path / name for name in names]
    for folder in created:
        folder.mkdir(parents=True)
    return created


def test_the_users_own_content_comes_before_what_is_shipped(topic: Path) -> None:
    assert AppContext("en", topic).roots == [topic, paths.shipped_content()]


def test_a_topic_of_the_users_own_stands_in_the_place_of_a_shipped_one_of_its_name(topic: Path) -> None:
    shipped = paths.shipped_content() / "small"
    shipped.mkdir()
    deck = (topic / "small/deck.yaml").read_text(encoding="utf-8")
    (shipped / "deck.yaml").write_text(deck.replace("en: Small", "en: Shipped"), encoding="utf-8")
    facts = (topic / "small/questions.yaml").read_text(encoding="utf-8")
    (shipped / "questions.yaml").write_text(facts, encoding="utf-8")
    context = AppContext("en", topic)
    assert [loaded.deck.title.en for loaded in context.collection.topics()] == ["Small"]
    context.collection.close()


def test_content_is_that_of_the_option_else_the_environment_else_the_settings_else_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option, first, second, listed = folders(tmp_path, "option", "first", "second", "listed")
    home = paths.data() / "content"
    assert own_content(None) == []
    home.mkdir(parents=True)
    assert own_content(None) == [home]
    settings_say(f"content: {listed}\n")
    assert own_content(None) == [listed]
    monkeypatch.setenv("LLMQUIZ_CONTENT", f"{first}:{tmp_path}/gone:{second}")
    assert own_content(None) == [first, second]
    assert own_content(option) == [option]


def test_a_content_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"--content .*gone: there is no such folder\."):
        own_content(tmp_path / "gone")


def test_another_language_is_spoken_from_now_on(topic: Path) -> None:
    context = AppContext("en", topic)
    assert (context.lang, context.words("kind.open")) == ("en", "open question")
    context.switch_language("zh")
    assert (context.lang, context.words("kind.open")) == ("zh", Words("zh")("kind.open"))


def test_that_something_cannot_be_kept_is_said_once(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    context.warn_unwritable("The database cannot be written.")
    context.warn_unwritable("The cache cannot be written.")
    assert capsys.readouterr().err == "The database cannot be written.\n"


def test_errors_in_content_are_counted_and_warnings_are_not(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    fault, warning = (Fault("x.yaml", 1, "", level, "m", "m") for level in ("error", "warning"))  # type: ignore[arg-type]
    context.warn_of([warning])
    assert capsys.readouterr().err == ""
    context.warn_of([fault, warning, fault])
    assert "2" in capsys.readouterr().err


def test_reviews_under_a_former_id_count_for_the_new_one(
    context: AppContext, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.reviewed(context.store, {"small/gpt3": Rating.good})
    file = topic / "small/questions.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("  - id: gpt3\n", "  - id: gpt-3\n    aka: [gpt3]\n"), encoding="utf-8"
    )
    renamed = AppContext("en", topic)
    assert list(renamed.store.memories()) == ["small/gpt-3"]
    renamed.store.close()
    renamed.collection.close()
