"""The words in another order, read with positions and without.

That causal layers tell order without any encoding of positions is NoPE: Haviv et al. (2022), arXiv 2203.16634, and
Kazemnejad et al. (2023), arXiv 2305.19466.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.attention import models
from llmquiz.demos.attention.result import Shuffled, WordOrder
from llmquiz.demos.attention.sentence import halves
from llmquiz.demos.lab import caching


def word_order(ids: Tensor, count: int, seed: int, *, device: str, dtype: str) -> WordOrder:
    """`count` random orders of the sentence `ids`, (1, n)."""
    settings = {"seed": seed, "device": device, "dtype": dtype}
    source, target = halves(ids)  # (1, S), (1, T)
    before, last = ids[:, :-1], ids[:, -1:]  # (1, n - 1), (1, 1)
    orders, orders_before, orders_of_source = (_orders(part, count, seed) for part in (ids, before, source))

    def moved_words(model: Any, order: Tensor) -> float:
        """Each word's output, followed to where the word went."""
        shuffled = model(ids[:, order]).last_hidden_state  # (1, n, C)
        return caching.gap(shuffled, model(ids).last_hidden_state[:, order])

    def last_output(model: Any, order: Tensor) -> float:
        """That behind the last word, which stays in its place."""
        shuffled = torch.cat((before[:, order], last), 1)  # (1, n)
        return caching.gap(caching.step(model, shuffled), caching.step(model, ids))  # (1, V) each

    def all_outputs(model: Any, order: Tensor) -> float:
        """Those of the target, whose words stay in their places."""
        logits = [  # each (1, T, V)
            model(input_ids=text, decoder_input_ids=target, use_cache=False).logits
            for text in (source[:, order], source)
        ]
        return caching.gap(*logits)

    return WordOrder(
        orders=min(map(len, (orders, orders_before, orders_of_source))),
        encoder=_shuffled("encoder", models.bert(settings), orders, moved_words),
        one_layer=_shuffled("decoder", models.llama(1, settings), orders_before, last_output),
        decoder=_shuffled("decoder", models.llama(4, settings), orders_before, last_output),
        source=_shuffled("source", models.t5(settings), orders_of_source, all_outputs),
    )


@torch.inference_mode()
def _shuffled(kind: str, model: Any, orders: list[Tensor], moved: Callable[[Any, Tensor], float]) -> Shuffled:
    """How far `moved` says that the outputs are at most, before and after the model lost its positions."""
    with_positions = max((moved(model, order) for order in orders), default=0.0)
    models.without_positions(model)
    without = max((moved(model, order) for order in orders), default=0.0)
    return Shuffled(kind, model.config.model_type, model.config.num_hidden_layers, with_positions, without)


def _orders(ids: Tensor, count: int, seed: int) -> list[Tensor]:
    """Random orders (n,) of the words (1, n) that make another sentence of them."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randperm(ids.shape[1], generator=generator).to(ids.device) for _ in range(4 * count)]
    return [order for order in drawn if not torch.equal(ids[:, order], ids)][:count]
