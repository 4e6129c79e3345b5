"""Small stories in a language of 43 words: who owns what, and what then happens to it.

The first sentence on one of three people says what they own, `anna has a red kite .`; every later one names it again,
`anna flies the red kite in the park .` Most words follow from the one or two before them, and a verb tells the thing.
The color has to be looked up under the person's name, which a single layer of attention does badly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor

from llmquiz.errors import DemoError

PEOPLE = {"anna": "she", "ben": "he", "clara": "she", "david": "he", "emma": "she", "felix": "he"}
COLORS = ("red", "blue", "green", "yellow", "black", "white")
VERBS = {
    "kite": ("flies", "mends", "loses"),
    "drum": ("plays", "paints", "loses"),
    "boat": ("sails", "paints", "mends"),
    "book": ("reads", "opens", "loses"),
    "clock": ("mends", "opens", "sells"),
    "lamp": ("lights", "sells", "paints"),
}
"""What is done to each thing, the usual first."""
VERB_SHARES = (0.7, 0.2, 0.1)
PLACES = {
    "flies": "park",
    "mends": "shed",
    "loses": "wood",
    "plays": "hall",
    "paints": "shed",
    "sails": "bay",
    "reads": "hall",
    "opens": "hall",
    "sells": "market",
    "lights": "wood",
}
GLUE = (".", "has", "a", "the", "in", "near", "then", "she", "he")
WORDS = (*GLUE, *PEOPLE, *COLORS, *VERBS, *PLACES, *dict.fromkeys(PLACES.values()))
IDS = {word: i for i, word in enumerate(WORDS)}
KINDS = {
    "names": (*PEOPLE, "then"),
    "verbs": tuple(PLACES),
    "colors": COLORS,
    "things": tuple(VERBS),
    "glue": (*(word for word in GLUE if word != "then"), *dict.fromkeys(PLACES.values())),
}
"""Every word is of one kind; "then" stands in the place of a name."""


def story(rng: random.Random) -> Iterator[str]:
    """A story without end, word by word."""
    people, owned, last = rng.sample(list(PEOPLE), 3), dict[str, tuple[str, str]](), ""
    while True:
        person = last if last and rng.random() < 0.2 else rng.choice(people)
        yield from _sentence(rng, person, person == last, owned)
        last = person


def _sentence(rng: random.Random, person: str, again: bool, owned: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    if person not in owned:
        owned[person] = (rng.choice(COLORS), rng.choice(list(VERBS)))
        return (person, "has", "a", *owned[person], ".")
    color, thing = owned[person]
    (verb,) = rng.choices(VERBS[thing], VERB_SHARES)
    subject = ("then", PEOPLE[person]) if again else (person,)
    # the place follows from the verb
    where = (rng.choices(("in", "near"), (0.8, 0.2))[0], "the", PLACES[verb]) if rng.random() < 0.4 else ()
    return (*subject, verb, "the", color, thing, *where, ".")


def texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Ids (B, T) of stories, each behind a full stop."""
    rng = random.Random(int(torch.randint(2**62, (1,), generator=generator)))
    return torch.tensor(  # (B, T)
        [[IDS["."], *(IDS[word] for word in islice(story(rng), length - 1))] for _ in range(count)]
    )


def prompts(count: int, sentences: int, seed: int) -> list[Tensor]:
    """The first sentences of some stories: ids (1, T)."""
    rng = random.Random(seed)
    return [_prompt(rng, sentences) for _ in range(count)]


def _prompt(rng: random.Random, sentences: int) -> Tensor:
    words = ["."]
    for word in story(rng):
        words.append(word)
        if words.count(".") > sentences:
            return ids_of(words)
    raise AssertionError("a story has no end")


def ids_of(words: list[str]) -> Tensor:
    """Ids (1, T)."""
    return torch.tensor([[IDS[word] for word in words]])


def prompt_of(text: str, most: int) -> Tensor:
    """A prompt of the user's own, as ids (1, T).

    Raises: DemoError for a word that the language does not have, for no word at all, and for more than `most`.
    """
    words = text.lower().replace(".", " . ").split()
    known = " ".join(WORDS)
    if unknown := [word for word in dict.fromkeys(words) if word not in IDS]:
        listed = ", ".join(unknown)
        raise DemoError("speculative.unknown-words", listed=listed, known=known)
    if not words or len(words) > most:
        raise DemoError("speculative.no-words", most=most, count=len(words))
    return ids_of(words if words[0] == "." else [".", *words])
