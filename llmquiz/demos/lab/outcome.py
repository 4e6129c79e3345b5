"""What came of a demo: its Result, and every claim with what its test says of it; without torch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.reasons import REASONS
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import DemoText

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """A claim, and what was found about it here."""

    id: str
    text: Text
    says: str
    expected: bool
    measured: str
    holds: bool | None
    why: Text | None
    sentence: Text | None = None
    """What was measured, in words, where the claim has a sentence for it."""
    first: bool = False

    @property
    def surprising(self) -> bool:
        """It could be tested here and came out other than expected."""
        return self.holds is not None and self.holds is not self.expected


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a demo."""

    demo: str
    device: str
    dtype: str
    seconds: float
    settings: dict[str, Any]
    versions: dict[str, str]
    result: Any
    claims: tuple[ClaimOutcome, ...]
    model: str | None = None
    """The real model that was measured, and where it came from; None where the demo's own were."""
    recorded: str | None = None
    """The day on which it was measured, where that was not now."""

    def json(self) -> dict[str, Any]:
        """The outcome as data that `json.dumps` takes."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return plain | {"result": dataclasses.asdict(self.result), "claims": [_claim_json(c) for c in self.claims]}


def _claim_json(claim: ClaimOutcome) -> dict[str, Any]:
    plain = {field.name: getattr(claim, field.name) for field in dataclasses.fields(claim)}
    texts = {"text": claim.text, "why": claim.why, "sentence": claim.sentence}
    return plain | {name: text.model_dump() if text else None for name, text in texts.items()}


def steady(result: Any) -> dict[str, Any]:
    """A Result as plain data without what comes from a clock."""
    fields = {
        f.name: getattr(result, f.name) for f in dataclasses.fields(result) if not str(f.type).startswith("Varies[")
    }
    return {name: _steady(value) for name, value in fields.items()}


def _steady(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_steady(item) for item in value)
    return steady(value) if dataclasses.is_dataclass(value) else value


def judged(tests: Mapping[str, Callable[[R], Finding]], result: R, words: DemoText) -> tuple[ClaimOutcome, ...]:
    """Every claim of `words` with what its test says of `result`."""
    outcomes = []
    for claim in words.claims:
        finding = tests[claim.id](result)
        reason = words.words.get(finding.why) or REASONS.get(finding.why) if finding.holds is None else claim.why
        assert reason or finding.holds is not None, f"{claim.id}: no words for the reason {finding.why!r}"
        outcomes.append(
            ClaimOutcome(
                claim.id,
                claim.text,
                claim.says,
                claim.expected,
                finding.measured,
                finding.holds,
                reason,
                _filled(claim.measured, finding.figures),
                claim.first,
            )
        )
    return tuple(outcomes)


def _filled(sentence: Text | None, figures: Mapping[str, str]) -> Text | None:
    """The sentence with its figures, in each language."""
    if sentence is None:
        return None
    return Text(**{lang: text.format(**figures) for lang, text in sentence.model_dump().items() if text})
