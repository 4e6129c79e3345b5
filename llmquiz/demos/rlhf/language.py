"""A toy English with a grammar that can be checked and a reward that is known: happy adjectives minus sad ones.

A sentence is an opener, two noun phrases about a verb, and a full stop: "yesterday the kind cat followed some dogs ."
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

TENSES = {"today": "now", "often": "now", "yesterday": "past", "once": "past", "tomorrow": "later", "soon": "later"}
NUMBERS = ("one", "many")
DETERMINERS = {"one": ("a", "the"), "many": ("some", "the")}
NOUNS = {"one": ("cat", "dog", "bird", "child", "friend"), "many": ("cats", "dogs", "birds", "children", "friends")}
HAPPY = ("happy", "kind", "gentle", "bright", "lovely", "cheerful")
SAD = ("sad", "angry", "cruel", "gloomy", "lonely", "bitter")
ADJECTIVES = (*HAPPY, *SAD, "big", "small", "old", "young")
PAST = ("saw", "found", "followed", "liked")
VERBS = {
    ("now", "one"): ("sees", "finds", "follows", "likes"),
    ("now", "many"): ("see", "find", "follow", "like"),
    ("past", "one"): PAST,
    ("past", "many"): PAST,
}
MOST_ADJECTIVES = 3
"""Before a noun."""
OFTEN = (0.4, 0.35, 0.15, 0.1)
"""How often a noun has none, one, two, three."""

WORDS = (
    "_",
    ".",
    *TENSES,
    "a",
    "some",
    "the",
    *(noun for nouns in NOUNS.values() for noun in nouns),
    *ADJECTIVES,
    *dict.fromkeys(verb for verbs in VERBS.values() for verb in verbs),
    "will",
)
"""A token each; the first fills what comes after the full stop."""
ID = {word: i for i, word in enumerate(WORDS)}
PAD, END = 0, 1
PROMPTS = tuple(ID[word] for word in TENSES)
LENGTH = 16
"""Tokens of a text at most, the opener and the full stop among them; a sentence has 7 to 14."""
_VALUES = torch.tensor([(word in HAPPY) - (word in SAD) for word in WORDS], dtype=torch.float32)  # (V,)


def sentence(draw: random.Random) -> list[str]:
    """One that the grammar writes, in words."""
    opener, subject, object_ = draw.choice(list(TENSES)), draw.choice(NUMBERS), draw.choice(NUMBERS)
    verb = _verb(TENSES[opener], subject, draw)
    return [opener, *_noun_phrase(subject, draw), *verb, *_noun_phrase(object_, draw), "."]


def _verb(tense: str, number: str, draw: random.Random) -> list[str]:
    if tense == "later":
        return ["will", draw.choice(VERBS["now", "many"])]
    return [draw.choice(VERBS[tense, number])]


def _noun_phrase(number: str, draw: random.Random) -> list[str]:
    count = draw.choices(range(MOST_ADJECTIVES + 1), OFTEN)[0]
    adjectives = draw.choices(ADJECTIVES, k=count)
    return [draw.choice(DETERMINERS[number]), *adjectives, draw.choice(NOUNS[number])]


def sentences(count: int, generator: torch.Generator) -> Tensor:
    """So many sentences of the grammar as ids (B, T = LENGTH), filled up behind the full stop."""
    draw = random.Random(int(torch.randint(2**31, (1,), generator=generator)))
    ids = torch.full((count, LENGTH), PAD)  # (B, T)
    for row in ids:
        words = sentence(draw)
        row[: len(words)] = torch.tensor([ID[word] for word in words])
    return ids


def reward(ids: Tensor) -> Tensor:
    """Happy adjectives minus sad ones of each text, (B,) on the CPU: all that the reward sees."""
    return _VALUES[ids.cpu()].sum(1)  # (B, T) to (B,)


def mask(ids: Tensor) -> Tensor:
    """Which of the tokens after the opener belong to the text, (B, T - 1): all up to its first full stop."""
    ended = (ids == END).cumsum(1)  # (B, T), full stops up to here
    return ended[:, :-1] == 0  # the token at i + 1 is the text's where none came up to i


def words(row: Tensor) -> list[str]:
    """A text (T,) in words, up to its full stop."""
    text = [WORDS[i] for i in row.tolist()]
    return text[: text.index(".") + 1] if "." in text else text


def grammatical(text: Sequence[str]) -> bool:
    """Whether the grammar could have written it; a text that does not end in a full stop it could not."""
    left = iter(text)
    tense, number = TENSES.get(next(left, "")), _number(left)
    verb = next(left, "")
    if tense == "later":
        good = verb == "will" and next(left, "") in VERBS["now", "many"]
    else:
        good = verb in VERBS.get((str(tense), number), ())
    return bool(tense and number and good and _number(left)) and list(left) == ["."]


def _number(left: Iterator[str]) -> str:
    """Of the noun phrase that `left` begins with, which is taken from it; "" where there is none."""
    determiner, adjectives, word = next(left, ""), 0, next(left, "")
    while word in ADJECTIVES:
        adjectives, word = adjectives + 1, next(left, "")
    fits = [number for number in NUMBERS if word in NOUNS[number] and determiner in DETERMINERS[number]]
    return fits[0] if fits and adjectives <= MOST_ADJECTIVES else ""
