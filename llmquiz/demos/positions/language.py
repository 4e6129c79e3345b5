"""Texts whose best prediction is known, and better the more of the text is seen: words from an urn, spelled in letters.

Each text has an urn of its own, at first with the same small share of every word; a word that is drawn goes back with
one more of its kind (Pólya's urn). The draws are exchangeable: any stretch of the text predicts what follows by the
counts of the words in it. Most words are anagrams of others, so that the order of letters matters and not only which.
This module holds the words and the rule, without torch; `texts` draws by it.
"""

from __future__ import annotations

import math
from collections import Counter

WORDS = (
    *("stop", "spot", "post", "tops", "night", "thing", "heart", "earth", "listen", "silent", "tinsel", "angel"),
    *("angle", "study", "dusty", "below", "elbow", "alert", "alter", "later", "tea", "eat", "ate", "act", "cat"),
)
LETTERS = " " + "".join(sorted(set("".join(WORDS))))
SHARE = 0.2
"""Of each word in the urn at first, where a drawn word adds 1."""
SHORTEST, LONGEST = min(map(len, WORDS)) + 1, max(map(len, WORDS)) + 1
"""Letters of a word and the space behind it."""


def ids(text: str) -> list[int]:
    """Letters as numbers."""
    return [LETTERS.index(letter) for letter in text]


def spelled(numbers: list[int]) -> str:
    """Numbers as letters."""
    return "".join(LETTERS[number] for number in numbers)


def floor(text: str, last: int) -> float:
    """Nats a letter, over the last letters, of the prediction that the urn itself allows from the whole words before.

    The piece of a word with which a text begins is passed over.
    """
    seen, begun, nats = Counter[str](), "", list[float]()
    for i in range(text.index(" ") + 1, len(text)):
        if i >= len(text) - last:
            # the words that the letters so far allow, by their share of the urn
            possible = {word: seen[word] + SHARE for word in WORDS if word.startswith(begun)}
            right = sum(share for word, share in possible.items() if (word + " ")[len(begun)] == text[i])
            nats.append(-math.log(right / sum(possible.values())))
        begun += text[i]
        if text[i] == " ":
            seen[begun[:-1]] += 1
            begun = ""
    return sum(nats) / len(nats)


def known(text: str) -> tuple[int, int]:
    """Of the whole words in a text (those between two spaces): how many are in the urn, and how many there are."""
    whole = text.split(" ")[1:-1]
    return sum(word in WORDS for word in whole), len(whole)
