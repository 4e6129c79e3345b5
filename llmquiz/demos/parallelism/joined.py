"""What the processes of the demo `parallelism` find together, and how it comes back to the one that started them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio


@dataclass(frozen=True, slots=True)
class Equal:
    """Largest differences from one process, each relative to the largest value of the same tensor."""

    logits: float
    gradients: float


@dataclass(frozen=True, slots=True)
class Tensors:
    """Heads and feed-forward width cut in p."""

    equal: Equal
    layer_forward_bytes: int
    """Sent by each process for each layer."""
    layer_backward_bytes: int
    total_bytes: int
    """By all processes, for all layers, forwards and backwards."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Layers cut in p stages."""

    micro_batches: int
    equal: Equal
    units: int
    """Of work from the first to the last, one micro-batch through one stage each: the longest chain of waiting."""
    busy: int
    """Units that every stage works."""
    total_bytes: int

    @property
    def idle(self) -> float:
        """Share of the time in which a stage waits, if all units take equally long."""
        return 1 - self.busy / self.units


@dataclass(frozen=True, slots=True)
class Sequence:
    """The text cut in p, attention over a ring."""

    name: str
    equal: Equal
    layer_forward_bytes: int
    """Sent by each process for each layer."""
    layer_backward_bytes: int
    held_bytes: tuple[int, ...]
    """Keys and values of all layers that each process holds."""
    pairs: tuple[int, ...]
    """Of query and key that each process computes in a layer, for every head."""
    span: int
    """Pairs one after the other: in every step of the ring all wait for the one that has most."""

    @property
    def imbalance(self) -> float:
        """How many times as long as with equal shares."""
        return self.span / (sum(self.pairs) / len(self.pairs))


@dataclass(frozen=True, slots=True)
class Cost:
    """A step of training, cut in one way, against one process with one thread."""

    name: str
    work: Varies[Ratio]
    """Processor time of all processes together over that of the one."""
    wait: Varies[Ratio]
    """Time until the last one is done, over that of the one."""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the processes found together."""

    processes: int
    backend: str
    model: str
    cache_bytes: int
    """Keys and values of the whole text, in one process."""
    tensor: Tensors
    pipelines: tuple[Pipeline, ...]
    sequences: tuple[Sequence, ...]
    costs: tuple[Cost, ...]
    alone_seconds: Varies[float]
    """Of the one process, until it is done."""


def found_from(data: Mapping[str, Any]) -> Found:
    """The same from plain data, as JSON brings it."""
    tensor = data["tensor"]
    return Found(
        **dict(data)
        | {
            "tensor": Tensors(**tensor | {"equal": Equal(**tensor["equal"])}),
            "pipelines": tuple(Pipeline(**one | {"equal": Equal(**one["equal"])}) for one in data["pipelines"]),
            "sequences": tuple(_sequence(one) for one in data["sequences"]),
            "costs": tuple(Cost(one["name"], _ratio(one["work"]), _ratio(one["wait"])) for one in data["costs"]),
        }
    )


def _sequence(one: Mapping[str, Any]) -> Sequence:
    lists = {name: tuple(one[name]) for name in ("held_bytes", "pairs")}
    return Sequence(**dict(one) | lists | {"equal": Equal(**one["equal"])})


def _ratio(one: Mapping[str, Any]) -> Ratio:
    return Ratio(one["value"], tuple(one["rounds"]))
