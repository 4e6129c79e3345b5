"""A topic on one page."""

from __future__ import annotations

import re

from llmquiz.export.page import page
from llmquiz.export.topic import ExportedTopic


def test_the_page_has_the_core_answers_the_tables_and_the_numbers(every_kind: ExportedTopic) -> None:
    body = re.sub(r">\s+<", "><", page(every_kind).partition("<body>")[2])
    assert body == (
        "\n<h1>All</h1><p>Every kind.</p>"
        "<section><h2>Why divide?</h2><p>For the variance.</p><ul><li>The variance grows.</li></ul></section>"
        "<section><h2>Kinds</h2><table><thead><tr><th></th><th>sees</th><th>makes</th></tr></thead>"
        "<tbody><tr><td>encoder</td><td>both sides</td><td>vectors | states <em>(contested)</em></td></tr></tbody>"
        "</table></section>"
        "<section><h2>Numbers</h2><table><tr><td>How many parameters?</td>"
        "<td>175 billion parameters</td></tr></table></section></body></html>"
    )


def test_the_page_fetches_and_runs_nothing(every_kind: ExportedTopic) -> None:
    text = page(every_kind)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert not re.findall(r"(?:src|href)=|<script|url\(|@import", text)
