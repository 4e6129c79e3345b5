"""The README's pictures, exported by the program itself: `python -m tests.screens`.

A drill is answered in a home of its own with a fixed clock, so its picture is the same everywhere and a test compares
it; a demo's picture shows what was measured where it was made.
"""

from __future__ import annotations

import html
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).parent.parent / ".screens"
WIDTH = 92

ANSWERS = {
    "en": (
        "Every position carries loss, so the signal is dense, while BERT learns from about 15% of the tokens. "
        "Everything becomes next-token prediction. Keys and values of the past never change, so they can be cached. "
        "And encoder-decoders simply cannot be scaled up."
    ),
    "zh": (
        "每个位置都算损失，训练信号很密，BERT 一次只有大约 15% 的 token 有信号。所有任务都写成预测下一个 token。"
        "前面的 K、V 不会变，所以能缓存复用。而且 encoder-decoder 根本做不大。"
    ),
}


@contextmanager
def quiet_home() -> Iterator[None]:
    """A home of its own, and a fixed clock."""
    before = {name: os.environ.get(name) for name in ("LLMQUIZ_HOME", "LLMQUIZ_NOW")}
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(LLMQUIZ_HOME=home, LLMQUIZ_NOW="2026-11-23T19:00:00Z")
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def recorder() -> Console:
    """A console that can be exported."""
    nowhere = io.StringIO()
    return Console(
        record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor", no_color=False
    )


def widened(svg: str) -> str:
    """`svg` with the length of each text told in cells: rich counts characters, which squeezes Chinese to half."""

    def mend(match: re.Match[str]) -> str:
        text = html.unescape(match["text"])
        length = float(match["length"]) / len(text) * cell_len(text)
        return f'{match["head"]}textLength="{length:g}"{match["tail"]}{match["text"]}</text>'

    pattern = r'(?P<head><text [^>]*?)textLength="(?P<length>[\d.]+)"(?P<tail>[^>]*>)(?P<text>[^<]+)</text>'
    return re.sub(pattern, mend, svg)


def drill(lang: str) -> str:
    """The picture of one answered question."""
    from llmquiz.app.answering import grade
    from llmquiz.app.context import AppContext
    from llmquiz.schedule.layout import lay_out
    from llmquiz.ui.document import show
    from llmquiz.ui.document.fitting import Fitted
    from llmquiz.ui.document.verdict import verdict

    with quiet_home():
        context = AppContext(lang)
        console = recorder()
        context.print_to(console)
        asked = context.collection.get("why-decoder-only")
        score = grade(context, asked, ANSWERS[lang])
        console.print(Text("$ llmquiz drill", style="bold green"))
        context.show(show.head(asked, context.words, 1, 10, 0, 14))
        context.show(show.question(asked, lay_out(asked, 0), context.words))
        # As in a terminal of 24 lines: two of keys, one of the cursor.
        context.show(Fitted(verdict(asked, score, ANSWERS[lang], context.words, level=0), 21))
    return widened(console.export_svg(title="llmquiz drill", unique_id=f"drill-{lang}"))


def demo(lang: str, name: str = "kv-cache") -> str:
    """The picture of a demo run here, now."""
    from llmquiz.app import demos
    from llmquiz.app.context import AppContext
    from llmquiz.demos.lab.demo import load
    from llmquiz.ui.tables.demo import Minute

    with quiet_home():
        context = AppContext(lang)
        console = recorder()
        context.print_to(console)
        console.print(Text(f"$ llmquiz demo {name}", style="bold green"))
        outcome, words = demos.run(context, name), demos.words_of(context, name)
        plot = load(name).plot(outcome.result, words, context.lang)
        context.show(Minute(outcome, words, plot, context.words, 21))
    return widened(console.export_svg(title=f"llmquiz demo {name}", unique_id=f"demo-{lang}"))


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    for lang in ("en", "zh"):
        (FOLDER / f"drill.{lang}.svg").write_text(drill(lang), encoding="utf-8")
        if "--drill-only" not in sys.argv:
            (FOLDER / f"demo.{lang}.svg").write_text(demo(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
