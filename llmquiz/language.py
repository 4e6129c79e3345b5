"""Which language the user reads."""

from __future__ import annotations

import os
import sys

from llmquiz.errors import LlmquizError
from llmquiz.messages import Lang as Lang

LANGS: tuple[Lang, ...] = ("en", "zh")


def choose(option: str | None, configured: str | None, *, strict: bool = True) -> Lang:
    """The language: the option, else LLMQUIZ_LANG, else what settings.yaml says, else the locale (C means English).

    Raises: LlmquizError where it is no language of ours, unless not `strict`: then English.
    """
    chosen = option or os.environ.get("LLMQUIZ_LANG") or configured or _locale()
    if chosen in ("en", "zh"):
        return "zh" if chosen == "zh" else "en"
    if strict:
        raise LlmquizError("language.none", options=chosen)
    return "en"


def _locale() -> str:
    # In the order of POSIX: the first that is set decides.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if sys.platform == "win32" and _of_windows().startswith("zh") else "en"


def _of_windows() -> str:
    """The language of Windows' own screens, such as zh_CN; empty where it cannot be told."""
    import ctypes
    import locale

    # By name, since ctypes has no windll elsewhere, and mypy reads this on every system.
    kernel = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    return locale.windows_locale.get(kernel.GetUserDefaultUILanguage(), "") if kernel else ""
