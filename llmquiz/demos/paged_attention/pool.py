"""The pool of blocks: which are free, and how many hold each of the others."""

from __future__ import annotations

import random


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
