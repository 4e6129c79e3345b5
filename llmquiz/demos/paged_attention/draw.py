"""A server's memory under each way of handing it out, the waste by block size, and what sharing saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size
from llmquiz.demos.paged_attention.result import LONGEST, SIZE, MemoryUse, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The server's memory under each way of handing it out: in use, reserved for nothing, free."""
    labels = words.labels(lang)
    size, tokens = byte_size(result.pool_bytes), f"{result.pool_bytes // result.token_bytes:,}"
    memory = labels["memory"].format(model=result.server, size=size, tokens=tokens)
    names = [_name(use, labels) for use in result.ways]
    behind = [f"{use.served.live:.0f} {labels['requests']}" for use in result.ways]
    margin = max(map(cell_len, names))
    room = terminal.WIDTH - margin - max(map(cell_len, behind)) - 4
    text = Text.assemble((f"{memory}\n", "bold"), no_wrap=True)
    for use, name, requests in zip(result.ways, names, behind, strict=True):
        used, reserved = (round(n / result.pool_bytes * room) for n in (use.used_bytes, use.reserved_bytes))
        text.append(f"{terminal.pad(name, margin)} │").append("█" * used, "green").append(
            "░" * (reserved - used), "red"
        )
        text.append(f"{' ' * (room - reserved)}│ {requests}\n")
    return text.append(f"{' ' * margin}  █ {labels['used']}  ░ {labels['wasted']}  {labels['free']}")


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Every way of handing the memory out, block sizes, then what sharing saves."""
    labels = words.labels(lang)
    header = [labels[key] for key in ("way", "at-once", "reserved", "used", "in-use", "preempted")]
    ways = [(_name(use, labels), use) for use in result.ways]
    sizes = [(_name(use, labels), use) for use in result.sizes if use.size != SIZE]
    sharing = [(labels["apart"], result.common[0]), (labels["once"], result.common[1])]
    full = [(labels["full"].format(way=_name(use, labels)), use) for use in result.full]
    blocks = [
        (labels["prefix"], f"{result.shared.blocks_alone}", f"{result.shared.blocks}"),
        (labels["positions"], f"{result.shared.positions_alone}", f"{result.shared.positions}"),
        (labels["samples"], f"{result.samples.blocks_alone}", f"{result.samples.blocks}"),
    ]
    return (
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


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The memory under each way, and the waste by block size."""
    labels = words.labels(lang)
    drawn, (memory, size) = plots.blank(words.title[lang], panels=2)
    names = [f"{_name(use, labels)}\n{use.served.live:.0f} {labels['requests']}" for use in result.ways]
    used = [use.used_bytes / 2**30 for use in result.ways]
    memory.barh(names, used, color="C0", edgecolor="black", label=labels["used"])
    wasted = [use.wasted_bytes / 2**30 for use in result.ways]
    memory.barh(names, wasted, left=used, color="white", edgecolor="black", hatch="//", label=labels["wasted"])
    memory.axvline(result.pool_bytes / 2**30, color="black", linestyle="--", label=labels["pool"])
    memory.invert_yaxis()
    memory.set_xlabel("GiB")
    memory.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    percent = [100 * (1 - use.share) for use in result.sizes]
    waste = terminal.Series(labels["wasted"], [use.size for use in result.sizes], percent)
    plots.draw(size, [waste], x_label=labels["block-size"], y_label=labels["wasted-percent"], log_x=True)
    size.legend().remove()
    size.set_xticks(waste.x, [str(n) for n in waste.x])
    size.minorticks_off()
    size.set_ylim(0)
    return drawn
