"""The field's synonyms and abbreviations in both languages, looked up as one word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmquiz.schema.topics import GlossaryEntry

Form = tuple[tuple[str, ...], str]
"""The rest of a form after its first token, and the term that it stands for."""


@dataclass(frozen=True, slots=True, eq=False)
class Glossary:
    """Terms by the first token of each of their forms, longest form first; equal only to itself, so that it hashes."""

    forms: dict[str, tuple[Form, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: Iterable[GlossaryEntry]) -> Glossary:
        """The glossary of content/glossary.yaml; a single Han character is no form, it stands in too many words."""
        from llmquiz.grading.text.read import keys  # its patterns take longer to compile than all else here to import

        listed = [(f"@{entry.id}", keys(form)) for entry in entries for form in (*entry.en, *entry.zh)]
        return cls._of([(term, form) for term, form in listed if form and not (len(form) == 1 and form[0] > "\u33ff")])

    @classmethod
    def from_json(cls, data: list[list[str]]) -> Glossary:
        """The glossary that `to_json` wrote."""
        return cls._of([(term, tuple(form)) for term, *form in data])

    def to_json(self) -> list[list[str]]:
        """Plain lists for the compiled cache: the term, then the tokens of one form."""
        return [[term, first, *rest] for first, forms in self.forms.items() for rest, term in forms]

    @classmethod
    def _of(cls, listed: Iterable[tuple[str, tuple[str, ...]]]) -> Glossary:
        forms: dict[str, set[Form]] = {}
        for term, (first, *rest) in listed:
            forms.setdefault(first, set()).add((tuple(rest), term))
        return cls({first: tuple(sorted(entries, key=_longest_first)) for first, entries in forms.items()})

    def found(self, tokens: tuple[str, ...], place: int) -> list[tuple[int, str]]:
        """Terms that begin at `place`, as the place after them and the term, the longest first."""
        return [
            (place + 1 + len(rest), term)
            for rest, term in self.forms.get(tokens[place], ())
            if tokens[place + 1 : place + 1 + len(rest)] == rest
        ]

    def term(self, tokens: tuple[str, ...]) -> str:
        """The term that tokens stand for as a whole, written together or apart (kvcache); empty where they do not."""
        joined = "".join(tokens)
        for first, forms in self.forms.items():
            if joined.startswith(first):
                for rest, term in forms:
                    if first + "".join(rest) == joined:
                        return term
        return ""

    def canonical(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """`tokens` with every term in the place of its form, the longest first."""
        result: list[str] = []
        place = 0
        while place < len(tokens):
            terms = self.found(tokens, place)
            result.append(terms[0][1] if terms else tokens[place])
            place = terms[0][0] if terms else place + 1
        return tuple(result)


def _longest_first(form: Form) -> tuple[int, Form]:
    return (-len(form[0]), form)
