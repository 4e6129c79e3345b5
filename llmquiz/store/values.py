"""Values as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """A time as the database keeps it: whole microseconds since 1970, so that it is read back exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """The time, in UTC, that the database keeps as `micros`."""
    return _EPOCH + timedelta(microseconds=micros)


def stamp(at: datetime) -> str:
    """A time as ISO text in UTC, to the microsecond, of one length, so that text sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """`text` with what no file can hold (half a surrogate pair, from a broken terminal) written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
