"""Figures for slides."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from llmquiz.demos.lab import plots
from llmquiz.demos.lab.terminal import Series
from llmquiz.errors import DemoError
from llmquiz.language import Lang

pytestmark = pytest.mark.demo


def _drawn(lang: Lang) -> Figure:
    figure, (axes,) = plots.blank("缓存" if lang == "zh" else "cache")
    plots.draw(axes, [Series("a", (1, 2), (3, 4))], x_label="x", y_label="y")
    return figure


def test_text_in_an_svg_stays_text(tmp_path: Path) -> None:
    assert plots.save(_drawn, "zh", tmp_path / "a.svg") == "zh"
    assert "缓存" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_same_figure_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        plots.save(_drawn, "en", tmp_path / name)
    assert (tmp_path / "a.svg").read_text() == (tmp_path / "b.svg").read_text()


def test_a_png_is_in_english_where_no_font_has_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "installed_chinese_fonts", lambda: ())
    assert plots.save(_drawn, "zh", tmp_path / "a.png") == "en"


def test_a_png_uses_the_chinese_font_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "installed_chinese_fonts", lambda: ("DejaVu Sans Mono",))
    assert plots.save(_drawn, "zh", tmp_path / "a.png") == "zh"


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.jpg", "writes PNG or SVG"), ("a", "writes PNG or SVG"), ("no/such/a.png", "cannot be written")],
)
def test_a_path_that_cannot_be_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DemoError, match=message):
        plots.save(_drawn, "en", tmp_path / name)
