"""Values that the package keeps as JSON, read back as the classes that they were."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def read_json(kind: type[T], text: str | bytes) -> T:
    """A value of `kind`, a dataclass of dataclasses, from its JSON.

    Raises: pydantic.ValidationError where it is not one.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    value: T = adapter.validate_json(text)
    return value
