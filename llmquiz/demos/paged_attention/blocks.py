"""Keys and values in blocks: a pool, a table of blocks for each request, and a cache that a model decodes with.

Blocks are handed out on demand, from anywhere in memory; one may belong to several requests until one of them writes
to it (Kwon et al., 2023). The attention itself is the model's own: what it reads is gathered from the blocks.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin

from llmquiz.errors import DemoError


class Pool:
    """Numbered blocks, and how many requests hold each."""

    def __init__(self, blocks: int, *, seed: int = 0) -> None:
        self.free = random.Random(seed).sample(range(blocks), blocks)  # no two neighbours in order, as after long use
        self.holders = [0] * blocks
        self.handed_out = 0

    def take(self) -> int:
        """A free block, from now on held once."""
        block = self.free.pop()
        self.holders[block] = 1
        self.handed_out += 1
        return block

    def share(self, block: int) -> None:
        """One more request holds it."""
        self.holders[block] += 1

    def give_back(self, block: int) -> bool:
        """One request fewer holds it; True where nobody is left and it is free again."""
        self.holders[block] -= 1
        if self.holders[block]:
            return False
        self.free.append(block)
        return True

    @property
    def taken(self) -> int:
        """Blocks that somebody holds."""
        return len(self.holders) - len(self.free)


class Memory:
    """Room for the keys and values of all requests of one model."""

    def __init__(self, model: Any, *, blocks: int, size: int, seed: int = 0) -> None:
        config, weight = model.config, next(model.parameters())
        self.size, self.pool, self.copies = size, Pool(blocks, seed=seed), 0
        shape = (config.num_hidden_layers, 2, blocks, size, config.num_key_value_heads, config.head_dim)
        self.store = torch.zeros(shape, dtype=weight.dtype, device=weight.device)  # (L, 2, blocks, size, Hkv, d)
        self.known: dict[tuple[int, ...], int] = {}
        """Full blocks by the whole text up to their end: a key depends on everything before it."""

    @property
    def block_bytes(self) -> int:
        """Keys and values of one block, all layers."""
        return self.store[:, :, 0].nbytes

    @property
    def taken_bytes(self) -> int:
        """Bytes of the blocks that are held."""
        return self.pool.taken * self.block_bytes

    def copied(self, block: int) -> int:
        """A block of one's own with the same content."""
        own = self.pool.take()
        self.store[:, :, own] = self.store[:, :, block]
        self.copies += 1
        return own

    def released(self, block: int) -> None:
        """A request lets go of a block; one that is free again is no longer known by its text."""
        if self.pool.give_back(block):
            self.known = {text: known for text, known in self.known.items() if known != block}


class Request:
    """One text in the memory: its table of blocks, in the order of the text."""

    def __init__(self, memory: Memory, text: Sequence[int] = ()) -> None:
        self.memory, self.table = memory, self._found(memory, text)
        for block in self.table:
            memory.pool.share(block)
        self.shared = len(self.table) * memory.size
        """So many first tokens of `text` were there already."""
        self.layers = [PagedLayer(self, i, self.shared) for i in range(len(memory.store))]
        self.cache = Cache(layers=list(self.layers))

    @staticmethod
    def _found(memory: Memory, text: Sequence[int]) -> list[int]:
        """Known blocks for the beginning of `text`; its last token is always left to compute."""
        found: list[int] = []
        for end in range(memory.size, len(text), memory.size):
            if (block := memory.known.get(tuple(text[:end]))) is None:
                break
            found.append(block)
        return found

    def remember(self, text: Sequence[int]) -> None:
        """Let later requests find the full blocks of `text`, which has been read."""
        size = self.memory.size
        for i in range(len(text) // size):
            self.memory.known.setdefault(tuple(text[: (i + 1) * size]), self.table[i])

    def fork(self) -> Request:
        """A second continuation of the same text, on the same blocks."""
        other = Request(self.memory)
        other.table = list(self.table)
        for block in self.table:
            self.memory.pool.share(block)
        for own, theirs in zip(other.layers, self.layers, strict=True):
            own.filled = theirs.filled
        return other

    def make_room(self, start: int, end: int) -> None:
        """Blocks for the positions from `start` to `end`; what is shared is copied before it is written to."""
        pool, size = self.memory.pool, self.memory.size
        if start < end and start // size < len(self.table) and pool.holders[self.table[start // size]] > 1:
            shared, self.table[start // size] = self.table[start // size], self.memory.copied(self.table[start // size])
            self.memory.released(shared)
        while len(self.table) * size < end:
            if not pool.free:
                raise DemoError("The pool of blocks is used up.", "块池已用完。")
            self.table.append(pool.take())

    def close(self) -> None:
        """The request has ended."""
        for block in self.table:
            self.memory.released(block)
        self.table = []


class PagedLayer(CacheLayerMixin):
    """What one layer of the model sees of a request."""

    def __init__(self, request: Request, index: int, filled: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.request, self.store, self.filled = request, request.memory.store[index], filled
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Write the new keys and values (1, Hkv, T, d) into the blocks; all of the request's, gathered."""
        size, start, end = self.request.memory.size, self.filled, self.filled + key_states.shape[2]
        self.request.make_room(start, end)
        table = torch.tensor(self.request.table, device=self.store.device)
        positions = torch.arange(start, end, device=self.store.device)  # (T,)
        new = torch.stack((key_states[0], value_states[0])).transpose(1, 2)  # (2, T, Hkv, d)
        self.store[:, table[positions // size], positions % size] = new
        self.filled = end
        found = self.store[:, table].flatten(1, 2)[:, :end].transpose(1, 2)  # (2, Hkv, S, d)
        return found[:1], found[1:]

    def get_seq_length(self) -> int:
        return self.filled

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.filled + query_length, 0

    def get_max_length(self) -> int:
        return -1

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Nothing to prepare: the memory is there."""
