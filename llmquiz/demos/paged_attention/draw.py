"""A server's memory under each way of handing it out, the waste by block size, and what sharing saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size
from llmquiz.demos.paged_attention.claims import LONGEST, SIZE, MemoryUse, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The memory under each way, then block sizes, then sharing."""
    labels = words.labels(lang)
    header = [labels[key] for key in ("way", "requests", "reserved", "used", "in-use", "preempted")]
    ways = [(_name(use, labels), use) for use in result.ways]
    sizes = [(_name(use, labels), use) for use in result.sizes if use.size != SIZE]
    sharing = [(labels["apart"], result.common[0]), (labels["once"], result.common[1])]
    full = [(f"{labels['full']}: {_name(use, labels)}", use) for use in result.full]
    memory = f"{result.server}, {byte_size(result.pool_bytes)} = {result.pool_bytes // result.token_bytes:,} token"
    blocks = [
        (labels["prefix"], f"{result.shared.blocks_alone}", f"{result.shared.blocks}"),
        (labels["positions"], f"{result.shared.positions_alone}", f"{result.shared.positions}"),
        (labels["samples"], f"{result.samples.blocks_alone}", f"{result.samples.blocks}"),
    ]
    return Group(
        Text(memory),
        _bars(ways, result.pool_bytes),
        Text(f"█ {labels['used']}  ░ {labels['wasted']}"),
        "",
        terminal.table(header, [_row(name, use) for name, use in [*ways, *sizes, *sharing, *full]]),
        "",
        terminal.table((result.model, labels["each"], labels["once-short"]), blocks),
    )


def _name(use: MemoryUse, labels: Mapping[str, str]) -> str:
    """What the way of handing out memory is called."""
    names = {
        "longest": f"{labels['longest']} {LONGEST:,}",
        "power": labels["power"],
        "oracle": labels["oracle"],
        "blocks": f"{labels['blocks']} {use.size}",
    }
    return names[use.name]


def _row(name: str, use: MemoryUse) -> tuple[str, ...]:
    """A line of the table."""
    sizes = (byte_size(use.reserved_bytes), byte_size(use.used_bytes))
    return (name, f"{use.served.live:.1f}", *sizes, f"{use.share:.1%}", f"{use.served.preempted}")


def _bars(ways: list[tuple[str, MemoryUse]], pool: int) -> Text:
    """The whole memory, a line each: in use, reserved for nothing, free."""
    margin = max(cell_len(name) for name, _ in ways) + 1
    room = terminal.WIDTH - margin - 2
    lines = []
    for name, use in ways:
        used, reserved = (round(size / pool * room) for size in (use.used_bytes, use.reserved_bytes))
        filled = "█" * used + "░" * (reserved - used)
        lines.append(f"{terminal.pad(name, margin)}│{filled:{room}}│")
    return Text("\n".join(lines), no_wrap=True)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The memory under each way, and the waste by block size."""
    labels = words.labels(lang)
    drawn, (memory, size) = plots.blank(words.title[lang], panels=2)
    names = [_name(use, labels) for use in result.ways]
    used = [use.used_bytes / 2**30 for use in result.ways]
    memory.barh(names, used, color="black", label=labels["used"])
    wasted = [use.wasted_bytes / 2**30 for use in result.ways]
    memory.barh(names, wasted, left=used, color="white", edgecolor="black", hatch="//", label=labels["wasted"])
    for i, use in enumerate(result.ways):
        requests = f"{use.served.live:.0f} {labels['requests']}"
        memory.text(0.3, i, requests, color="white", va="center", fontweight="bold")
    memory.invert_yaxis()
    memory.set_xlabel("GiB")
    memory.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    percent = [100 * (1 - use.share) for use in result.sizes]
    waste = terminal.Series(labels["wasted"], [use.size for use in result.sizes], percent)
    plots.draw(size, [waste], x_label=labels["block-size"], y_label="%", log_x=True)
    return drawn
