"""The schema of content: what the YAML files hold, as pydantic models.

A field's docstring is its specification, the hint that editors show, and part of content/schema.json.
Every text that a learner reads is a `Text`, one string a language. Ids are written by hand and permanent: an id
names the item's whole history of reviews.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins takes longer than all models here

from pydantic import BaseModel, ConfigDict, Field

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""One part of an id: small letters, digits and single hyphens."""

Reference = Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)?(\.[a-z0-9-]+){0,2}$")]
"""An id elsewhere: `topic/name`, `name` where that is unique, `name.part` for an item inside it."""


class Model(BaseModel):
    """What all schema models share: unknown keys are faults, no silent conversion, built only when first used."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        defer_build=True,
        use_attribute_docstrings=False,
        populate_by_name=True,
    )


_FOLD = re.compile(
    r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])|(?<=[，。、；：？！）》」”]) | (?=[，。、；：？！）》」”])"
)


def _unfolded(text: str) -> str:
    """`text` without the spaces that YAML puts where it folds the lines of a Chinese paragraph."""
    return _FOLD.sub("", text) if " " in text and not text.isascii() else text


class Text(Model):
    """One text in each language of its deck, as Markdown."""

    en: str | None = Field(default=None, min_length=1)
    zh: str | None = Field(default=None, min_length=1)

    def __getitem__(self, lang: Lang) -> str:
        """The text in `lang`, else in the other language of a deck that has only one."""
        return _unfolded((self.en or self.zh or "") if lang == "en" else (self.zh or self.en or ""))


class Texts(Model):
    """Several texts, a list a language; the lists need not correspond."""

    en: list[str] = []
    zh: list[str] = []

    def __getitem__(self, lang: Lang) -> list[str]:
        return [_unfolded(text) for text in (self.en if lang == "en" else self.zh)]


class Level(StrEnum):
    """How far a learner wants to go; each level includes the ones before."""

    core = "core"
    deep = "deep"
    expert = "expert"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Verdict(StrEnum):
    """How a statement stands against the evidence."""

    sound = "sound"
    imprecise = "imprecise"
    contested = "contested"
    wrong = "wrong"
    unverifiable = "unverifiable"


LevelField = Annotated[Level, Field(strict=False)]
VerdictField = Annotated[Verdict, Field(strict=False)]


class Addressable(Model):
    """What everything with an id of its own shares."""

    id: Name
    """Permanent name inside the topic; renaming it loses its history unless the old name goes into `aka`."""
    aka: list[Reference] = []
    """Former ids; their reviews count for this one."""
    level: LevelField = Level.deep
    """core: needed for a sound three-minute answer; deep: asked by a specialist; expert: asked by a researcher."""
    sources: list[Name] = []
    """Ids in content/sources.yaml."""
    demo: Name | None = None
    """The demo that measures what is said here."""
    note: Text | None = None
    """A remark shown after the answer: scope, date, caveat."""


class KeyPoint(Model):
    """One thing that a good answer says; scheduled by itself."""

    id: Name
    aka: list[Reference] = []
    text: Text
    """The point as a full statement that could stand alone."""
    why: Text | None = None
    """Why it matters or is true: shown when the point was missed, and on demand when it was met."""
    level: LevelField | None = None
    """Where it differs from the question's level."""
    weight: int = Field(default=1, ge=1, le=5)
    """Share of the score, relative to the other points."""
    cues: Texts = Field(default_factory=Texts)
    """Phrasings that meet the point. In one cue, `+` joins parts that must all stand in one sentence and `/` separates
    alternatives of a part: `loss + every/each/all + token/position`."""
    not_cues: Texts = Field(default_factory=Texts, alias="not-cues")
    """Same form as `cues`: phrasings that say the opposite; they make the point contradicted."""
    sources: list[Name] = []
    claim: Reference | None = None
    """The claim that discusses it."""


class Misconception(Model):
    """A wrong belief that answers to this question often carry."""

    id: Name
    text: Text
    """The belief, as the person who holds it would say it."""
    right: Text
    """The correction that the learner reads."""
    cues: Texts = Field(default_factory=Texts)
    """Phrasings that betray it, in the form of a key point's `cues`."""
    contradicts: list[Name] = []
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
    names: list[Name] = []
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
    see: list[Reference] = []
    """Tables, claims, questions that belong to it."""


class OpenQuestion(Question):
    """A question answered in free text and credited point by point."""

    type: Literal["open"]
    answers: Answers
    points: list[KeyPoint] = Field(min_length=1, max_length=20)
    misconceptions: list[Misconception] = []
    hints: list[Hint] = []
    follow_ups: list[FollowUp] = Field(default=[], alias="follow-ups")
    accept: Texts = Field(default_factory=Texts)
    """Answers that meet every point; `check` grades them."""
    reject: Texts = Field(default_factory=Texts)
    """Plausible answers that meet no point: the right words negated, another concept's term, a pile of keywords."""
    partial: list[Partial] = []


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
    hints: list[Hint] = []


class CodeQuestion(Question):
    """A snippet with a fault or a gap. It is text: nothing of it is ever run by the program."""

    type: Literal["code"]
    code: str
    """The faulty or gapped snippet."""
    right: str
    """The snippet as it should be."""
    why: Text
    options: list[Option] = []
    """Ways to mend it; one is right. Without options the gap is typed."""
    accept: list[str] = []
    """Code that fills the gap, compared by its Python tokens."""
    hints: list[Hint] = []


class OrderQuestion(Question):
    """Steps to put into the right order."""

    type: Literal["order"]
    steps: list[Text] = Field(min_length=3, max_length=9)
    """In the right order."""
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


AnyQuestion = Annotated[
    OpenQuestion | ChoiceQuestion | CodeQuestion | OrderQuestion | PredictionQuestion, Field(discriminator="type")
]


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
    points: list[KeyPoint] = []
    """What a good reason for the verdict says; where given, the reason is asked and graded."""
    see: list[Reference] = []


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
    """Answers that count, in the form of a key point's `cues`; a cell without them is shown, never asked."""
    contested: bool = False
    """Evidence conflicts: marked, and not asked as if it were settled."""
    sources: list[Name] = []
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


class ReferenceEntry(Addressable):
    """A paper, book or blog worth reading, with what to take from it."""

    type: Literal["reference"] = "reference"
    title: Text
    what: Text
    """What it established, and what to remember of it."""
    caveat: Text | None = None
    """Where it was corrected or is often misquoted."""
    kind: Literal["paper", "book", "blog", "docs"] = "paper"


class Technique(Addressable):
    """A piece of advice on how to answer."""

    type: Literal["technique"] = "technique"
    kind: Literal["step", "do", "dont", "bonus"]
    text: Text
    """The advice in a line."""
    why: Text
    example: Text | None = None
    seconds: int | None = None
    """Time budget of a step."""


class Branch(Model):
    """What the interviewer does next after one answer."""

    when: Literal["missed", "contradicted", "met", "absolute", "wrong-number", "always"]
    point: Reference | None = None
    """`question.point` that decides, where `when` is about a point."""
    ask: Reference | None = None
    say: Text | None = None


class InterviewSection(Model):
    """A stretch of the interview."""

    id: Name
    title: Text
    minutes: int = Field(ge=1, le=60)
    depth: Literal["one-line", "one-minute", "full"] = "one-minute"
    """How long an answer the interviewer wants here."""
    ask: list[Reference] = Field(min_length=1)
    """Questions to choose from, in order of preference."""
    most: int = Field(default=1, ge=1, le=9)
    """At most so many of them."""
    say: Text | None = None
    """How the interviewer opens the section."""
    branches: list[Branch] = []


class Weights(Model):
    """What the interviewer's verdict is made of; relative."""

    coverage: float = Field(default=1, ge=0)
    correctness: float = Field(default=1, ge=0)
    structure: float = Field(default=1, ge=0)
    brevity: float = Field(default=1, ge=0)
    evidence: float = Field(default=1, ge=0)
    """Examples, numbers, limits named."""


class Interview(Addressable):
    """A blueprint of a mock interview."""

    type: Literal["interview"] = "interview"
    name: Text
    manner: Text
    cares: Text
    irritated: Text
    opening: Text
    closing: Text
    weights: Weights = Field(default_factory=Weights)
    sections: list[InterviewSection] = Field(min_length=1)


class Deck(Model):
    """content/TOPIC/deck.yaml: what the topic is and the order to learn it in."""

    title: Text
    summary: Text
    langs: list[Lang] = Field(min_length=1)
    order: list[Reference] = []
    """Ids in the order to learn them; what is not named comes after, in the order of the files."""
    needs: str | None = None
    """The oldest version of llmquiz that can use the topic: `0.1`."""


class Source(Model):
    """A citation."""

    id: Name
    title: str
    authors: str
    year: int = Field(ge=1900, le=2100)
    arxiv: str | None = Field(default=None, pattern=r"^\d{4}\.\d{4,5}$")
    url: str | None = None
    note: Text | None = None


class GlossaryEntry(Model):
    """A term of the field with its synonyms; the grader treats them as one word."""

    id: Name
    en: list[str] = Field(min_length=1)
    """The usual form first, then synonyms and abbreviations."""
    zh: list[str] = Field(min_length=1)
    what: Text | None = None
    """What it means, in a line."""


class DemoClaim(Model):
    """The words of one claim of a demo; its test is in the code."""

    id: Name
    text: Text
    says: Literal["llmquiz", "sheet"]
    expected: bool
    """What llmquiz expects: false for a claim of the sheet that does not hold."""
    why: Text | None = None


class DemoWords(Model):
    """content/demos/ID.yaml: the words of a demo."""

    title: Text
    shows: Text
    """What it shows, in a line."""
    seconds: int = Field(ge=1, le=60)
    """About how long it takes on two CPU cores."""
    claims: list[DemoClaim] = Field(min_length=1)
    words: dict[str, Text] = {}
    """Labels of its tables and plots."""
    caveats: list[Text] = []
    """What the measurement does not show."""


class TopicFile(Model):
    """Any file of a topic except deck.yaml; each key may stand in any file."""

    format: Literal["llmquiz/1"] = "llmquiz/1"
    questions: list[AnyQuestion] = []
    tables: list[Table] = []
    claims: list[Claim] = []
    numbers: list[NumberFact] = []
    terms: list[Term] = []
    references: list[ReferenceEntry] = []
    interviews: list[Interview] = []
    technique: list[Technique] = []


class SourcesFile(Model):
    """content/sources.yaml."""

    sources: list[Source]


class GlossaryFile(Model):
    """content/glossary.yaml."""

    terms: list[GlossaryEntry]


Entry = AnyQuestion | NumberFact | Term | Claim | Table | ReferenceEntry | Interview | Technique
"""Everything that has an id of its own in a topic."""


def dump(entry: Model) -> dict[str, Any]:
    """`entry` as plain data, short: what the compiled cache and the hash of a question are made from."""
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class CellQuestion(Model):
    """One cell of a table, asked by itself."""

    type: Literal["cell"] = "cell"
    table: Table
    row: Row
    column: Column
    cell: Cell
