"""hypothesis drives the store beside a model of it that a reader can check: a list of answers, replayed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from llmquiz.schedule.due_dates import Memory, Rating, as_of, review
from llmquiz.store.store import Reviewed, Store

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ITEMS = [f"t/q{n}.{part}" for n in range(2) for part in "ab"]
VERDICTS = st.sampled_from(
    [("met", Rating.good), ("met", Rating.again), ("partly", Rating.again), ("undecided", None), ("met", Rating.easy)]
)
TEXTS = st.text(max_size=20)
CREDIT = {"met": 1.0, "partly": 0.5, "undecided": 0.0}


@dataclass
class Given:
    """An answer in the model."""

    at: datetime
    text: str
    verdicts: dict[str, tuple[str, Rating | None]]
    undone: bool = False


@dataclass
class Model:
    """What the store must say after the same calls."""

    answers: list[Given] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    present: datetime = START

    def memories(self) -> dict[str, Memory]:
        memories: dict[str, Memory] = {}
        for given in self.answers:
            for old, (_, rating) in sorted(given.verdicts.items()):
                if rating is not None and not given.undone:
                    item = self.names.get(old, old)
                    memories[item] = review(memories.get(item), item, rating, given.at)
        return {item: as_of(memory, self.present) for item, memory in memories.items()}


class StoreMachine(RuleBasedStateMachine):
    """Every call that writes, in any order, with clocks that jump, and the file opened anew in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "llmquiz.db"
        self.store = Store.open(self.path, now=START)
        self.model = Model()
        self.at = START
        self.lines: list[dict[str, Any]] = []

    def teardown(self) -> None:
        faults = self.store.check()
        self.store.close()
        self.folder.cleanup()
        assert faults == []

    @rule(hours=st.integers(-100, 1000))
    def time_passes_or_the_clock_is_set(self, hours: int) -> None:
        self.at += timedelta(hours=hours, microseconds=hours)

    @rule(text=TEXTS, verdicts=st.dictionaries(st.sampled_from(ITEMS), VERDICTS, max_size=3))
    def record(self, text: str, verdicts: dict[str, tuple[str, Rating | None]]) -> None:
        reviews = [Reviewed(item, state, rating, CREDIT[state]) for item, (state, rating) in verdicts.items()]
        number = self.store.record(
            at=self.at, sitting="s", question="t/q0", lang="zh", source="mock", answer=text, hash="h", reviews=reviews
        )
        self.model.answers.append(Given(self.at, text, dict(verdicts)))
        self.model.present = max(self.model.present, self.at)
        self.model.drafts.pop("t/q0", None)
        assert number == len(self.model.answers)

    @precondition(lambda self: any(not given.undone for given in self.model.answers))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        standing = [number for number, given in enumerate(self.model.answers, 1) if not given.undone]
        number = data.draw(st.sampled_from(standing))
        self.store.undo(number, at=self.at)
        self.model.answers[number - 1].undone = True

    @precondition(lambda self: any(given.verdicts and not given.undone for given in self.model.answers))
    @rule(data=st.data(), verdict=VERDICTS)
    def overrule(self, data: st.DataObject, verdict: tuple[str, Rating | None]) -> None:
        standing = [
            (number, item)
            for number, given in enumerate(self.model.answers, 1)
            for item in given.verdicts
            if not given.undone
        ]
        number, item = data.draw(st.sampled_from(standing))
        self.store.overrule(number, item, *verdict, at=self.at)
        self.model.answers[number - 1].verdicts[item] = verdict

    @rule(names=st.lists(st.sampled_from([*ITEMS, "t/q2.a"]), min_size=2, max_size=2, unique=True))
    def rename(self, names: list[str]) -> None:
        """A new name is current, whatever it was called before; what was called by the old one follows."""
        old, new = names
        self.store.rename({old: new})
        self.model.names.pop(new, None)
        self.model.names = {name: new if target == old else target for name, target in self.model.names.items()}
        self.model.names[old] = new

    @rule()
    def rebuild(self) -> None:
        self.store.rebuild()

    @rule()
    def close_and_open(self) -> None:
        self.store.close()
        self.store = Store.open(self.path, now=self.at)
        self.model.present = self.at

    @rule(question=st.sampled_from(["t/q0", "t/q1"]), text=TEXTS)
    def draft(self, question: str, text: str) -> None:
        self.store.save_draft(question, text)
        if text.strip():
            self.model.drafts[question] = text
        else:
            self.model.drafts.pop(question, None)

    @invariant()
    def memory_is_the_log_replayed(self) -> None:
        assert self.store.memories() == self.model.memories()

    @invariant()
    def answers_are_what_was_given(self) -> None:
        stored = [
            (
                answer.at,
                answer.text,
                answer.undone,
                {verdict.item: (verdict.state, verdict.rating, verdict.score) for verdict in answer.reviews},
            )
            for answer in self.store.answers()
        ]
        given = [
            (
                answer.at,
                answer.text,
                answer.undone,
                {} if answer.undone else {i: (s, r, CREDIT[s]) for i, (s, r) in answer.verdicts.items()},
            )
            for answer in self.model.answers
        ]
        assert stored == given

    @invariant()
    def no_line_of_the_log_ever_changes(self) -> None:
        lines = list(self.store.log())
        assert lines[: len(self.lines)] == self.lines
        self.lines = lines

    @invariant()
    def drafts_wait(self) -> None:
        assert {
            name: text for name in ("t/q0", "t/q1") if (text := self.store.draft(name)) is not None
        } == self.model.drafts


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=30, stateful_step_count=25, deadline=None, derandomize=True)
