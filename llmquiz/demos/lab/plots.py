"""Figures for slides: matplotlib, PNG or SVG, Chinese where a font here has it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.demos.lab.terminal import Series
from llmquiz.errors import DemoError
from llmquiz.language import Lang

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from llmquiz.demos.lab.outcome import Outcome
    from llmquiz.schema.topics import DemoText

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
STYLES = ("-", "--", ":", "-.")
MARKERS = "osD^vPX*"
"""Together with the dashes these tell curves apart in black and white."""


def blank(title: str, panels: int = 1) -> tuple[Figure, list[Any]]:
    """A figure of slide size with `panels` axes side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5.6), layout="constrained")
    figure.suptitle(title, fontsize=16)
    return figure, [figure.add_subplot(1, panels, i + 1) for i in range(panels)]


def draw(
    axes: Any, series: Iterable[Series], *, x_label: str, y_label: str, log_x: bool = False, log_y: bool = False
) -> None:
    """Curves with marks and dashes of their own."""
    for i, curve in enumerate(series):
        axes.plot(curve.x, curve.y, MARKERS[i % len(MARKERS)] + STYLES[i % len(STYLES)], label=curve.name, markersize=4)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)


def bars(axes: Any, names: Sequence[str], values: Sequence[float], *, x_label: str) -> None:
    """Horizontal bars, the first on top, with their values behind them."""
    drawn = axes.barh(range(len(names)), values, color="C0")
    axes.bar_label(drawn, fmt="{:.3g}", padding=3)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel(x_label)
    axes.margins(x=0.12)
    axes.grid(visible=True, axis="x", alpha=0.3)


def signed(figure: Figure, outcome: Outcome, words: DemoText, lang: Lang) -> Figure:
    """The figure under what was found, with model, machine and day at its foot."""
    import textwrap

    title = (words.answer or words.title)[lang]
    figure.suptitle("\n".join(textwrap.wrap(title, 44 if lang == "zh" else 92)), fontsize=13)
    day = outcome.recorded or clock.now().date().isoformat()
    versions = outcome.versions
    parts = [outcome.model or "", outcome.device, outcome.dtype, f"torch {versions.get('torch', '')}", day, "llmquiz"]
    figure.supxlabel(" · ".join(part for part in (words.title[lang], *parts) if part), fontsize=8, color="gray")
    return figure


def installed_chinese_fonts() -> tuple[str, ...]:
    """Families of `CHINESE_FONTS` that matplotlib finds here."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in CHINESE_FONTS if name in installed)


def check(path: Path) -> None:
    """Whether a figure can go there, as far as that can be told before it is drawn.

    Raises: DemoError for another ending, or where there is no such folder.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise DemoError("demo.save-ending", name=path.name)
    if not path.absolute().parent.is_dir():
        raise DemoError("demo.save-unwritable", path=path, reason="no such folder")


def save(figure: Callable[[Lang], Figure], lang: Lang, path: Path) -> Lang:
    """Draw and write; the language used.

    Text in an SVG stays text, so that whoever opens it needs the font; in a PNG it is drawn here, in English where no
    font of this machine has Chinese characters.

    Raises: DemoError for another ending, or a path that cannot be written.
    """
    from matplotlib import rc_context

    check(path)
    kind = path.suffix.lower()
    fonts = installed_chinese_fonts()
    used: Lang = lang if fonts or kind == ".svg" else "en"
    families = ["DejaVu Sans", *(fonts if kind == ".png" else CHINESE_FONTS)]
    logger = logging.getLogger("matplotlib.font_manager")
    before, logger.disabled = logger.disabled, True  # it complains of every family that is not installed
    try:
        style: Any = {"font.sans-serif": families, "svg.fonttype": "none", "svg.hashsalt": "llmquiz"}
        with rc_context(style), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            figure(used).savefig(path, dpi=160, metadata={"Date": None} if kind == ".svg" else None)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DemoError("demo.save-unwritable", path=path, reason=reason) from error
    finally:
        logger.disabled = before
    return used
