"""What demos found on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llmquiz.store.connection import Database
from llmquiz.store.values import micros, moment


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a demo found on this machine: its claims as `demo --json` prints them."""

    demo: str
    at: datetime
    claims: list[dict[str, Any]]


class Measurements(Database):
    """Every run is kept; the last one of a demo is shown."""

    def save_measurement(self, demo: str, at: datetime, claims: Sequence[Mapping[str, Any]]) -> None:
        """Keep what `demo` found on this machine."""
        text = json.dumps(claims)
        with self._writing():
            self._write("insert into measurement (demo, at, claims) values (?, ?, ?)", demo, micros(at), text)

    def last_measurement(self, demo: str) -> Measurement | None:
        """What `demo` found when it was last run here."""
        rows = self._rows("select at, claims from measurement where demo = ? order by id desc limit 1", demo)
        return Measurement(demo, moment(rows[0][0]), json.loads(rows[0][1])) if rows else None
