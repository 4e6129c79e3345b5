"""The verdict on one answer on the screen, and what its keys show, change and ask again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.app import answering, related
from llmquiz.app.conversation import Attempt
from llmquiz.app.paging import paged, rows
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schema.questions import OpenQuestion
from llmquiz.ui.document import answers, from_entry, verdict
from llmquiz.ui.document.fitting import Fitted, Piece
from llmquiz.ui.document.prose import Indent, Styled, heading
from llmquiz.ui.document.screen import renderables

if TYPE_CHECKING:
    from llmquiz.app.context import AppContext
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.ui.keyboard.ask import Asker


@dataclass
class Feedback:
    """What is shown of an answer; `score` is what stands, the learner's own verdicts included."""

    context: AppContext
    attempt: Attempt
    score: Score
    level: int
    depth: str
    settle: Callable[[dict[str, PointState]], Score]
    """Keeps the learner's own verdicts on some points, and says what the Score is with them."""
    hidden: Collection[str] = ()
    """Questions still to be asked in this sitting: nothing shown here answers them."""
    before: int | None = None
    """The score, of 100, before what was missed was tried again."""

    @property
    def question(self) -> QuestionRef:
        """What was asked."""
        return self.attempt.question

    @property
    def missed(self) -> list[str]:
        """The points asked for that were not met, in their order; of a single answer the one without a name."""
        return [point.id for point in self.numbered or self.score.points[:1] if point.state.lost]

    @property
    def percent(self) -> int:
        """The score, of 100."""
        entry = self.question.entry
        value = verdict.percent(entry, self.score, self.level) if isinstance(entry, OpenQuestion) else None
        return round(100 * self.score.value) if value is None else value

    @property
    def numbered(self) -> list[PointScore]:
        """The points as the screen numbers them; none for a single answer."""
        entry = self.question.entry
        return verdict.asked_for(entry, self.score, self.level) if isinstance(entry, OpenQuestion) else []

    def pieces(self, after: str) -> list[Piece]:
        """The verdict, piece by piece; `after`: what comes of it."""
        words = self.context.words
        shown = verdict.verdict(
            self.question,
            self.score,
            self.attempt.response,
            words,
            level=self.level,
            before=self.before,
            terms=answering.noted_terms(self.context),
            measured=answering.measured_before(self.context, self.question.entry),
        )
        return [*shown, *([Piece(Text(after, style="dim"))] if after else [])]

    def draw(self, keys: str, after: str) -> None:
        """Show the verdict in what the screen holds above the keys."""
        self.context.show("", Fitted(self.pieces(after), rows(self.context, keys) - 1))

    def draw_whole(self) -> None:
        """Show it for who has no keys: the verdict, the answer, and the first of what belongs."""
        self.context.show("", Fitted(self.pieces("")))
        self.context.show(*answers.answer(self.question, self.context.words, self.depth))
        self.context.show(*related.belongings(self.context, self.question, hidden=self.hidden))

    def views(self) -> dict[str, Callable[[], Collection[RenderableType]]]:
        """By its key what can be looked at."""
        context, question = self.context, self.question
        views: dict[str, Callable[[], Collection[RenderableType]]] = {"a": self._answer}
        if isinstance(question.entry, OpenQuestion):
            views["w"] = self._reasons
        if related.tables_of(context, question):
            views["t"] = lambda: list(related.tables(context, question, self.hidden, reasons=False))
        if related.sources(context, question):
            views["s"] = lambda: [show_sources(context, question)]
        return views | {"m": self._everything}

    def look(self, asker: Asker, key: str) -> None:
        """Show what belongs to a key, a screenful at a time."""
        paged(self.context, asker, *self.views()[key](), back=True)

    def _answer(self) -> list[RenderableType]:
        """The model answer; pressed again, at the next depth."""
        shown = list(answers.answer(self.question, self.context.words, self.depth))
        depths = from_entry.DEPTHS
        self.depth = depths[(depths.index(self.depth) + 1) % len(depths)]
        return shown

    def _reasons(self) -> list[RenderableType]:
        return list(renderables(from_entry.rubric(self.question.entry, self.context.words)))

    def _everything(self) -> list[RenderableType]:
        context, question, words = self.context, self.question, self.context.words
        parts: list[RenderableType] = [Fitted(self.pieces(""))]
        if isinstance(question.entry, OpenQuestion) and self.attempt.response.strip():
            parts += [
                heading(words("back.your-answer")),
                Indent(Styled(verdict.marked(self.attempt.response, self.score)), 2),
            ]
        for depth in from_entry.DEPTHS if isinstance(question.entry, OpenQuestion) else [self.depth]:
            parts += answers.answer(question, words, depth)
        if isinstance(question.entry, OpenQuestion):
            parts += self._reasons()
        return [*parts, *related.belongings(context, question, everything=True, keys=True, hidden=self.hidden)]


def show_sources(context: AppContext, question: QuestionRef) -> RenderableType:
    """The citations of a question, all of them."""
    from llmquiz.ui.document import show

    return Group(*show.sources(related.sources(context, question), context.words))
