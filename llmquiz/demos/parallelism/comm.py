"""What passes between processes: messages whose bytes are counted where they are sent, and collectives made of them.

A ring all-reduce passes 2 (p - 1) / p of the tensor through every process (Patarasuk and Yuan, 2009).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


class Wire:
    """One process's door to the others, which all have one."""

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.sent = 0
        """Bytes that this process has sent."""
        self.clock = 0
        """Units of work done so far by whoever had to be waited for (Lamport, 1978)."""

    def exchange(self, out: Tensor, to: int, source: int, like: Tensor | None = None) -> Tensor:
        """Send `out` to one process while a tensor of the same form, or that of `like`, comes from another."""
        received = torch.empty_like(out if like is None else like)
        sending = dist.P2POp(dist.isend, out.contiguous(), to)
        for request in dist.batch_isend_irecv([sending, dist.P2POp(dist.irecv, received, source)]):
            request.wait()
        self.sent += out.nbytes
        return received

    def shift(self, tensor: Tensor) -> Tensor:
        """To the next process of the ring, from the one before."""
        if self.size == 1:
            return tensor
        return self.exchange(tensor, (self.rank + 1) % self.size, (self.rank - 1) % self.size)

    def all_reduce(self, tensor: Tensor) -> Tensor:
        """The sum over all processes: p - 1 shifts add up a part in each, p - 1 more hand the sums around.

        Raises: ValueError where the tensor's n numbers cannot be cut into p equal parts.
        """
        p, r = self.size, self.rank
        if tensor.numel() % p:
            raise ValueError(f"{tensor.numel()} numbers cannot be cut into {p} equal parts")
        parts = list(tensor.reshape(p, -1).clone())  # p times (n / p,)
        for i in range(p - 1):
            received = self.shift(parts[(r - i) % p])  # (n / p,), a sum over i + 1 processes
            parts[(r - i - 1) % p] += received
        for i in range(p - 1):
            parts[(r - i) % p] = self.shift(parts[(r + 1 - i) % p])  # (n / p,), a sum over all of them
        return torch.stack(parts).reshape(tensor.shape)  # (p, n / p) -> as it came

    def work(self) -> None:
        """One unit is done."""
        self.clock += 1

    def send(self, tensor: Tensor, to: int) -> None:
        """A message, with the time on the sender's clock (which is not counted)."""
        dist.send(torch.tensor(self.clock, device=tensor.device), to)
        dist.send(tensor.contiguous(), to)
        self.sent += tensor.nbytes

    def receive(self, like: Tensor, source: int) -> Tensor:
        """The message; what follows cannot have happened before it was sent."""
        received, clock = torch.empty_like(like), torch.tensor(0, device=like.device)
        dist.recv(clock, source)
        dist.recv(received, source)
        self.clock = max(self.clock, int(clock))
        return received

    def gathered(self, value: Any) -> list[Any]:
        """The values of all processes, in the order of their ranks."""
        values: list[Any] = [None] * self.size
        dist.all_gather_object(values, value)
        return values
