"""Read an answer in Chinese, English or both: fold, cut into sentences, clauses and tokens, keep the way back.

Han characters are tokens of their own (no dictionary segmenter: its start costs more than the rest of the drill);
English words are stemmed lightly; numbers become their value, so that `1,750 亿`, `175B` and `1.75e11` are one token.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from llmquiz.grading.text.lexicon import forms, pattern, word_list
from llmquiz.grading.text.numerals import multiplied

if TYPE_CHECKING:
    from llmquiz.language import Lang

MOST = 20_000
"""Characters of an answer that are read; nobody types more, and the cost of a longer one stays bounded."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_TOKEN = re.compile(
    # A number, with its multiplier or %.
    rf"(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d{{1,3}}(?![a-z0-9]))?)"
    rf"(?P<scale>\s?(?:thousand|million|billion|trillion)\b|[kmbt](?![a-z0-9])|\s?[千万亿]+|\s?%)?"
    rf"|(?P<word>[^\W\d_{HAN}]+(?:'[^\W\d_{HAN}]+)?\d*)"
    rf"|(?P<han>[{HAN}])"
    # The end of a sentence: a point only before a blank, so that 1.75 and v2.0 stay whole.
    rf"|(?P<end>[。!?;\n]+|\.(?=\s|$|[\"')\]])|\.{{3,}})"
    # The end of a clause.
    rf"|(?P<cut>[,:()\[\]{{}}—–|]|\s-+\s)"
)

_AND = frozenset({"and", "or", "then"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word, Han character or number: `folded[start:end]` of its reading."""

    key: str
    start: int
    end: int
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer cut into tokens; clauses are numbered through the whole answer."""

    text: str
    folded: str
    origin: tuple[int, ...]
    """For each folded character the place in `text` that it came from, and one more for the end."""
    tokens: tuple[Token, ...]
    cut_short: bool = False

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Where `folded[start:end]` stands in the text as it was typed."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> tuple[str, list[int]]:
    """`text` in NFKC and small letters, without controls and invisible characters, and where each character was."""
    folded: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        for small in _folded(char):
            folded.append(small)
            origin.append(place)
        if len(folded) >= MOST:
            break
    origin.append(min(len(text), origin[-1] + 1) if origin else 0)
    return "".join(folded), origin


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    if char == "\n" or "!" <= char <= "~":  # most of an answer, without a look at the tables
        return char.lower()
    if char in "’‘ʼ":
        return "'"
    if char in "“”":
        return '"'
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cs"):  # invisible, or put upon another character
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return "\n" if char in "\r\x0b\x0c\x85\u2028\u2029" else " "
    return unicodedata.normalize("NFKC", char).lower()


def read(text: str) -> Reading:
    """`text` cut into sentences, clauses and tokens; all in one pass, so that the cost grows with the length."""
    folded, origin = fold(text[:MOST])
    cuts = {match.start() for match in pattern("han-clause").finditer(folded)}
    cutting = word_list("clause-words")
    tokens: list[Token] = []
    sentence = clause = 0
    filled = False
    for match in _TOKEN.finditer(folded):
        kind = match.lastgroup
        if kind == "end" or kind == "cut":
            # Marks in a row end one sentence, not several empty ones.
            sentence += kind == "end" and filled
            clause += filled
            filled = False
            continue
        start, end = match.span()
        if filled and (start in cuts or match["word"] in cutting or _new_clause(folded, match)):
            clause += 1
        filled = True
        # "don't" is two tokens at one place.
        for key in _keys(match):
            tokens.append(Token(key, start, end, sentence, clause))
    return Reading(text, folded, tuple(origin), tuple(tokens), len(text) > MOST)


def _new_clause(folded: str, match: re.Match[str]) -> bool:
    """Whether an "and" begins a clause with a verb of its own: a "not" before it does not reach there."""
    if match["word"] not in _AND:
        return False
    # A finite verb within four words: the "and" joins clauses, not words.
    near = folded[match.end() : match.end() + 40].split(",")[0].split()[:4]
    return any(word in word_list("finite-words") or word.endswith("n't") for word in near)


def _keys(match: re.Match[str]) -> tuple[str, ...]:
    if match["number"]:
        return (number_key(match["number"], (match["scale"] or "").strip()),)
    if match["han"]:
        return (match["han"],)
    return _word_keys(match["word"])


@lru_cache(maxsize=8192)
def _word_keys(word: str) -> tuple[str, ...]:
    if "'" in word:
        front, back = word.split("'", 1)
        if back == "t" and front.endswith("n"):
            # can't, won't, shan't
            front = {"ca": "can", "wo": "will", "sha": "shall"}.get(front[:-1], front[:-1])
            return (stem(front), "not") if front else ("not",)
        return (stem(front),)  # of 's, 're, 've only the word before counts
    return ("can", "not") if word == "cannot" else (stem(word),)


def number_key(number: str, scale: str = "") -> str:
    """The token of a number: its value, whatever way it was written."""
    return f"#{multiplied(float(number.replace(',', '')), scale):.6g}" + ("%" if scale == "%" else "")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """An English word without -s, -ed, -ing; the same form for all inflections is all that is asked of it."""
    if word in forms():
        return stem(forms()[word])
    if len(word) <= 3 or not word.isascii() or word in word_list("as-it-stands"):
        return word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return _tidy(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return stem(word[:-1]) if word.endswith("ings") else _tidy(word[:-1])
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        # Without a vowel left it was no ending (string); of a doubled letter one stays (running), but of l, s, z both.
        if word.endswith(ending) and len(root) >= 3 and re.search("[aeiouy]", root):
            return _tidy(root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz" else root)
    return _tidy(word)


def _tidy(root: str) -> str:
    """Without a final mute e, and with one l of two, so that `cache` and `cached`, `control` and `controlled` meet."""
    if root.endswith("e") and len(root) > 3 and not root.endswith("ee"):
        root = root[:-1]
    if root.endswith("ll") and len(root) > 5:
        root = root[:-1]
    return root


@lru_cache(maxsize=64)
def listed(name: str) -> frozenset[str]:
    """The words of a list of phrases.txt as tokens."""
    return frozenset(stem(word) for word in word_list(name))


@lru_cache(maxsize=8192)
def keys(text: str) -> tuple[str, ...]:
    """The tokens of a short text of the author, in order."""
    return tuple(token.key for token in read(text).tokens)


def language(reading: Reading) -> Lang:
    """Chinese where a fifth of the tokens are Han characters."""
    return "zh" if sum(is_han(token.key) for token in reading.tokens) * 5 > len(reading.tokens) else "en"


def is_han(key: str) -> bool:
    """Whether a token is a Han character."""
    return len(key) == 1 and key > "\u33ff"
