"""The words of a little language, their synonyms, and the orders in which a sentence takes them; without torch.

The thing goes by a name of two meanings (a crane) or by one of its own (a heron, a hoist); a word at the end says which
meaning it is (with feathers, with cables).
"""

from __future__ import annotations

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

# the slots of a sentence: seven that a fact fills, seven for the small words
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
    for table in (PEOPLE, DEEDS, TIMES, PLACES):
        words += [word for synonyms in table for word in synonyms]
    for name, *meanings in THINGS:
        words += [name, *(word for own_name, tails in meanings for word in (own_name, *tails))]
    return tuple(words)


WORDS = _listed()
IDS = {word: i for i, word in enumerate(WORDS)}
MASK = 1

EARLY_ORDER = ORDERS.index((A, NOUN, AGENT, DEED, TO, TAKER, *WHEN, *WHERE, WITH, TAIL, STOP))
"""The thing as early as it comes, what it means at the end."""
NAME_AT, MEANING_AT = (ORDERS[EARLY_ORDER].index(slot) for slot in (NOUN, TAIL))
"""Where in that order the name of two meanings stands, and the word that gives its meaning away."""
