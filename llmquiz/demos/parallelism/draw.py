"""What each way of cutting sends and costs, how long stages wait, and how unevenly the text is shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.demos.parallelism.claims import BATCH, LAYERS, LENGTH, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Bytes and cost of each way, the stages over time, the shares of the text."""
    labels = words.labels(lang)
    setting = f"{result.model}, p={result.processes} ({result.backend}), B={BATCH}, T={LENGTH}"
    idle = [(f"m={pipe.micro_batches}", 100 * pipe.idle, f"{pipe.idle:.1%}") for pipe in result.pipelines]
    shares = [
        (labels[sequence.name], *(f"{pairs:,}" for pairs in sequence.pairs), f"×{sequence.imbalance:.2f}")
        for sequence in result.sequences
    ]
    return Group(
        setting,
        terminal.table(("", labels["sent"], labels["work"], labels["wait"]), _costs(result, labels)),
        "",
        labels["idle"],
        terminal.bars(idle),
        "",
        terminal.table((labels["pairs"], *_ranks(result), labels["imbalance"]), shares),
    )


def _costs(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row for the one process and for each way of cutting."""
    ring = result.sequences[0]
    sent = {
        "tensor": (labels["tensor"], result.tensor.total_bytes),
        "pipeline": (labels["pipeline"], result.pipelines[0].total_bytes),
        "sequence": (
            labels["sequence"],
            result.processes * LAYERS * (ring.layer_forward_bytes + ring.layer_backward_bytes),
        ),
    }
    rows: list[tuple[str, ...]] = [(labels["alone"], "0 B", "×1", f"×1 ({duration(result.alone_seconds)})")]
    for cost in result.costs:
        name, sent_bytes = sent[cost.name]
        rows.append((name, byte_size(sent_bytes), f"×{cost.work.value:.3g}", f"×{cost.wait.value:.3g}"))
    return rows


def _ranks(result: Result) -> list[str]:
    return [f"p{rank}" for rank in range(result.processes)]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The idle share over the micro-batches, and the work of each process on the text."""
    labels = words.labels(lang)
    drawn, (idle, pairs) = plots.blank(words.title[lang], panels=2)
    counts = [pipe.micro_batches for pipe in result.pipelines]
    p = result.processes
    lines = [
        terminal.Series(labels["counted"], counts, [100 * pipe.idle for pipe in result.pipelines]),
        terminal.Series("(p−1)/(m+p−1)", counts, [100 * (p - 1) / (m + p - 1) for m in counts]),
    ]
    plots.draw(idle, lines, x_label=labels["micro-batches"], y_label=labels["idle"])
    for i, sequence in enumerate(result.sequences):
        places, hatch = [rank + 0.27 * (i - 1) for rank in range(p)], ("", "//", "..")[i]
        pairs.bar(places, sequence.pairs, width=0.25, label=labels[sequence.name], hatch=hatch, edgecolor="black")
    pairs.set_xticks(range(p), _ranks(result))
    pairs.set_ylabel(labels["pairs"])
    pairs.set_ylim(0, 1.3 * max(max(sequence.pairs) for sequence in result.sequences))
    pairs.legend(frameon=False)
    return drawn
