"""One entry of every kind, small enough to be read."""

from __future__ import annotations

import typing

from llmquiz.collection.collection import QuestionRef
from llmquiz.ids import Id
from llmquiz.schema.questions import CellQuestion, Table
from llmquiz.schema.texts import Addressable
from llmquiz.schema.topics import Entry

if typing.TYPE_CHECKING:
    from llmquiz.ui.document.front import AnyEntry


def _models(union: object) -> typing.Iterator[type[Addressable]]:
    """The members of a union, whatever it is wrapped in."""
    for part in typing.get_args(union):
        if isinstance(part, type) and issubclass(part, Addressable):
            yield part
        else:
            yield from _models(part)


MODELS = {typing.get_args(model.model_fields["type"].annotation)[0]: model for model in _models(Entry)}
"""Every kind of entry that content can hold, and its model: the union itself says which there are."""

KINDS = (*MODELS, "cell")


def both(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"en": text, "zh": f"{text}（中）"}


SHARED = {"id": "x", "level": "core"}
OPTIONS = [
    {"text": both("an encoder"), "why": both("it sees both sides")},
    {"text": both("a decoder"), "right": True, "why": both("it sees the past")},
]
POINTS = [
    {"id": "variance", "text": both("The variance grows."), "why": both("Each term adds its own.")},
    {"id": "fold", "text": both("It can be folded in."), "level": "expert"},
]
DATA: dict[str, dict[str, object]] = {
    "open": {
        "prompt": both("Why divide?"),
        "answers": {
            "one-line": {"text": both("For the variance."), "seconds": 15},
            "one-minute": {"text": both("It would grow with d."), "seconds": 60},
            "full": {
                "seconds": 90,
                "sections": [{"title": both("Claim"), "text": both("It keeps it at one."), "seconds": 30}],
            },
        },
        "points": POINTS,
        "misconceptions": [{"id": "speed", "text": both("It is faster."), "right": both("It costs the same.")}],
        "note": both("Since 2017."),
    },
    "choice": {"prompt": both("Which is causal?"), "options": OPTIONS},
    "code": {
        "prompt": both("What is wrong?"),
        "code": "mask = triu(x)\n",
        "right": "mask = tril(x)\n",
        "why": both("The past is below."),
        "options": OPTIONS,
    },
    "order": {
        "prompt": both("Put in order."),
        "steps": [both("first"), both("second"), both("third")],
        "why": both("Each needs the one before."),
    },
    "prediction": {
        "prompt": both("How much faster?"),
        "measures": "ratio",
        "factor": 2.0,
        "why": both("Nothing is computed twice."),
        "demo": "kv-cache",
    },
    "number": {
        "prompt": both("How many parameters?"),
        "value": 175_000_000_000,
        "unit": both("parameters"),
        "why": both("As published."),
    },
    "term": {
        "prompt": both("Sequential generation?"),
        "verdict": "imprecise",
        "wrong": {"en": ["sequential"], "zh": ["顺序"]},
        "right": {"en": ["autoregressive", "token by token"], "zh": ["自回归"]},
        "why": both("It names the dependence."),
    },
    "claim": {
        "text": both("The cache is free."),
        "verdict": "wrong",
        "right": both("It takes memory."),
        "why": both("Two vectors a token."),
        "date": "2026-06",
    },
    "table": {
        "title": both("Kinds"),
        "columns": [{"id": "sees", "text": both("sees")}, {"id": "makes", "text": both("makes")}],
        "rows": [
            {
                "id": "encoder",
                "text": both("encoder"),
                "cells": {
                    "sees": {"text": both("both sides"), "why": both("No mask."), "accept": {"en": ["both"]}},
                    "makes": {"text": both("vectors | states"), "contested": True},
                },
            }
        ],
    },
    "reference": {"title": both("A paper"), "what": both("It showed it."), "caveat": both("Once.")},
    "technique": {
        "kind": "step",
        "text": both("Answer first"),
        "why": both("They may stop you."),
        "example": both("It is the mask."),
        "seconds": 15,
    },
    "interview": {
        "name": both("Dr. Lin"),
        "manner": both("Calm."),
        "cares": both("Evidence."),
        "irritated": both("Slogans."),
        "opening": both("Shall we?"),
        "closing": both("Thanks."),
        "sections": [{"id": "start", "title": both("Start"), "minutes": 5, "ask": ["x", "y"]}],
    },
}


def _samples() -> dict[str, AnyEntry]:
    entries = {
        kind: MODELS[kind].model_validate({"type": kind, **SHARED, **data}, strict=False) for kind, data in DATA.items()
    }
    table = typing.cast("Table", entries["table"])
    row, column = table.rows[0], table.columns[0]
    cell = CellQuestion(table=table, row=row, column=column, cell=row.cells[column.id])
    return typing.cast("dict[str, AnyEntry]", {**entries, "cell": cell})


SAMPLES = _samples()
"""An entry of each kind, and a cell."""


def ref(kind: str, entry: object = None, name: str = "t/x") -> QuestionRef:
    """An entry of that kind, the sample unless told, as the learner meets it."""
    full = Id(name)
    return QuestionRef(full, kind, full.topic, entry or SAMPLES[kind], "", "", ("en", "zh"))  # type: ignore[arg-type]
