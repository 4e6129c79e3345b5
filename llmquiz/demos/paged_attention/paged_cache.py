"""Keys and values in blocks: a memory for all texts, a table of blocks for each, and a cache that a model decodes with.

Blocks are handed out on demand, from anywhere in memory; one may belong to several texts until one of them writes
to it (Kwon et al., 2023). The attention itself is the model's own: what it reads is gathered from the blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin

from llmquiz.demos.paged_attention.pool import Pool
from llmquiz.errors import DemoError


class Memory:
    """Room for the keys and values of all texts of one model, `size` tokens a block."""

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
        return self.store[:, :, 0].nbytes  # (L, 2, size, Hkv, d)

    def copy(self, block: int) -> int:
        """A block of one's own with the same content."""
        own = self.pool.take()
        self.store[:, :, own] = self.store[:, :, block]
        self.copies += 1
        return own

    def release(self, block: int) -> None:
        """A text lets go of a block; one that is free again is no longer known by its text."""
        if self.pool.give_back(block):
            self.known = {text: known for text, known in self.known.items() if known != block}


class PagedSequence:
    """One text in the memory: its table of blocks, in the order of the text, and a cache for the model."""

    def __init__(self, memory: Memory, text: Sequence[int] = ()) -> None:
        self.memory, self.table = memory, self._known_blocks(memory, text)
        for block in self.table:
            memory.pool.share(block)
        self.shared = len(self.table) * memory.size
        """So many first tokens of `text` were there already."""
        self.layers = [PagedLayer(self, i, self.shared) for i in range(len(memory.store))]
        self.cache = Cache(layers=list(self.layers))

    @staticmethod
    def _known_blocks(memory: Memory, text: Sequence[int]) -> list[int]:
        """Known blocks for the beginning of `text`; its last token is always left to compute, as its logits are."""
        blocks: list[int] = []
        for end in range(memory.size, len(text), memory.size):
            if (block := memory.known.get(tuple(text[:end]))) is None:
                break
            blocks.append(block)
        return blocks

    def remember(self, text: Sequence[int]) -> None:
        """Let later texts find the full blocks of `text`, which has been read."""
        size = self.memory.size
        for i in range(len(text) // size):
            self.memory.known.setdefault(tuple(text[: (i + 1) * size]), self.table[i])

    def fork(self) -> PagedSequence:
        """A second continuation of the same text, on the same blocks."""
        branch = PagedSequence(self.memory)
        branch.table = list(self.table)
        for block in self.table:
            self.memory.pool.share(block)
        for new, layer in zip(branch.layers, self.layers, strict=True):
            new.filled = layer.filled
        return branch

    def make_room(self, start: int, end: int) -> None:
        """Blocks for the positions from `start` to `end`; what is shared is copied before it is written to.

        Raises: DemoError where the pool is used up.
        """
        pool, size = self.memory.pool, self.memory.size
        first = start // size  # of the blocks that are written to; all behind it are new, and so nobody else's
        if start < end and first < len(self.table) and pool.holders[self.table[first]] > 1:
            shared, self.table[first] = self.table[first], self.memory.copy(self.table[first])
            self.memory.release(shared)
        while len(self.table) * size < end:
            if not pool.free:
                raise DemoError("paged-attention.pool-empty")
            self.table.append(pool.take())

    def close(self) -> None:
        """The text is no longer needed."""
        for block in self.table:
            self.memory.release(block)
        self.table = []


class PagedLayer(CacheLayerMixin):
    """What one layer of the model sees of a text."""

    def __init__(self, sequence: PagedSequence, index: int, filled: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.sequence, self.filled = sequence, filled
        self.store = sequence.memory.store[index]  # (2, blocks, size, Hkv, d)
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Write the T new keys and values (1, Hkv, T, d) into the blocks; all S of the text's, gathered."""
        size, start, end = self.sequence.memory.size, self.filled, self.filled + key_states.shape[2]
        self.sequence.make_room(start, end)  # the first layer makes it, the others find it
        table = torch.tensor(self.sequence.table, device=self.store.device)  # (n,) blocks of this text
        positions = torch.arange(start, end, device=self.store.device)  # (T,)
        new = torch.stack((key_states[0], value_states[0])).transpose(1, 2)  # (2, T, Hkv, d)
        self.store[:, table[positions // size], positions % size] = new  # which block, and where in it
        self.filled = end
        # (2, n, size, Hkv, d) -> (2, n * size, Hkv, d) -> without the empty end (2, S, Hkv, d) -> (2, Hkv, S, d)
        keys_and_values = self.store[:, table].flatten(1, 2)[:, :end].transpose(1, 2)
        return keys_and_values[:1], keys_and_values[1:]  # (1, Hkv, S, d) each

    def get_seq_length(self) -> int:
        return self.filled

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.filled + query_length, 0

    def get_max_length(self) -> int:
        return -1

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Nothing to prepare: the memory is there."""
