"""The grader that the user asked for, for open questions; everything else is always judged by `points`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from llmquiz.errors import GraderError
from llmquiz.grading.score import Score

if TYPE_CHECKING:
    from llmquiz.grading.text.glossary import Glossary
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion, Term


class Name(StrEnum):
    """The graders by name."""

    points = "points"
    encoder = "encoder"
    judge = "judge"


class OpenGrader(Protocol):
    """Judges open answers."""

    def __call__(
        self, question: OpenQuestion, response: str, lang: Lang, terms: Sequence[Term] = (), seconds: int | None = None
    ) -> Score:
        """The Score of one answer; `seconds` is the length asked for."""

    def problems(self, lang: Lang) -> list[str]:
        """What did not go as it should since the last call, a line each."""


class Points:
    """The default grader behind the same interface."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary

    def __call__(
        self, question: OpenQuestion, response: str, lang: Lang, terms: Sequence[Term] = (), seconds: int | None = None
    ) -> Score:
        """The Score of one answer."""
        from llmquiz.grading.kinds.open import grade_open

        return grade_open(question, response, lang, glossary=self._glossary, terms=terms, seconds=seconds)

    def problems(self, lang: Lang) -> list[str]:
        """Nothing."""
        return []


def named(name: Name, model: str | None, glossary: Glossary, settings: dict[str, Any]) -> OpenGrader:
    """The grader called `name`, ready to judge.

    Raises:
        GraderError: it cannot be used here; the message says what is missing.
    """
    match name:
        case Name.points:
            # Said rather than passed over: whoever names a model expects it to judge.
            if model:
                raise GraderError("grader.model-without-grader")
            return Points(glossary)
        case Name.encoder:
            from llmquiz.grading.optional.encoder import Encoder

            return Encoder.load(model or _text(settings, "encoder"), glossary)
        case Name.judge:
            from llmquiz.grading.optional.llm_judge import LlmJudge
            from llmquiz.grading.optional.server import Server

            return LlmJudge(Server.of(settings.get("judge"), model), glossary)


def _text(settings: dict[str, Any], key: str) -> str:
    value = settings.get(key)
    if not isinstance(value, str) or not value.strip():
        raise GraderError("grader.none-named", key=key)
    return value
