"""What each way of cutting sends and costs, how long stages wait, and how unevenly the text is shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.demos.parallelism.claims import BATCH, LAYERS, LENGTH, Result
from llmquiz.demos.parallelism.claims import Sequence as Sequenced
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """What each way sends, and for what share of the time its processes wait for each other."""
    labels = words.labels(lang)
    rows = [(labels["tensor"], result.tensor.total_bytes, 0.0, labels["equal-shares"])]
    for pipe in result.pipelines:
        name = labels["pipeline-of"].format(count=pipe.micro_batches)
        rows.append((name, pipe.total_bytes, pipe.idle, f"{pipe.idle:.0%}"))
    for sequence in result.sequences:
        idle = 1 - 1 / sequence.imbalance
        name = labels["ring-of"].format(cut=labels[sequence.name])
        rows.append((name, _ring_bytes(result, sequence), idle, f"{idle:.0%}"))
    margin = max(cell_len(name) for name, _, _, _ in rows) + 1
    sizes = max(cell_len(labels["sent"]), 8)
    bars = [(f"{terminal.pad(name, margin)}{byte_size(n):>{sizes}} ", idle, shown) for name, n, idle, shown in rows]
    indent = " " * (sizes - cell_len(labels["sent"]))
    return terminal.titled(f"{' ' * margin}{indent}{labels['sent']}  {labels['waits']}", terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The time of each way, and the shares of the text."""
    labels = words.labels(lang)
    setting = labels["setting"].format(processes=result.processes, backend=result.backend, batch=BATCH, tokens=LENGTH)
    times: list[tuple[str, ...]] = [(labels["alone"], "×1", f"×1 ({duration(result.alone_seconds)})")]
    times += [(labels[cost.name], f"×{cost.work.value:.3g}", f"×{cost.wait.value:.3g}") for cost in result.costs]
    shares = [
        (labels[sequence.name], *(f"{pairs:,}" for pairs in sequence.pairs), f"×{sequence.imbalance:.2f}")
        for sequence in result.sequences
    ]
    return (
        Text(f"{result.model}\n{setting}", style="dim"),
        "",
        terminal.table(("", labels["work"], labels["wait"]), times),
        "",
        terminal.table((labels["pairs"], *_processes(result, labels), labels["imbalance"]), shares),
    )


def _ring_bytes(result: Result, sequence: Sequenced) -> int:
    """Sent in a step, by all processes for all layers."""
    return result.processes * LAYERS * (sequence.layer_forward_bytes + sequence.layer_backward_bytes)


def _processes(result: Result, labels: Mapping[str, str]) -> list[str]:
    return [labels["process"].format(number=rank + 1) for rank in range(result.processes)]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The idle share over the micro-batches, and the work of each process on the text."""
    labels = words.labels(lang)
    drawn, (idle, pairs) = plots.blank(words.title[lang], panels=2)
    counts = [pipe.micro_batches for pipe in result.pipelines]
    p = result.processes
    every = range(1, max(counts) + 1)
    idle.plot(every, [100 * (p - 1) / (m + p - 1) for m in every], color="gray", label=labels["formula"].format(p=p))
    measured = [100 * pipe.idle for pipe in result.pipelines]
    idle.plot(counts, measured, "o", markersize=9, markerfacecolor="none", markeredgewidth=2, label=labels["counted"])
    idle.set_xlabel(labels["micro-batches"])
    idle.set_ylabel(labels["idle"])
    idle.set_xlim(0)
    idle.set_ylim(0, 100)
    idle.grid(visible=True, alpha=0.3)
    idle.legend(frameon=False)
    for i, sequence in enumerate(result.sequences):
        places, hatch = [rank + 0.27 * (i - 1) for rank in range(p)], ("", "//", "..")[i]
        pairs.bar(places, sequence.pairs, width=0.25, label=labels[sequence.name], hatch=hatch, edgecolor="black")
    pairs.set_xticks(range(p), _processes(result, labels))
    pairs.set_ylabel(labels["pairs"])
    pairs.set_ylim(0, 1.3 * max(max(sequence.pairs) for sequence in result.sequences))
    pairs.legend(frameon=False)
    return drawn
