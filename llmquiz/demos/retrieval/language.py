"""A little language in which one fact is told in many ways, so that it is known which sentences belong together.

A fact is who handed what to whom, how, when and where. Every word but the small ones has a synonym, and there are 24
orders of words, all of 13 tokens. The thing goes by a name of two meanings (a crane) or by one of its own (a heron); a
word at the end says which meaning it is (with feathers, with cables).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor

PEOPLE = (
    ("doctor", "physician"),
    ("lawyer", "attorney"),
    ("teacher", "tutor"),
    ("farmer", "grower"),
    ("sailor", "seaman"),
    ("painter", "artist"),
)
DEEDS = (
    ("handed", "passed"),
    ("sold", "traded"),
    ("lent", "loaned"),
    ("sent", "mailed"),
    ("showed", "presented"),
)
THINGS = (
    ("crane", ("heron", ("feathers", "wings")), ("hoist", ("cables", "pulleys"))),
    ("bat", ("flittermouse", ("fur", "claws")), ("racket", ("strings", "grip"))),
    ("seal", ("walrus", ("flippers", "whiskers")), ("stamp", ("wax", "emblem"))),
    ("mouse", ("rodent", ("tail", "teeth")), ("pointer", ("buttons", "cord"))),
    ("ring", ("jewel", ("gold", "diamond")), ("arena", ("ropes", "seats"))),
    ("palm", ("coconut", ("leaves", "roots")), ("hand", ("fingers", "knuckles"))),
)
"""A name of two meanings; for each meaning a name of its own and two words that give it away."""
TIMES = (
    ("dawn", "sunrise"),
    ("noon", "midday"),
    ("dusk", "nightfall"),
    ("easter", "springtime"),
    ("christmas", "midwinter"),
    ("harvest", "autumn"),
)
PLACES = (
    ("harbor", "port"),
    ("forest", "woods"),
    ("church", "chapel"),
    ("inn", "tavern"),
    ("market", "bazaar"),
    ("castle", "fortress"),
)
SMALL = ("a", "to", "by", "at", "in", "with", ".")
AGENT, TAKER, DEED, NOUN, TIME, PLACE, TAIL = range(7)
A, TO, BY, AT, IN, WITH, STOP = range(7, 14)
CORES = (
    (AGENT, DEED, A, NOUN, TO, TAKER),
    (A, NOUN, AGENT, DEED, TO, TAKER),
    (TO, TAKER, AGENT, DEED, A, NOUN),
    (NOUN, DEED, BY, AGENT, TO, TAKER),
    (NOUN, DEED, TO, TAKER, BY, AGENT),
    (TO, TAKER, NOUN, DEED, BY, AGENT),
)
WHEN, WHERE = (AT, TIME), (IN, PLACE)
ORDERS = tuple(  # every core with the time and the place before and behind it
    (*before, *core, *after, WITH, TAIL, STOP)
    for core in CORES
    for before, after in (((), WHEN + WHERE), ((), WHERE + WHEN), (WHEN, WHERE), (WHERE, WHEN))
)
LENGTH = len(ORDERS[0])


def _listed() -> tuple[str, ...]:
    words = ["<pad>", "<mask>", *SMALL]
    for group in (PEOPLE, DEEDS, TIMES, PLACES):
        words += [word for synonyms in group for word in synonyms]
    for name, *senses in THINGS:
        words += [name, *(word for other, tails in senses for word in (other, *tails))]
    return tuple(words)


WORDS = _listed()
IDS = {word: i for i, word in enumerate(WORDS)}
MASK = 1


def _ids(table: tuple[tuple[str, ...], ...]) -> Tensor:
    return torch.tensor([[IDS[word] for word in row] for row in table])


_PEOPLE, _DEEDS, _TIMES, _PLACES = _ids(PEOPLE), _ids(DEEDS), _ids(TIMES), _ids(PLACES)
_NOUNS = _ids(tuple((name, other) for name, *senses in THINGS for other, _ in senses))
_TAILS = _ids(tuple(tails for _, *senses in THINGS for _, tails in senses))
_CONSTANT = torch.tensor([IDS[word] for word in SMALL])
_ORDERS = torch.tensor(ORDERS)
KINDS = ("same", "roles", "sense", "deed", "place")
"""A fact, then its four neighbours: giver and taker exchanged, the other meaning, another deed, another place."""
HELD_OUT = 6
"""One in so many combinations of two people and a name is kept for the tests."""


def facts(count: int, generator: torch.Generator, *, held_out: bool = False) -> Tensor:
    """Agent, taker, deed, thing (twice its name plus its meaning), time, place: (N, 6)."""

    def draw(most: int, n: int) -> Tensor:
        return torch.randint(0, most, (n,), generator=generator)

    found, missing = [], count
    while missing > 0:
        n = missing * (HELD_OUT + 1 if held_out else 2)
        agent = draw(len(PEOPLE), n)
        taker = (agent + 1 + draw(len(PEOPLE) - 1, n)) % len(PEOPLE)
        rest = [draw(most, n) for most in (len(DEEDS), 2 * len(THINGS), len(TIMES), len(PLACES))]
        drawn = torch.stack((agent, taker, *rest), 1)
        found.append(drawn[is_held_out(drawn) == held_out])
        missing -= len(found[-1])
    return torch.cat(found)[:count]


def is_held_out(drawn: Tensor) -> Tensor:
    """Which facts (N, 6) belong to the tests: by the two people, whoever gives, and by the name of the thing."""
    return (drawn[:, 0] + drawn[:, 1] + drawn[:, 3] // 2) % HELD_OUT == 0


def with_neighbours(drawn: Tensor, generator: torch.Generator) -> Tensor:
    """Each fact followed by its neighbours in the order of `KINDS`: (N, 6) -> (5 N, 6)."""
    n = len(drawn)
    roles, sense, deed, place = (drawn.clone() for _ in range(4))
    roles[:, [0, 1]] = drawn[:, [1, 0]]
    sense[:, 3] = drawn[:, 3] ^ 1
    deed[:, 2] = (drawn[:, 2] + torch.randint(1, len(DEEDS), (n,), generator=generator)) % len(DEEDS)
    place[:, 5] = (drawn[:, 5] + torch.randint(1, len(PLACES), (n,), generator=generator)) % len(PLACES)
    return torch.stack((drawn, roles, sense, deed, place), 1).flatten(0, 1)


def distinct(groups: int, generator: torch.Generator) -> Tensor:
    """So many facts of the tests with their neighbours, no two of all the same: (5 groups, 6)."""
    seen: set[tuple[int, ...]] = set()
    kept: list[Tensor] = []
    while len(kept) < groups:
        drawn = with_neighbours(facts(groups, generator, held_out=True), generator)
        for group in drawn.view(groups, len(KINDS), -1):
            rows = set(map(tuple, group.tolist()))
            if not rows & seen:
                kept.append(group)
                seen |= rows
    return torch.cat(kept[:groups])


def told(
    drawn: Tensor, generator: torch.Generator, *, order: int | None = None, ambiguous: bool | None = None
) -> Tensor:
    """Every fact (N, 6) as a sentence, in an order and in synonyms that are drawn: ids (N, T).

    `order` fixes the order of words, `ambiguous` whether the thing goes by the name of two meanings.
    """
    n = len(drawn)
    agent, taker, deed, thing, time, place = drawn.unbind(1)
    which = torch.randint(0, 2, (n, 7), generator=generator)  # of two synonyms
    if ambiguous is not None:
        which[:, NOUN] = 0 if ambiguous else 1
    orders = torch.randint(0, len(ORDERS), (n,), generator=generator)
    if order is not None:
        orders[:] = order
    concepts = (agent, taker, deed, thing, time, place, thing)
    tables = (_PEOPLE, _PEOPLE, _DEEDS, _NOUNS, _TIMES, _PLACES, _TAILS)
    words = [table[concept, which[:, i]] for i, (table, concept) in enumerate(zip(tables, concepts, strict=True))]
    filled = torch.cat((torch.stack(words, 1), _CONSTANT.expand(n, -1)), 1)  # (N, 14)
    return filled.gather(1, _ORDERS[orders])


def read(ids: Tensor) -> str:
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

    def said(table: Sequence[tuple[str, ...]]) -> list[int]:
        return [i for word in words for i, row in enumerate(table) if word in row]

    tails = [tails for _, *senses in THINGS for _, tails in senses]
    people, *rest = (said(table) for table in (PEOPLE, DEEDS, tails, TIMES, PLACES))
    takers = [row for before, row in zip(words, map(_person, words[1:]), strict=False) if before == "to" and row >= 0]
    if len(set(people)) != 2 or len(people) != 2 or len(takers) != 1 or any(len(found) != 1 for found in rest):
        return None
    agent = sum(people) - takers[0]
    return torch.tensor([[agent, takers[0], *(found[0] for found in rest)]])


def _person(word: str) -> int:
    return next((i for i, row in enumerate(PEOPLE) if word in row), -1)


def unknown(text: str) -> tuple[str, ...]:
    """The words of a text that the language has not."""
    return tuple(dict.fromkeys(word for word in re.findall(r"[^\W_]+", text.lower()) if word not in IDS))


def shared(queries: Tensor, candidates: Tensor) -> Tensor:
    """Cosine of the bags of words, rare words weighing more: (N, T), (M, T) -> (N, M)."""
    there = torch.stack([(candidates == i).any(1) for i in range(len(WORDS))], 1).double()  # (M, V)
    asked = torch.stack([(queries == i).any(1) for i in range(len(WORDS))], 1).double()
    weight = torch.log((1 + len(candidates)) / (1 + there.sum(0)))  # (V,)
    bags = [bag * weight / (bag * weight).norm(dim=1, keepdim=True) for bag in (asked, there)]
    scores: Tensor = bags[0] @ bags[1].T
    return scores
