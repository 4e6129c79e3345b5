"""Which server judges: settings before environment, a key only beside its server, and what is missing is said."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.errors import GraderError
from llmquiz.grading.optional.server import Server

SETTINGS = {"base_url": "http://localhost:1/v1", "model": "m", "api_key": "own", "timeout": 5}
OPENAI = {"OPENAI_BASE_URL": "https://host/v1", "OPENAI_API_KEY": "theirs"}


@pytest.mark.parametrize(
    ("settings", "model", "environment", "server"),
    [
        (SETTINGS, None, {}, ("http://localhost:1/v1", "m", "own", 5.0)),
        (SETTINGS, "other", OPENAI, ("http://localhost:1/v1", "other", "own", 5.0)),
        (None, "m", OPENAI, ("https://host/v1", "m", "theirs", 60.0)),
        ({"model": "m"}, None, OPENAI, ("https://host/v1", "m", "theirs", 60.0)),
        # a key of the environment is not sent to a server that the settings name
        (
            {"base_url": "http://localhost:1/v1", "model": "m"},
            None,
            OPENAI,
            ("http://localhost:1/v1", "m", "none", 60.0),
        ),
    ],
    ids=["settings", "option", "environment", "both", "no foreign key"],
)
def test_where_the_server_is_named(settings: Any, model: str | None, environment: Any, server: tuple) -> None:
    server_named = Server.of(settings, model, environment)
    assert (server_named.base_url, server_named.model, server_named.api_key, server_named.seconds) == server
    assert server_named.api_key not in repr(server_named)


@pytest.mark.parametrize(
    ("settings", "environment", "message"),
    [
        (None, {"OPENAI_API_KEY": "k"}, "needs a server"),  # nothing goes to a server that nobody named
        ({"model": "m", "base_url": "file:///etc"}, {}, "needs a server"),
        ({"base_url": "http://x"}, {}, "needs a model"),
        ({"url": "http://x"}, {}, "not url"),
        ({7: "http://x", "url": "http://x"}, {}, "not 7, url"),
        ("http://x", {}, "should be a mapping"),
        ([], OPENAI, "should be a mapping"),
        (SETTINGS | {"timeout": 0}, {}, "judge.timeout"),
        (SETTINGS | {"timeout": "soon"}, {}, "judge.timeout"),
        (SETTINGS | {"timeout": True}, {}, "judge.timeout"),
        (SETTINGS | {"timeout": 3601}, {}, "judge.timeout"),
        (SETTINGS | {"timeout": float("nan")}, {}, "judge.timeout"),
    ],
)
def test_what_is_missing_or_cannot_be_read_is_said(settings: Any, environment: Any, message: str) -> None:
    with pytest.raises(GraderError, match=message):
        Server.of(settings, None, environment)


def test_a_reply_may_take_an_hour_and_as_little_as_one_likes() -> None:
    assert [Server.of(SETTINGS | {"timeout": seconds}, None, {}).seconds for seconds in (3600, 0.5)] == [3600.0, 0.5]


@pytest.mark.parametrize("settings", [{}, {"base_url": None, "model": ""}], ids=["nothing", "blanks"])
def test_settings_that_name_nothing_leave_it_to_the_environment(settings: Any) -> None:
    named = Server.of(settings, "m", OPENAI)
    assert (named.base_url, named.api_key) == (OPENAI["OPENAI_BASE_URL"], OPENAI["OPENAI_API_KEY"])


def test_the_environment_is_that_of_the_process_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OPENAI.items():
        monkeypatch.setenv(name, value)
    assert Server.of(None, "m") == Server.of(None, "m", OPENAI)
    with pytest.raises(GraderError, match="needs a server"):
        Server.of(None, "m", {})
