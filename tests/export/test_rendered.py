"""Content's Markdown as HTML."""

from __future__ import annotations

import jinja2
import pytest

from llmquiz.export.rendered import block, inline, template

HOSTILE = "<script>alert('&')</script>"
ESCAPED = "&lt;script&gt;alert('&amp;')&lt;/script&gt;"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b*\n\nc", "<p>a <em>b</em></p>\n<p>c</p>\n"),
        ("- a\n- `b`", "<ul>\n<li>a</li>\n<li><code>b</code></li>\n</ul>\n"),
        ("```\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n"),
        (HOSTILE, f"<p>{ESCAPED}</p>\n"),
        (f"a {HOSTILE}", f"<p>a {ESCAPED}</p>\n"),
    ],
)
def test_a_text_is_paragraphs_and_lists_and_markup_in_it_stays_text(text: str, html: str) -> None:
    assert block(text) == html


def test_a_table_is_one() -> None:
    shown = block("| a | b |\n| --- | --- |\n| 1 | 2 |")
    assert "<th>b</th>" in shown
    assert "<td>2</td>" in shown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** `c`", "a <strong>b</strong> <code>c</code>"),
        ("- a", "- a"),
        (HOSTILE, ESCAPED),
        ("多 *少*", "多 <em>少</em>"),
    ],
)
def test_in_a_line_nothing_begins_a_paragraph(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_no_link_runs_anything(address: str) -> None:
    assert "href" not in inline(f"[a]({address})")


def test_a_template_marks_content_up_once_and_escapes_all_else() -> None:
    environment = template("page.html.jinja").environment
    shown = environment.from_string("{{ a|inline }} {{ a|block }}{{ b }}").render(a="*x*", b="*<b>*")
    assert shown == "<em>x</em> <p><em>x</em></p>\n*&lt;b&gt;*"


def test_a_name_that_is_not_known_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="nobody"):
        template("page.html.jinja").environment.from_string("{{ nobody }}").render()
    with pytest.raises(jinja2.TemplateNotFound):
        template("nothing.html.jinja")
