"""A sheet becomes a draft, and nothing of it is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmquiz.collection.drafts.importing import Draft, from_markdown, from_rows, language
from llmquiz.schema.topics import Deck, EntryFile, TopicFile

SHEET = """# Attention, asked

Intro that belongs nowhere in particular.

## Why scale the scores?

To keep their variance at one. Otherwise softmax saturates.

- The variance grows with d.
- Softmax saturates.

| Variant | Cache | Quality |
|---|---|---|
| MHA | large | **best** |
| MQA | small |  |

```python
scores = q @ k.T / d**0.5
```

## Facts

1. RoPE rotates queries and keys.
2. Short.

> Everybody says that RoPE extrapolates.

**Q2: What is a causal mask?**

A: It hides what comes later.
"""


def everything(draft: Draft) -> str:
    """All that the draft holds, as text."""
    strings: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, str):
            strings.append(value)
        elif isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(draft.deck())
    collect(draft.questions)
    collect(draft.lists())
    return "\n".join(strings)


def test_headings_bullets_tables_and_answers_find_their_place() -> None:
    draft = from_markdown(SHEET)
    assert draft.title == "Attention, asked"
    assert [q["prompt"]["en"] for q in draft.questions] == ["Why scale the scores?", "What is a causal mask?"]
    assert [p["text"]["en"] for p in draft.questions[0]["points"]] == [
        "The variance grows with d.",
        "Softmax saturates.",
    ]
    assert draft.questions[1]["answers"]["one-minute"]["text"]["en"] == "It hides what comes later."
    assert [column["text"]["en"] for column in draft.tables[0]["columns"]] == ["Cache", "Quality"]
    assert draft.tables[0]["rows"][1]["cells"]["column-2"]["text"]["en"] == "TODO"
    assert "RoPE rotates queries and keys." in [claim["text"]["en"] for claim in draft.claims]
    assert set(draft.leftover) == {"scores = q @ k.T / d**0.5", "Facts", "Short."}


def fits_the_schema(draft: Draft) -> None:
    """Each file that the draft becomes."""
    Deck.model_validate(draft.deck())
    for question in draft.questions:
        EntryFile.model_validate(question)
    for key, entries in draft.lists().items():
        TopicFile.model_validate({key: entries})


def test_what_was_imported_fits_the_schema() -> None:
    draft = from_markdown(SHEET)
    fits_the_schema(draft)
    assert set(draft.lists()) == {"tables", "claims", "leftover"}


def test_no_word_of_the_sheet_is_lost() -> None:
    texts = everything(from_markdown(SHEET))
    words = re.findall(r"\w+", re.sub(r"(?m)^```.*$|Q2:|A:", "", SHEET))
    assert [word for word in words if word not in texts and not word.isdigit()] == []


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "# head",
                "## why?",
                "- item one here",
                "plain words here",
                "> said so often",
                "| a | b |\n|--|--|\n| c | d |",
                "`x`",
                "1. first of all",
            ]
        ),
        max_size=12,
    )
)
def test_any_order_of_blocks_is_kept(blocks: list[str]) -> None:
    draft = from_markdown("\n\n".join(blocks))
    texts = everything(draft)
    for block in blocks:
        for word in re.findall(r"[a-z]+", block):
            assert word in texts
    fits_the_schema(draft)


def test_a_chinese_sheet_makes_a_chinese_deck() -> None:
    draft = from_markdown("# 注意力\n\n### 追问 1：为什么要缩放？\n\n为了让方差保持为一。\n\n- 方差随维度增长\n")
    assert draft.deck()["langs"] == ["zh"]
    assert draft.questions[0]["prompt"] == {"zh": "为什么要缩放？"}
    assert draft.questions[0]["id"] == "question-1"


@pytest.mark.parametrize(("delimiter", "suffix"), [(",", "csv"), ("\t", "tsv")])
def test_rows_become_questions_with_or_without_a_header(delimiter: str, suffix: str) -> None:
    rows = [
        ("Question", "Tag", "Answer"),
        ("Why scale?", "maths", "To keep the variance. It grows."),
        ("", "", "alone"),
    ]
    draft = from_rows("\n".join(delimiter.join(row) for row in rows), delimiter)
    assert [(q["prompt"]["en"], len(q["points"])) for q in draft.questions] == [("Why scale?", 2)]
    assert draft.leftover == ["maths", f"{delimiter}{delimiter}alone"]
    plain = from_rows(delimiter.join(["Why mask?", "No future."]), delimiter)
    assert plain.questions[0]["answers"]["one-line"]["text"]["en"] == "No future."


@pytest.mark.parametrize(
    ("text", "lang"), [("为什么用 decoder-only 架构？", "zh"), ("Why decoder-only?", "en"), ("", "en")]
)
def test_the_language_is_told_from_the_letters(text: str, lang: str) -> None:
    assert language(text) == lang
