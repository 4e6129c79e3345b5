"""The report as a page: whole in itself, safe, and readable in a real browser on a phone and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Heading, ReportBlock
from llmquiz.ui.document.from_report import blocks
from llmquiz.ui.document.page import page
from llmquiz.ui.document.report_blocks import Bar, Bars, Grid, Line, Quote, Stop, TimeLine
from llmquiz.ui.document.runs import Run
from tests.interview import candidates
from tests.interview.candidates import LANGS, Seat, reported

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
VOID = {"meta", "br", "link", "img", "hr", "input"}


def made(lang: str, candidate: candidates.Candidate = candidates.knows_half) -> str:
    """The page of a whole interview."""
    report = reported("practice", lang, candidate)  # type: ignore[arg-type]
    words = Words("zh" if lang == "zh" else "en")
    return page(blocks(report, words), words.lang, words("report.title"))


class Tags(HTMLParser):
    """Opened and closed tags, in balance or not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", LANGS)
def test_every_tag_is_closed_and_nothing_is_fetched_or_run(lang: str) -> None:
    text = made(lang)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "link", "img", "iframe", "object"}
    assert not [attrs for _, attrs in tags.seen if {"src", "href", "onload", "onclick"} & set(attrs)]
    assert "url(" not in text
    assert "@import" not in text
    assert [attrs["lang"] for tag, attrs in tags.seen if tag == "html"] == ["zh-Hans" if lang == "zh" else "en"]
    assert sum(tag == "svg" for tag, _ in tags.seen) == 2


def test_what_was_typed_stays_text() -> None:
    def hostile(seat: Seat) -> str:
        return f"<script>alert('&')</script> <b>{candidates.knows_half(seat)}</b>"

    text = made("en", hostile)
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)" in text


BLOCKS: dict[type, tuple[ReportBlock, str]] = {
    Heading: (Heading(1, "A & b", "c"), '<h1>A &amp; b <small class="aside">c</small></h1>'),
    Line: (
        Line((Run("a\n"), Run("<b>", "dim"), Run("c", "added"))),
        '<p>a<br><span class="dim">&lt;b&gt;</span><ins>c</ins></p>',
    ),
    Quote: (Quote((Run("a", "strong"),)), "<blockquote><strong>a</strong></blockquote>"),
    Bars: (Bars("T", (Bar("scope", 0.5, "50 %", "good", 0.7),), "n"), "<figcaption>n</figcaption>"),
    TimeLine: (TimeLine("T", (Stop(1, 0.0, 30.0, 60.0, "why", "bad", "0:30"),), 60.0), "<title>1. why 0:30</title>"),
    Grid: (Grid(("part",), ((Run("9 s", "bad"),),)), '<tr><td><span class="bad">9 s</span></td></tr>'),
}


@pytest.mark.parametrize("kind", get_args(ReportBlock))
def test_every_block_of_a_report_is_drawn(kind: type) -> None:
    block, drawn = BLOCKS[kind]
    assert drawn in page([block], "en", "T")


def test_the_lines_of_a_list_are_gathered_and_a_question_is_one_section() -> None:
    blocks = [Heading(1, "T"), Heading(2, "Q"), Line((Run("a"),), "+", "good"), Line((Run("b"),), depth=1)]
    body = re.sub(r">\s+<", "><", page(blocks, "en", "T").partition("<main>")[2])
    assert body.startswith(
        '<h1>T</h1><section><h2>Q</h2><ul><li><span class="bullet good">+</span><span>a</span></li>'
        '<li class="depth1"><span>b</span></li></ul></section></main>',
        body.index("<h1>"),
    )


def browse(path: Path, *options: str) -> str:
    """What the browser prints."""
    assert BROWSER
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={path.parent / 'profile'}"]
    done = subprocess.run([*command, *options, path.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


MEASURE = """<script>
const wide = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
document.title = JSON.stringify({
  scroll: document.documentElement.scrollWidth, inner: innerWidth, wide: wide.map(e => e.tagName).slice(0, 5),
  text: parseFloat(getComputedStyle(document.body).fontSize),
  plots: [...document.querySelectorAll('svg')].map(e => e.getBoundingClientRect().width),
  outside: [...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')].filter(t =>
    t.getBoundingClientRect().right > svg.getBoundingClientRect().right + 1).map(t => t.textContent)),
});
</script></body>"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [500, 1200])  # a headless window is not narrower than 500
def test_a_browser_shows_it_without_scrolling_sideways(tmp_path: Path, lang: str, width: int) -> None:
    import json

    path = tmp_path / "report.html"
    path.write_text(made(lang).replace("</body>", MEASURE), encoding="utf-8")
    shown = browse(path, f"--window-size={width},1000", "--dump-dom")
    title = re.search(r"<title>(\{.*?\})</title>", shown)
    assert title
    measured = json.loads(title[1].replace("&quot;", '"'))
    assert measured["scroll"] <= measured["inner"]
    assert measured["wide"] == []
    assert measured["outside"] == []
    assert measured["text"] >= 16
    assert all(200 < plot <= measured["inner"] for plot in measured["plots"])


PHONE = (
    '<!DOCTYPE html><meta charset="utf-8"><iframe src="report.html" style="width:360px;height:800px;border:0"></iframe>'
)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
@pytest.mark.parametrize("lang", LANGS)
def test_a_phone_of_360_pixels_shows_it_without_scrolling_sideways(tmp_path: Path, lang: str) -> None:
    """The page in a frame as wide as a phone; it reports its own measure to the page around it."""
    import json

    tell = MEASURE.replace("document.title = JSON.stringify(", "parent.postMessage(JSON.stringify(").replace(
        "});\n</script>", "}), '*');\n</script>"
    )
    (tmp_path / "report.html").write_text(made(lang).replace("</body>", tell), encoding="utf-8")
    listen = "<script>addEventListener('message', e => document.title = e.data)</script>"
    outer = tmp_path / "phone.html"
    outer.write_text(listen + PHONE, encoding="utf-8")
    shown = browse(outer, "--window-size=800,900", "--virtual-time-budget=4000", "--dump-dom")
    title = re.search(r"<title>(\{.*?\})</title>", shown)
    assert title, shown[:500]
    measured = json.loads(title[1].replace("&quot;", '"'))
    assert measured["inner"] == 360
    assert measured["scroll"] <= 360
    assert (measured["wide"], measured["outside"]) == ([], [])


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
def test_it_can_be_printed(tmp_path: Path) -> None:
    path, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    path.write_text(made("zh"), encoding="utf-8")
    browse(path, f"--print-to-pdf={printed}", "--no-pdf-header-footer")
    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_size > 10_000
