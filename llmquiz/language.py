"""Which language the user reads."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from llmquiz import paths
from llmquiz.errors import LlmquizError
from llmquiz.texts import Lang


@cache
def settings() -> dict[str, Any]:
    """The user's settings.yaml: `lang`, `content` (folders), `rate` (words or characters a minute), `encoder` (a
    checkpoint), `judge` (`base_url`, `model`, `api_key`)."""
    path = paths.settings_file()
    if not path.exists():
        return {}
    from llmquiz.reading import read

    data, faults = read(path, str(path))
    if faults or not isinstance(data or {}, dict):
        problem = faults[0].message if faults else "should be a mapping of keys to values"
        raise LlmquizError(f"{path}: {problem}", f"{path}：{faults[0].text('zh') if faults else '应为“键: 值”的映射'}")
    return data or {}


def choose(option: str | None, *, strict: bool = True) -> Lang:
    """The language: the option, else LLMQUIZ_LANG, else settings.yaml, else the locale (C means English)."""
    wish = option or os.environ.get("LLMQUIZ_LANG") or ("" if not strict else settings().get("lang")) or _locale()
    if wish in ("en", "zh"):
        return "zh" if wish == "zh" else "en"
    if strict:
        raise LlmquizError(f"No language {wish!r}: use en or zh.", f"没有“{wish}”这种语言：请用 en 或 zh。")
    return "en"


def _locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
