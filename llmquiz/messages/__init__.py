"""Every text of the interface, in English and in Chinese, side by side."""

from __future__ import annotations

from typing import Literal

Lang = Literal["en", "zh"]
