"""What the database keeps of mock interviews: every word as it is said, and the report at the end.

An interview is a line that names what was chosen; each turn is a line of its own, written when it is asked and again
while it is answered, so that a crash loses at most the last seconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from llmquiz.store.connection import Database
from llmquiz.store.values import micros, moment, storable


@dataclass(frozen=True, slots=True)
class Interviewed:
    """An interview as it was kept; `report` is None as long as it is not over."""

    id: str
    at: datetime
    setting: dict[str, Any]
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it was kept; `how` is empty as long as it is not answered."""

    number: int
    turn: dict[str, Any]
    text: str
    seconds: float
    how: str


class Transcripts(Database):
    """Interviews, oldest first."""

    def begin_interview(self, name: str, setting: dict[str, Any], *, at: datetime) -> str:
        """Open an interview called `name`, or `name-2` where that is taken; the name it got."""
        with self._writing():
            taken = {row[0] for row in self._rows("select id from interview where id like ?", f"{name}%")}
            # Two may begin in the same second.
            names = chain([name], (f"{name}-{number}" for number in count(2)))
            free = next(name for name in names if name not in taken)
            chosen = json.dumps(setting, ensure_ascii=False)
            self._write("insert into interview (id, at, setting) values (?, ?, ?)", free, micros(at), chosen)
        return free

    def say(self, interview: str, number: int, turn: dict[str, Any], text: str, seconds: float, how: str) -> None:
        """Keep a turn, or what has been typed of its answer so far (`how` empty)."""
        row = (interview, number, json.dumps(turn, ensure_ascii=False), storable(text), seconds, how)
        with self._writing():
            self._write("insert or replace into said values (?, ?, ?, ?, ?, ?)", *row)

    def end_interview(self, name: str, report: dict[str, Any]) -> None:
        """Close an interview with its report."""
        with self._writing():
            self._write("update interview set report = ? where id = ?", json.dumps(report, ensure_ascii=False), name)

    def interviews(self) -> tuple[Interviewed, ...]:
        """Every interview, oldest first."""
        rows = self._rows("select id, at, setting, report from interview order by at, rowid")
        return tuple(
            Interviewed(name, moment(at), json.loads(setting), json.loads(report) if report else None)
            for name, at, setting, report in rows
        )

    def said(self, interview: str) -> tuple[Said, ...]:
        """What was asked and said in an interview, in order."""
        columns = "number, turn, text, seconds, how"
        rows = self._rows(f"select {columns} from said where interview = ? order by number", interview)
        return tuple(Said(number, json.loads(turn), text, seconds, how) for number, turn, text, seconds, how in rows)
