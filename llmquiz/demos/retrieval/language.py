"""A little language in which one fact is told in many ways, so that it is known which sentences belong together.

A fact is who handed what to whom, how, when and where: six numbers. Every word but the small ones has a synonym, and
there are 24 orders of words, all of 13 tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from llmquiz.demos.retrieval.vocabulary import (
    DEEDS,
    IDS,
    NOUN,
    ORDERS,
    PEOPLE,
    PLACES,
    SMALL,
    THINGS,
    TIMES,
    WORDS,
)


def _ids(table: tuple[tuple[str, ...], ...]) -> Tensor:
    return torch.tensor([[IDS[word] for word in row] for row in table])


# each (concepts, 2): the ids of two synonyms
_PEOPLE, _DEEDS, _TIMES, _PLACES = _ids(PEOPLE), _ids(DEEDS), _ids(TIMES), _ids(PLACES)
# a thing is 2 · name + meaning: its row holds the name of two meanings and its own, or its two tails
_NOUNS = _ids(tuple((name, own_name) for name, *meanings in THINGS for own_name, _ in meanings))
_TAILS = _ids(tuple(tails for _, *meanings in THINGS for _, tails in meanings))
_CONSTANT = torch.tensor([IDS[word] for word in SMALL])  # (7,)
_ORDERS = torch.tensor(ORDERS)  # (24, T), slots
KINDS = ("same", "roles", "sense", "deed", "place")
"""A fact, then its four neighbours: giver and taker exchanged, the other meaning, another deed, another place."""
HELD_OUT = 6
"""One in so many combinations of two people and a name is kept for the tests."""


def random_facts(count: int, generator: torch.Generator, *, held_out: bool = False) -> Tensor:
    """Agent, taker, deed, thing (twice its name plus its meaning), time, place: (N, 6)."""

    def draw(most: int, n: int) -> Tensor:
        return torch.randint(0, most, (n,), generator=generator)

    drawn, missing = [], count
    while missing > 0:
        n = missing * (HELD_OUT + 1 if held_out else 2)  # so many that the part that is wanted is mostly enough
        agent = draw(len(PEOPLE), n)
        taker = (agent + 1 + draw(len(PEOPLE) - 1, n)) % len(PEOPLE)  # somebody else
        rest = [draw(most, n) for most in (len(DEEDS), 2 * len(THINGS), len(TIMES), len(PLACES))]
        facts = torch.stack((agent, taker, *rest), 1)  # (n, 6)
        drawn.append(facts[is_held_out(facts) == held_out])
        missing -= len(drawn[-1])
    return torch.cat(drawn)[:count]


def is_held_out(facts: Tensor) -> Tensor:
    """Which facts (N, 6) belong to the tests: by the two people, whoever gives, and by the name of the thing."""
    return (facts[:, 0] + facts[:, 1] + facts[:, 3] // 2) % HELD_OUT == 0


def with_neighbours(facts: Tensor, generator: torch.Generator) -> Tensor:
    """Each fact followed by its neighbours in the order of `KINDS`: (N, 6) -> (5 N, 6)."""
    n = len(facts)
    roles, sense, deed, place = (facts.clone() for _ in range(4))
    roles[:, [0, 1]] = facts[:, [1, 0]]
    sense[:, 3] = facts[:, 3] ^ 1  # the same name, its other meaning
    deed[:, 2] = (facts[:, 2] + torch.randint(1, len(DEEDS), (n,), generator=generator)) % len(DEEDS)
    place[:, 5] = (facts[:, 5] + torch.randint(1, len(PLACES), (n,), generator=generator)) % len(PLACES)
    return torch.stack((facts, roles, sense, deed, place), 1).flatten(0, 1)


def distinct_groups(groups: int, generator: torch.Generator) -> Tensor:
    """So many facts of the tests with their neighbours, no two of all the same: (5 groups, 6)."""
    seen: set[tuple[int, ...]] = set()
    distinct: list[Tensor] = []
    while len(distinct) < groups:
        drawn = with_neighbours(random_facts(groups, generator, held_out=True), generator)  # (5 groups, 6)
        for group in drawn.view(groups, len(KINDS), -1):  # (5, 6)
            rows = set(map(tuple, group.tolist()))
            if not rows & seen:
                distinct.append(group)
                seen |= rows
    return torch.cat(distinct[:groups])


def sentences(
    facts: Tensor, generator: torch.Generator, *, order: int | None = None, ambiguous: bool | None = None
) -> Tensor:
    """Every fact (N, 6) as a sentence, in an order and in synonyms that are drawn: ids (N, T).

    `order` fixes the order of words, `ambiguous` whether the thing goes by the name of two meanings.
    """
    n = len(facts)
    agent, taker, deed, thing, time, place = facts.unbind(1)  # each (N,)
    which = torch.randint(0, 2, (n, 7), generator=generator)  # of two synonyms, for each slot that a fact fills
    if ambiguous is not None:
        which[:, NOUN] = 0 if ambiguous else 1
    orders = torch.randint(0, len(ORDERS), (n,), generator=generator)
    if order is not None:
        orders[:] = order
    concepts = (agent, taker, deed, thing, time, place, thing)
    tables = (_PEOPLE, _PEOPLE, _DEEDS, _NOUNS, _TIMES, _PLACES, _TAILS)
    words = [table[concept, which[:, i]] for i, (table, concept) in enumerate(zip(tables, concepts, strict=True))]
    # the word of every slot, the small ones last; the order says which slot comes where
    slots = torch.cat((torch.stack(words, 1), _CONSTANT.expand(n, -1)), 1)  # (N, 14)
    return slots.gather(1, _ORDERS[orders])


def text_of(ids: Tensor) -> str:
    """A sentence (T,) in words."""
    return " ".join(WORDS[i] for i in ids.tolist())


def ids_of(text: str) -> Tensor | None:
    """A sentence of this language as ids (1, T); None where a word of it is not known."""
    words = re.findall(r"[^\W_]+|\.", text.lower())
    if not words or any(word not in IDS for word in words):
        return None
    return torch.tensor([[IDS[word] for word in words]])


def fact_of(ids: Tensor) -> Tensor | None:
    """The fact that a sentence (1, T) tells, (1, 6); None where it leaves something out or says it twice."""
    words = [WORDS[i] for i in ids[0].tolist()]

    def named(table: Sequence[tuple[str, ...]]) -> list[int]:
        return [i for word in words for i, synonyms in enumerate(table) if word in synonyms]

    tails = [tails for _, *meanings in THINGS for _, tails in meanings]
    people, *rest = (named(table) for table in (PEOPLE, DEEDS, tails, TIMES, PLACES))
    after = list(zip(words, map(_person, words[1:]), strict=False))  # each word, and the person behind it or -1
    takers = [person for word, person in after if word == "to" and person >= 0]
    if len(set(people)) != 2 or len(people) != 2 or len(takers) != 1 or any(len(concepts) != 1 for concepts in rest):
        return None
    agent = sum(people) - takers[0]  # the other of the two
    return torch.tensor([[agent, takers[0], *(concepts[0] for concepts in rest)]])


def _person(word: str) -> int:
    return next((i for i, synonyms in enumerate(PEOPLE) if word in synonyms), -1)


def unknown_words(text: str) -> tuple[str, ...]:
    """The words of a text that the language has not."""
    return tuple(dict.fromkeys(word for word in re.findall(r"[^\W_]+", text.lower()) if word not in IDS))
