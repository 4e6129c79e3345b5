"""How a model is called with a cache: the only place that knows what transformers calls it.

Until 5.23 the argument is `past_key_values`, and `cache_params` where a model keeps a state (Mamba); from 5.24 on it is
`cache` for all of them, the old names warn, and they are gone at 5.40. The field of the output has the same name.
"""

from __future__ import annotations

import inspect
from functools import cache as remembered
from typing import Any

NAMES = ("cache", "past_key_values", "cache_params")
"""The newest first: where a class takes two of them, the older one is deprecated."""


def call(model: Any, *ids: Any, cache: Any, **options: Any) -> Any:
    """The output of `model` for `ids` that follow what `cache` holds; the new keys, values and states go into it.

    A cache of None is a call that keeps nothing. `options` are those of the model's own `forward`.
    """
    return model(*ids, **{_argument(model): cache}, use_cache=cache is not None, **options)


def returned(output: Any) -> Any:
    """The cache in what a model gave back; None where it gave none."""
    return next((cache for name in NAMES if (cache := getattr(output, name, None)) is not None), None)


def takes(model: Any, option: str) -> bool:
    """Whether the model's `forward` has an argument of this name."""
    return option in _parameters(getattr(model.forward, "__func__", model.forward))


def _argument(model: Any) -> str:
    return next((name for name in NAMES if takes(model, name)), NAMES[0])


@remembered
def _parameters(forward: Any) -> frozenset[str]:
    """The names that a function takes, also behind the decorators that transformers puts around it."""
    return frozenset(inspect.signature(forward).parameters)
