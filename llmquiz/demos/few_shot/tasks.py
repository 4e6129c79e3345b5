"""The tasks: pairs of a word and its answer, and words of two kinds."""

from __future__ import annotations

Pair = tuple[str, str]
"""A word, and what is to be written behind it."""


def _words(text: str) -> tuple[str, ...]:
    """The words of "dog cat"."""
    return tuple(text.split())


def _pairs(text: str) -> tuple[Pair, ...]:
    """The pairs of "hot-cold big-small"."""
    words = [pair.split("-") for pair in _words(text)]
    return tuple((question, answer) for question, answer in words)


ANSWERS: dict[str, tuple[Pair, ...]] = {
    "antonyms": _pairs(
        "hot-cold big-small up-down left-right open-closed fast-slow high-low old-new early-late rich-poor "
        "black-white day-night good-bad strong-weak wet-dry hard-soft full-empty love-hate near-far in-out "
        "male-female first-last true-false win-lose buy-sell thick-thin light-dark happy-sad long-short "
        "young-old before-after above-below inside-outside north-south east-west more-less always-never "
        "success-failure push-pull major-minor"
    ),
    "capitals": _pairs(
        "France-Paris Japan-Tokyo Italy-Rome Spain-Madrid Germany-Berlin Egypt-Cairo Russia-Moscow "
        "China-Beijing Greece-Athens Cuba-Havana Austria-Vienna Ireland-Dublin Norway-Oslo Sweden-Stockholm "
        "Portugal-Lisbon Poland-Warsaw Hungary-Budapest Canada-Ottawa Kenya-Nairobi Peru-Lima Chile-Santiago "
        "Thailand-Bangkok Turkey-Ankara Iran-Tehran Iraq-Baghdad Syria-Damascus Lebanon-Beirut England-London "
        "Scotland-Edinburgh Belgium-Brussels Denmark-Copenhagen Finland-Helsinki Jordan-Amman Vietnam-Hanoi "
        "Afghanistan-Kabul Venezuela-Caracas Bulgaria-Sofia Romania-Bucharest Nepal-Kathmandu Indonesia-Jakarta"
    ),
    "past": _pairs(
        "go-went eat-ate see-saw run-ran take-took give-gave write-wrote speak-spoke break-broke drive-drove "
        "fly-flew know-knew grow-grew sing-sang begin-began drink-drank swim-swam find-found think-thought "
        "buy-bought teach-taught catch-caught sleep-slept keep-kept feel-felt leave-left build-built send-sent "
        "win-won tell-told sell-sold stand-stood hear-heard hold-held make-made meet-met pay-paid say-said "
        "come-came fall-fell"
    ),
}
"""Tasks in which each word has an answer of its own."""

KINDS = (
    _words(
        "dog cat horse lion tiger cow sheep pig wolf bear rabbit mouse goat monkey elephant fox deer duck eagle snake"
    ),
    _words(
        "car truck bus train ship boat plane bicycle tractor van taxi ferry tram motorcycle helicopter jeep yacht "
        "submarine ambulance scooter"
    ),
)
"""Words of two kinds, animals and vehicles."""

KNOWN = ("animal", "vehicle")
"""What the two kinds are called."""
INVENTED = ("foo", "bar")
"""Names for the two kinds that mean nothing."""
