"""Ids: `topic/name` of an entry, `topic/name.part` of what is inside it; hand-written, permanent, keys of the log.

An `Id` is a text like any other, for a database or JSON, that knows its parts.
"""

from __future__ import annotations

import re

NAME = "[a-z0-9]+(-[a-z0-9]+)*"
"""How one part of an id is spelt, as a regular expression."""
LONGEST = 80
"""Characters of one part."""


def is_name(text: str) -> bool:
    """Whether a text can be one part of an id: a topic, an entry, a point."""
    return len(text) <= LONGEST and re.fullmatch(NAME, text) is not None


class Id(str):
    """An id, or as much of one as somebody typed: without `topic/` the topic is empty."""

    __slots__ = ()

    @property
    def topic(self) -> str:
        """`decoder-only` of `decoder-only/caches.self`; empty where the id does not say."""
        return self.partition("/")[0] if "/" in self else ""

    @property
    def short(self) -> str:
        """`caches.self` of `decoder-only/caches.self`."""
        return self.rpartition("/")[2]

    @property
    def name(self) -> str:
        """`caches` of `decoder-only/caches.self`."""
        return self.short.partition(".")[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """`("self",)` of `decoder-only/caches.self`; none for an entry, two for a cell."""
        return tuple(self.short.split(".")[1:])

    @property
    def entry(self) -> Id:
        """`decoder-only/caches` of `decoder-only/caches.self`: what a part is inside of, an entry itself."""
        return Id(self.partition(".")[0])

    def part(self, *names: str) -> Id:
        """What is inside: a point of a question, a row and column of a table."""
        return Id(".".join((self, *names)))

    def within(self, other: str) -> bool:
        """Whether it is `other` or inside it; `other` may be a topic."""
        # With the mark behind it: `t/caches` is not inside `t/cache`.
        return self == other or self.startswith((f"{other}.", f"{other}/"))

    def in_topic(self, topic: str) -> Id:
        """The full id: `caches` in the topic decoder-only is `decoder-only/caches`, a full one stays as it is."""
        return self if "/" in self else Id(f"{topic}/{self}")
