"""The schema of what is not asked by itself: decks, references, interviews, sources, the glossary, demos, and files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from llmquiz.language import Lang
from llmquiz.schema.questions import AnyQuestion, Claim, NumberFact, PredictionQuestion, Table, Term
from llmquiz.schema.texts import Addressable, Model, Name, Reference, Text


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
    """What this interviewer does next after one answer; tried before the follow-ups of the question itself."""

    when: Literal["missed", "contradicted", "met", "absolute", "wrong-number", "always"]
    point: Reference | None = None
    """`question.point` that decides, where `when` is about a point."""
    ask: Reference | None = None
    """A question to go on with."""
    say: Text | None = None
    """Words of the interviewer; with `ask`, spoken before the question, else the question itself. With `absolute`,
    `{words}` is what the candidate said."""


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
    draw: bool = False
    """Draw them by the seed instead of taking the first."""
    say: Text | None = None
    """How the interviewer opens the section, before the question."""
    prompt: Text | None = None
    """The first question of `ask` in the interviewer's own words, in the place of its prompt."""
    branches: list[Branch] = Field(default_factory=list)


class Weights(Model):
    """What the interviewer's verdict is made of; relative."""

    coverage: float = Field(default=1, ge=0)
    correctness: float = Field(default=1, ge=0)
    structure: float = Field(default=1, ge=0)
    brevity: float = Field(default=1, ge=0)
    evidence: float = Field(default=1, ge=0)
    """Examples, numbers, limits named."""


Occasion = Literal["wrong-number", "contradicted", "absolute", "missed", "always", "met"]
"""What in an answer makes an interviewer ask on."""


_PICKS: tuple[Occasion, ...] = ("wrong-number", "contradicted", "absolute", "missed", "always", "met")


class Interviewer(Model):
    """content/interviewers/ID.yaml: a person who interviews, whatever the topic."""

    name: Text
    manner: Text
    cares: Text
    irritated: Text
    opening: Text | None = None
    """The first words; without it each topic gives its own."""
    closing: Text | None = None
    """The last question; without it each topic gives its own."""
    weights: Weights = Field(default_factory=Weights)
    digs: int = Field(default=2, ge=0, le=6)
    """Follow-ups to one question at most."""
    picks: list[Occasion] = Field(default_factory=lambda: list(_PICKS))
    """What is picked up first; what is left out is let pass."""


class Interview(Addressable):
    """A blueprint of a mock interview: an interviewer and the sections that a topic gives them."""

    type: Literal["interview"] = "interview"
    name: Text
    manner: Text
    cares: Text
    irritated: Text
    opening: Text
    closing: Text
    weights: Weights = Field(default_factory=Weights)
    digs: int = Field(default=2, ge=0, le=6)
    """Follow-ups to one question at most."""
    picks: list[Occasion] = Field(default_factory=lambda: list(_PICKS))
    """What is picked up first; what is left out is let pass."""
    sections: list[InterviewSection] = Field(min_length=1)


class TopicInterview(Addressable):
    """A topic's part of a mock interview. What it says of the person goes before what the interviewer's file says."""

    type: Literal["interview"] = "interview"
    interviewer: Name | None = None
    """Who interviews: an ID of content/interviewers. Without it the whole person is described here."""
    name: Text | None = None
    manner: Text | None = None
    cares: Text | None = None
    irritated: Text | None = None
    opening: Text | None = None
    closing: Text | None = None
    weights: Weights | None = None
    digs: int | None = Field(default=None, ge=0, le=6)
    picks: list[Occasion] | None = None
    sections: list[InterviewSection] = Field(min_length=1)


class Deck(Model):
    """content/TOPIC/deck.yaml: what the topic is and the order to learn it in."""

    title: Text
    summary: Text
    langs: list[Lang] = Field(min_length=1)
    owners: list[str] = Field(default_factory=list)
    """Who answers for the topic: names or addresses, for whoever finds a mistake in it."""
    sections: list[Name] = Field(default_factory=list)
    """Folders of the topic in the order to read them; what is not named comes after, in the order of the alphabet."""
    order: list[Reference] = Field(default_factory=list)
    """Ids in the order to learn them; what is not named comes after, in the order of the sections and files."""
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
    measured: Text | None = None
    """What was measured, as a sentence; `{name}` stands for a figure of the finding."""
    first: bool = False
    """Whether it is among those that a minute's reading shows."""


class Caveat(Text):
    """What a measurement does not show."""

    when: Literal["own", "given"] | None = None
    """Only on the demo's own models, or only on one that was given with --model; both where it is not said."""


class DemoPrediction(PredictionQuestion):
    """A number to guess before this demo measures it."""

    topic: Name
    """The topic that it is learned with, and the first half of its id."""


class DemoText(Model):
    """content/demos/ID.yaml: the words of a demo."""

    title: Text
    shows: Text
    """What it shows, in a line."""
    answer: Text | None = None
    """What a candidate would answer, in a sentence."""
    seconds: int = Field(ge=1, le=60)
    """About how long it takes on two CPU cores."""
    claims: list[DemoClaim] = Field(min_length=1)
    words: dict[str, Text] = Field(default_factory=dict)
    """Labels of its tables and plots."""
    caveats: list[Caveat] = Field(default_factory=list)
    """What the measurement does not show."""
    predictions: list[DemoPrediction] = Field(default_factory=list)
    """What to guess before it is run."""

    def labels(self, lang: Lang) -> dict[str, str]:
        """The labels of its tables and plots, in one language."""
        return {key: text[lang] for key, text in self.words.items()}


class TopicFile(Model):
    """A file of a topic with lists of entries; each key may stand in any file."""

    format: Literal["llmquiz/1"] = "llmquiz/1"
    questions: list[AnyQuestion] = Field(default_factory=list)
    tables: list[Table] = Field(default_factory=list)
    claims: list[Claim] = Field(default_factory=list)
    numbers: list[NumberFact] = Field(default_factory=list)
    terms: list[Term] = Field(default_factory=list)
    references: list[ReferenceEntry] = Field(default_factory=list)
    interviews: list[TopicInterview] = Field(default_factory=list)
    technique: list[Technique] = Field(default_factory=list)
    leftover: list[str] = Field(default_factory=list)
    """What an import did not understand, word for word; move it where it belongs and delete it."""


class EntryFile(RootModel[Annotated[AnyQuestion | NumberFact | Term | Claim | Table, Field(discriminator="type")]]):
    """A file of a topic that holds one entry, with no list around it: an open question and all that belongs to it."""

    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)


class InterviewFile(Model):
    """content/TOPIC/interview.yaml: what each interviewer asks in this topic."""

    format: Literal["llmquiz/1"] = "llmquiz/1"
    interviews: list[TopicInterview]


class SourcesFile(Model):
    """content/sources/TOPIC.yaml: citations, each id unique over all files."""

    sources: list[Source]


class GlossaryFile(Model):
    """content/glossary.yaml, or TOPIC/glossary.yaml for terms that hold for the topic alone."""

    terms: list[GlossaryEntry]


Entry = AnyQuestion | NumberFact | Term | Claim | Table | ReferenceEntry | Interview | Technique
"""Everything that has an id of its own in a topic."""
