"""Texts whose best prediction is known, and better the more of the text is seen: words from an urn, spelled in letters.

Each text has an urn of its own, at first with the same small share of every word; a word that is drawn goes back with
one more of its kind (Pólya's urn). The draws are exchangeable: any stretch of the text predicts what follows by the
counts of the words in it. Most words are anagrams of others, so that the order of letters matters and not only which.
"""

from __future__ import annotations

import math
from collections import Counter

import torch
from torch import Tensor

WORDS = (
    *("stop", "spot", "post", "tops", "night", "thing", "heart", "earth", "listen", "silent", "tinsel", "angel"),
    *("angle", "study", "dusty", "below", "elbow", "alert", "alter", "later", "tea", "eat", "ate", "act", "cat"),
)
LETTERS = " " + "".join(sorted(set("".join(WORDS))))
SHARE = 0.2
"""Of each word in the urn at first, where a drawn word adds 1."""
SHORTEST, LONGEST = min(map(len, WORDS)) + 1, max(map(len, WORDS)) + 1
"""Letters of a word and the space behind it."""


def texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Ids (count, length) of texts that begin anywhere in a word."""
    urn = torch.full((count, len(WORDS)), SHARE)
    rows, drawn = torch.arange(count), []
    for _ in range((length + LONGEST) // SHORTEST + 1):
        word = torch.multinomial(urn, 1, generator=generator)[:, 0]  # (count,)
        urn[rows, word] += 1
        drawn.append(word)
    starts = torch.randint(0, LONGEST, (count,), generator=generator).tolist()
    lines = [" ".join(WORDS[word] for word in line) for line in torch.stack(drawn, 1).tolist()]
    return torch.tensor([ids(line[start : start + length]) for line, start in zip(lines, starts, strict=True)])


def ids(text: str) -> list[int]:
    """Letters as numbers."""
    return [LETTERS.index(letter) for letter in text]


def spelled(numbers: list[int]) -> str:
    """Numbers as letters."""
    return "".join(LETTERS[one] for one in numbers)


def floor(text: str, last: int) -> float:
    """Nats a letter, over the last letters, of the prediction that the urn itself allows from the whole words before.

    The piece of a word with which a text begins is passed over.
    """
    seen, begun, found = Counter[str](), "", list[float]()
    for i in range(text.index(" ") + 1, len(text)):
        if i >= len(text) - last:
            possible = {word: seen[word] + SHARE for word in WORDS if word.startswith(begun)}
            right = sum(share for word, share in possible.items() if (word + " ")[len(begun)] == text[i])
            found.append(-math.log(right / sum(possible.values())))
        begun += text[i]
        if text[i] == " ":
            seen[begun[:-1]] += 1
            begun = ""
    return sum(found) / len(found)


def known(text: str) -> tuple[int, int]:
    """Of the whole words in a text (those between two spaces): how many are in the urn, and how many there are."""
    whole = text.split(" ")[1:-1]
    return sum(word in WORDS for word in whole), len(whole)
