"""The schema of what is asked: questions of every kind, numbers, terms, claims and tables, as pydantic models.

Ids are written by hand and permanent: an id names the item's whole history of reviews.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llmquiz.language import Lang
from llmquiz.schema.texts import Addressable, LevelField, Model, Name, Reference, Text, Texts, Verdict, VerdictField


class KeyPoint(Model):
    """One thing that a good answer says; scheduled by itself."""

    id: Name
    aka: list[Reference] = Field(default_factory=list)
    text: Text
    """The point as a full statement that could stand alone."""
    why: Text | None = None
    """Why it matters or is true: shown when the point was missed, and on demand when it was met."""
    level: LevelField | None = None
    """Where it differs from the question's."""
    weight: int = Field(default=1, ge=1, le=5)
    """Share of the score, relative to the other points."""
    also: Texts = Field(default_factory=Texts)
    """Whole sentences that say the same in a way that the grader does not see in `text`: a formula, a name."""
    sources: list[Name] = Field(default_factory=list)
    claim: Reference | None = None
    """The claim that discusses it."""


class Misconception(Model):
    """A wrong belief that answers to this question often carry."""

    id: Name
    text: Text
    """The belief, as the person who holds it would say it."""
    right: Text
    """The correction that the learner reads."""
    also: Texts = Field(default_factory=Texts)
    """Whole sentences in which the same belief sounds different."""
    contradicts: list[Name] = Field(default_factory=list)
    """Key points that this belief denies; they become contradicted when it is found."""
    claim: Reference | None = None


class Section(Model):
    """A part of a full answer, with the time that it may take."""

    title: Text
    text: Text
    seconds: int = Field(ge=5, le=600)


class Answer(Model):
    """A model answer at one depth."""

    text: Text
    seconds: int = Field(ge=5, le=600)
    """Time to say it aloud."""


class FullAnswer(Model):
    """The long answer, section by section; the budgets add up to its time."""

    seconds: int = Field(ge=30, le=1200)
    sections: list[Section] = Field(min_length=1)


class Answers(Model):
    """The model answer at three depths."""

    one_line: Answer = Field(alias="one-line")
    one_minute: Answer = Field(alias="one-minute")
    full: FullAnswer | None = None


class Hint(Model):
    """One rung of the ladder of hints, vague first."""

    text: Text
    names: list[Name] = Field(default_factory=list)
    """Key points that it gives away; met after it, they still come back soon."""


class FollowUp(Model):
    """What an interviewer asks next, chosen by how the answer went."""

    when: Literal["missed", "contradicted", "met", "always"]
    point: Name | None = None
    """The key point that decides; none with `always`."""
    ask: Reference | None = None
    """A question to go on with."""
    say: Text | None = None
    """Words of the interviewer; with `ask`, spoken before the question."""


class Partial(Model):
    """An answer that meets exactly some of the points."""

    lang: Lang
    text: str
    meets: list[Name] = Field(min_length=1)


class Question(Addressable):
    """What all questions share."""

    prompt: Text
    see: list[Reference] = Field(default_factory=list)
    """Tables, claims, questions that belong to it."""


class OpenQuestion(Question):
    """A question answered in free text and credited point by point."""

    type: Literal["open"]
    answers: Answers
    points: list[KeyPoint] = Field(min_length=1, max_length=20)
    misconceptions: list[Misconception] = Field(default_factory=list)
    hints: list[Hint] = Field(default_factory=list)
    follow_ups: list[FollowUp] = Field(default_factory=list, alias="follow-ups")
    accept: Texts = Field(default_factory=Texts)
    """Answers that meet every point; `check` grades them."""
    reject: Texts = Field(default_factory=Texts)
    """Plausible answers that meet no point: the right words negated, another concept's term, a pile of keywords."""
    partial: list[Partial] = Field(default_factory=list)


class Option(Model):
    """One option of a choice."""

    text: Text
    right: bool = False
    why: Text | None = None
    """Why it is right or wrong."""


class ChoiceQuestion(Question):
    """One right option among several; they are shown in an order drawn by the seed."""

    type: Literal["choice"]
    options: list[Option] = Field(min_length=2, max_length=9)
    hints: list[Hint] = Field(default_factory=list)


class CodeQuestion(Question):
    """A snippet with a fault or a gap. It is text: nothing of it is ever run by the program."""

    type: Literal["code"]
    code: str
    """The faulty or gapped snippet."""
    right: str
    """The snippet as it should be."""
    why: Text
    options: list[Option] = Field(default_factory=list)
    """Ways to mend it; one is right. Without options the gap is typed."""
    accept: list[str] = Field(default_factory=list)
    """Code that fills the gap, compared by its Python tokens."""
    hints: list[Hint] = Field(default_factory=list)


class OrderQuestion(Question):
    """Steps to put into order; `steps` holds them in the right one."""

    type: Literal["order"]
    steps: list[Text] = Field(min_length=3, max_length=9)
    why: Text | None = None


class PredictionQuestion(Question):
    """A number to guess before a demo measures it on this machine."""

    type: Literal["prediction"]
    measures: str
    """Field of the demo's result."""
    unit: Text | None = None
    factor: float = Field(gt=1, le=100)
    """The guess is right when it lies within this factor of what was measured."""
    why: Text


_AnyQuestion = OpenQuestion | ChoiceQuestion | CodeQuestion | OrderQuestion | PredictionQuestion
AnyQuestion = Annotated[_AnyQuestion, Field(discriminator="type")]


class NumberFact(Question):
    """A number worth knowing."""

    type: Literal["number"] = "number"
    value: int | float
    """In the unit named, written out: 175000000000, not 175."""
    unit: Text
    """`parameters`, `tokens`, `%`, `bytes`, `seconds`, `×` or any other word; shown beside the value."""
    tolerance: float = Field(default=0.05, ge=0, le=1)
    """Relative difference that still counts as right."""
    why: Text
    """Where the number comes from and what it means."""


class Term(Question):
    """A form of words that is inaccurate, and the right one."""

    type: Literal["term"] = "term"
    verdict: VerdictField = Verdict.sound
    """How the advice to prefer `right` stands: some well-known advice on terms is itself contested."""
    wrong: Texts
    """The forms to avoid or to explain."""
    right: Texts
    """Every form that is accepted; the first is the one shown."""
    noted: bool = False
    """Whether a `wrong` form that stands in somebody's open answer is pointed out; only for forms never right there."""
    why: Text


class Claim(Addressable):
    """A statement to judge."""

    type: Literal["claim"] = "claim"
    text: Text
    """The statement, as it is heard."""
    verdict: VerdictField
    right: Text
    """What holds instead, or under which conditions it holds."""
    why: Text
    """The evidence in a few sentences."""
    says: Literal["sheet", "field", "llmquiz"] = "sheet"
    """Who says it: the interview sheet, the field at large, llmquiz."""
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2})?$")
    """As of when a statement about the state of the field was judged: `2026-06`."""
    points: list[KeyPoint] = Field(default_factory=list)
    """What a good reason for the verdict says; where given, the reason is asked and graded."""
    see: list[Reference] = Field(default_factory=list)


class Column(Model):
    """A column of a table."""

    id: Name
    text: Text


class Cell(Model):
    """One cell. It is asked when it has `accept`."""

    text: Text
    why: Text | None = None
    """The reason, on demand."""
    accept: Texts = Field(default_factory=Texts)
    """Answers that count; `+` joins parts that must all stand in one sentence and `/` separates alternatives of a part:
    `all + earlier/previous + tokens`. A cell without them is shown, never asked."""
    contested: bool = False
    """Evidence conflicts: marked, and not asked as if it were settled."""
    sources: list[Name] = Field(default_factory=list)
    level: LevelField | None = None


class Row(Model):
    """A row of a table."""

    id: Name
    text: Text
    """What the row is about."""
    cells: dict[str, Cell]
    """A cell for each column id."""


class Table(Addressable):
    """A comparison table."""

    type: Literal["table"] = "table"
    title: Text
    columns: list[Column] = Field(min_length=1)
    rows: list[Row] = Field(min_length=1)


class CellQuestion(Model):
    """One cell of a table, asked by itself."""

    type: Literal["cell"] = "cell"
    table: Table
    row: Row
    column: Column
    cell: Cell
