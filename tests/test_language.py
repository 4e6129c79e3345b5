"""Which language is spoken: what is said outright before what the system says of its user."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from llmquiz import language
from llmquiz.errors import LlmquizError

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX asks them."""


@pytest.fixture(autouse=True)
def no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that names a language is set."""
    for name in (*LOCALE, "LLMQUIZ_LANG"):
        monkeypatch.delenv(name, raising=False)


def test_the_option_goes_before_the_environment_before_the_settings_before_the_locale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language.choose(None, None) == "zh"
    assert language.choose(None, "en") == "en"
    monkeypatch.setenv("LLMQUIZ_LANG", "zh")
    assert language.choose(None, "en") == "zh"
    assert language.choose("en", "zh") == "en"


@pytest.mark.parametrize("first", range(len(LOCALE)))
def test_the_first_variable_of_the_locale_that_is_not_empty_decides(
    monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    for name in LOCALE[:first]:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv(LOCALE[first], "zh_CN.UTF-8")
    for name in LOCALE[first + 1 :]:
        monkeypatch.setenv(name, "en_GB.UTF-8")
    assert language.choose(None, None) == "zh"


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("zh_TW", "zh"), ("ZH", "zh"), ("C", "en"), ("POSIX", "en"), ("de_DE.UTF-8", "en"), ("en_ZH", "en"), ("", "en")],
)
def test_every_chinese_is_chinese_and_any_other_locale_is_english(
    monkeypatch: pytest.MonkeyPatch, locale: str, lang: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("LANG", locale)
    assert language.choose(None, None) == lang


@pytest.mark.parametrize("chosen", ["fr", "zh_CN", "EN"])
def test_a_language_that_is_none_of_ours_is_refused_and_english_where_nobody_can_be_told(
    monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    with pytest.raises(LlmquizError) as refused:
        language.choose(chosen, "zh")
    assert [chosen in refused.value.text(lang) for lang in language.LANGS] == [True, True]
    assert language.choose(chosen, "zh", strict=False) == "en"


@pytest.mark.parametrize(("code", "lang"), [(0x0804, "zh"), (0x0404, "zh"), (0x0409, "en"), (0xFFFF, "en")])
def test_windows_says_its_language_where_no_variable_does(
    monkeypatch: pytest.MonkeyPatch, code: int, lang: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    kernel = SimpleNamespace(kernel32=SimpleNamespace(GetUserDefaultUILanguage=lambda: code))
    monkeypatch.setattr(ctypes, "windll", kernel, raising=False)
    assert language.choose(None, None) == lang
    monkeypatch.setenv("LANG", "zh_CN.UTF-8" if lang == "en" else "en_US.UTF-8")
    assert language.choose(None, None) != lang
