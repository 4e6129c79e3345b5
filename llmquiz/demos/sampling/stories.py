"""The trained model that texts are drawn from where none is given: the target of the demo speculative, and its words.

It learned small stories: who owns what, and what then happens to it. A story goes on with the same person, whom it
then calls `then she` or `then he`, more often than with any other, and still changes the subject all the time.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import training
from llmquiz.errors import DemoError

WORDS = (
    *(".", "has", "a", "the", "in", "near", "then", "she", "he"),
    *("anna", "ben", "clara", "david", "emma", "felix"),
    *("red", "blue", "green", "yellow", "black", "white"),
    *("kite", "drum", "boat", "book", "clock", "lamp"),
    *("flies", "mends", "loses", "plays", "paints", "sails", "reads", "opens", "sells", "lights"),
    *("park", "shed", "wood", "hall", "bay", "market"),
)
"""By their ids, as in the language that the model was trained on."""
BEGINNING = "anna has a red kite . ben has a blue drum ."
LONGEST = 30
"""Words of a beginning of the user's own; with what is written behind it the model has seen texts that long."""


def model(*, device: str, dtype: str) -> Any:
    """The trained model."""
    return training.trained(training.of("speculative"), "target", device=device, dtype=dtype)


def tokens(text: str) -> Tensor:
    """The words of a text behind a full stop, as every text of the training begins: ids (1, P).

    Raises: DemoError for a word that the model does not know, for no word at all, and for more than `LONGEST`.
    """
    words = text.lower().replace(".", " . ").split()
    if unknown := [word for word in dict.fromkeys(words) if word not in WORDS]:
        raise DemoError("speculative.unknown-words", listed=", ".join(unknown), known=" ".join(WORDS))
    if not words or len(words) > LONGEST:
        raise DemoError("speculative.no-words", most=LONGEST, count=len(words))
    return torch.tensor([[WORDS.index(word) for word in ([] if words[0] == "." else ["."]) + words]])


def written(ids: Tensor) -> str:
    """Ids (T,) as words."""
    return " ".join(WORDS[i] for i in ids.tolist())
