"""A topic as the exports go through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from llmquiz.app.context import AppContext
from llmquiz.app.related import sources
from llmquiz.errors import UnknownId
from llmquiz.ids import Id

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schema.topics import Deck, Source


@dataclass
class ExportedTopic:
    """One topic in the user's language."""

    context: AppContext
    name: str

    @cached_property
    def deck(self) -> Deck:
        """What the topic says of itself."""
        return next(topic.deck for topic in self.context.collection.topics() if topic.name == self.name)

    def entries(self) -> Iterator[QuestionRef]:
        """Every entry, in the order of the files."""
        return self.context.collection.entries(topic=self.name)

    def to_learn(self) -> list[QuestionRef]:
        """Every entry, in the order to learn them."""
        # A deck may name an entry in full; all of these are of one topic.
        order = {Id(name).name: place for place, name in enumerate(self.deck.order)}
        # The sort is stable: what the deck does not name keeps the order of the files.
        return sorted(self.entries(), key=lambda entry: order.get(entry.id.name, len(order)))

    def cited(self) -> list[Source]:
        """Every source that an entry cites, the oldest first."""
        cited = {source.id: source for entry in self.entries() for source in sources(self.context, entry)}
        return sorted(cited.values(), key=lambda source: (source.year, source.authors))


def topic(context: AppContext, name: str | None) -> ExportedTopic:
    """The topic called `name`; the first, the user's own, without a name.

    Raises: UnknownId.
    """
    names = [topic.name for topic in context.collection.topics()]
    if name is not None and name not in names:
        raise UnknownId(name, names)
    return ExportedTopic(context, name or names[0])
