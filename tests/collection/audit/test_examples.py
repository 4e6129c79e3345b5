"""Open questions prove themselves: their examples are graded as their author says, their points told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection.audit import examples
from llmquiz.collection.audit.findings import Findings
from llmquiz.collection.loaded import LoadResult
from tests.collection.audit.conftest import Topic, entry, noted

Write = Callable[[str, str], Path]
Noted = tuple[str, str, tuple[str, str]]

POINT = {
    "id": "cause",
    "text": {"en": "The cause is known.", "zh": "原因已知。"},
}
PARTIAL = [
    {"lang": "en", "text": "The cause is known.", "meets": ["cause"]},
    {"lang": "zh", "text": "原因已知。", "meets": ["cause"]},
]
PROVEN = {
    "points": [POINT],
    "accept": {"en": ["The cause is known."], "zh": ["原因已知。"]},
    "reject": {"en": ["Nobody can say."], "zh": ["说不清楚。"]},
    "partial": PARTIAL,
    "demo": "kv-cache",
}


def proven(**changes: object) -> dict[str, object]:
    """A question that proves itself, but for some changes."""
    return entry("open", **{**PROVEN, **changes})


def faults(result: LoadResult, *names: str) -> list[Noted]:
    """Level, field and words of what the examples of some entries show."""
    assert result.faults == []
    findings = Findings(result)
    examples.check(findings, [result.entries[f"t/{name}"] for name in names or ("x",)])
    return [(fault.level, fault.field, (fault.message, fault.zh)) for fault in findings.faults]


def test_a_question_with_an_example_of_each_sort_proves_itself(topic: Topic) -> None:
    assert faults(topic(proven(), entry("claim", id="free"), entry("table", id="kinds")), "x", "free", "kinds") == []


@pytest.mark.parametrize("langs", [["en", "zh"], ["en"], ["zh"]])
def test_each_sort_of_example_is_wanted_in_each_language_of_the_deck(topic: Topic, langs: list[str]) -> None:
    bare = {"points": [{"id": "cause", "text": POINT["text"]}]}
    assert faults(topic(entry("open", **bare), langs=", ".join(langs))) == [
        *(
            ("warning", *row)
            for lang in langs
            for row in (
                noted("accept", "question.no-example", key="accept", lang=lang),
                noted("reject", "question.no-example", key="reject", lang=lang),
                noted("partial", "question.no-partial", lang=lang),
            )
        ),
        ("warning", *noted("demo", "question.no-demo")),
    ]


def test_an_example_of_one_language_is_none_of_the_other(topic: Topic) -> None:
    assert faults(topic(proven(reject={"en": ["Nobody can say."]}, partial=PARTIAL[1:]))) == [
        ("warning", *noted("partial", "question.no-partial", lang="en")),
        ("warning", *noted("reject", "question.no-example", key="reject", lang="zh")),
    ]


def test_an_example_that_is_not_graded_as_its_author_says_is_an_error_where_it_stands(topic: Topic) -> None:
    result = topic(
        proven(
            accept={"en": ["The cause is known.", "Nobody can say."], "zh": ["原因已知。"]},
            reject={"en": ["Nobody can say."], "zh": ["说不清楚。", "原因已知。"]},
            partial=[*PARTIAL, {"lang": "en", "text": "Nobody can say.", "meets": ["cause"]}],
        )
    )
    lines = result.entries["t/x"].path.read_text(encoding="utf-8").splitlines()
    findings = Findings(result)
    examples.check(findings, list(result.entries.values()))
    assert [(fault.level, fault.field, lines[fault.line - 1].strip()) for fault in findings.faults] == [
        ("error", "accept.en.1", '"Nobody can say."'),
        ("error", "reject.zh.1", '"原因已知。"'),
        ("error", "partial.2", "{"),
    ]


@pytest.mark.parametrize("langs", [["en", "zh"], ["en"], ["zh"]])
def test_points_that_the_grader_cannot_tell_apart_are_a_warning_at_each_statement(
    topic: Topic, langs: list[str]
) -> None:
    longer = {
        "id": "age",
        "text": {"en": "The cause is known and ancient.", "zh": "原因已知，而且很老。"},
    }
    oldest = {
        **longer,
        "id": "oldest",
        "text": {"en": "The ancient cause is known.", "zh": "而且原因已知，很老。"},
    }
    result = topic(proven(points=[POINT, longer, oldest]), langs=", ".join(langs))
    look_alikes = [row for row in faults(result) if row[1].startswith("points.")]
    others = (["cause", "oldest"], ["cause", "age"])
    assert look_alikes == [
        ("warning", *noted(f"points.{number}.text.{lang}", "point.look-alike", names=names))
        for lang in langs
        for number, names in enumerate(others, 1)
    ]
