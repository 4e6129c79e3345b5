"""A Result with one value put wrong: what a claim's test must notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from llmquiz.demos.lab import demo


def changed(result: Any, values: Mapping[str, Any]) -> Any:
    """`result` with other values in fields named like `text.equal`."""
    for name, value in values.items():
        field, _, inner = name.partition(".")
        new = changed(getattr(result, field), {inner: value}) if inner else value
        result = dataclasses.replace(result, **{field: new})
    return result


def verdict(demo_id: str, claim: str, result: Any) -> bool | None:
    """What the demo says of a claim, given this Result."""
    holds: bool | None = demo.tests_of(demo_id)[claim](result).holds
    return holds


def finding(claim: str, result: Any, **values: Any) -> bool | None:
    """What the demo whose Result this is says of a claim, given other values in its fields."""
    folder = type(result).__module__.split(".")[-2]
    return verdict(folder.replace("_", "-"), claim, changed(result, values))


class _NeverUpdated(dict):  # type: ignore[type-arg]
    def get(self, *_: Any) -> bool:
        return False

    def __getitem__(self, _: Any) -> bool:
        return False


@contextmanager
def without_memory() -> Iterator[None]:
    """A cross-attention cache that never counts as filled: the source is projected at each step, and kept again."""
    from llmquiz.demos.lab import two_caches

    original = two_caches.EncoderDecoderCache

    def forgetful(*caches: Any) -> Any:
        both = original(*caches)
        both.is_updated = _NeverUpdated()
        return both

    with patch.object(two_caches, "EncoderDecoderCache", forgetful):
        yield
