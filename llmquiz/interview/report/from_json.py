"""Plain data -> the dataclasses it was written from; keys of a newer version are passed over."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_hints = cache(get_type_hints)
"""They take longer to evaluate than a report to read."""


def typed(kind: Any, data: Any) -> Any:
    """`data` as a value of `kind`: a dataclass, an enum, a tuple, an optional, or what it is."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return None if data is None else typed(next(kind for kind in arguments if kind is not type(None)), data)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(typed(arguments[0], item) for item in data)
        return tuple(typed(kind, value) for kind, value in zip(arguments, data, strict=True))
    if origin is Literal:
        return data
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(data, Mapping):
        # The annotations are texts, as in every module that imports them from __future__.
        hints = _hints(kind)
        known = {field.name for field in fields(kind) if field.name in data}
        return kind(**{name: typed(hints[name], data[name]) for name in known})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return data
