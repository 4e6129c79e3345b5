"""What all content shares: names, texts in two languages, levels, verdicts.

A field's docstring is its specification, the hint that editors show, and part of content/schema/*.json.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins takes longer than all models here

from pydantic import BaseModel, ConfigDict, Field

from llmquiz.ids import LONGEST, NAME
from llmquiz.language import Lang

Name = Annotated[str, Field(pattern=f"^{NAME}$", max_length=LONGEST)]
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
    return _FOLD.sub("", text) if " " in text else text


class Text(Model):
    """One text in each language of its deck, as Markdown."""

    en: str | None = Field(default=None, min_length=1)
    zh: str | None = Field(default=None, min_length=1)

    def __getitem__(self, lang: Lang) -> str:
        """The text in `lang`, else in the other language of a deck that has only one."""
        if lang == "en" and self.en:
            return self.en
        return _unfolded(self.zh or "") or self.en or ""


class Texts(Model):
    """Several texts, a list a language; the lists need not correspond."""

    en: list[str] = Field(default_factory=list)
    zh: list[str] = Field(default_factory=list)

    def __getitem__(self, lang: Lang) -> list[str]:
        return self.en if lang == "en" else [_unfolded(text) for text in self.zh]


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
    aka: list[Reference] = Field(default_factory=list)
    """Former ids; their reviews count for this one."""
    level: LevelField = Level.deep
    """core: needed for a sound three-minute answer; deep: asked by a specialist; expert: asked by a researcher."""
    sources: list[Name] = Field(default_factory=list)
    """Ids in content/sources."""
    demo: Name | None = None
    """The demo that measures what is said here."""
    note: Text | None = None
    """A remark shown after the answer: scope, date, caveat."""


def dump(entry: Model) -> dict[str, Any]:
    """`entry` as plain data, short: what the compiled cache and the hash of a question are made from."""
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
