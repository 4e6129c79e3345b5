"""What all content shares: texts in two languages, names, levels, and entries as plain data and back."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from llmquiz.language import LANGS
from llmquiz.schema.questions import KeyPoint
from llmquiz.schema.texts import Addressable, Level, Text, Texts, dump
from tests.entries import KINDS, SAMPLES


def test_a_text_is_in_the_language_asked_for_else_in_the_one_that_there_is() -> None:
    assert [Text(en="mask", zh="掩码")[lang] for lang in LANGS] == ["mask", "掩码"]
    assert [Text(en="mask")[lang] for lang in LANGS] == ["mask", "mask"]
    assert [Text(zh="掩码")[lang] for lang in LANGS] == ["掩码", "掩码"]


@pytest.mark.parametrize(
    ("folded", "shown"),
    [
        ("方差随 维度增长", "方差随维度增长"),
        ("方差 增长 变大", "方差增长变大"),
        ("先缩放， 再求和。 最后取平均", "先缩放，再求和。最后取平均"),
        ("维度 d ，方差 v 。", "维度 d，方差 v。"),
        ("KV 缓存占 memory 很多", "KV 缓存占 memory 很多"),
    ],
)
def test_lines_of_chinese_are_joined_without_a_space_and_foreign_words_keep_theirs(folded: str, shown: str) -> None:
    assert Text(zh=folded)["zh"] == Text(zh=folded)["en"] == shown
    assert Texts(zh=[folded, "掩码"])["zh"] == [shown, "掩码"]
    assert Text(en=folded)["en"] == folded


def test_several_texts_are_those_of_one_language_and_not_of_another() -> None:
    assert [Texts(en=["mask"])[lang] for lang in LANGS] == [["mask"], []]
    assert [Texts(zh=["掩码"])[lang] for lang in LANGS] == [[], ["掩码"]]


@pytest.mark.parametrize("name", ["why-scale", "gpt3", "3d", "a" * 80])
def test_a_name_is_small_letters_digits_and_single_hyphens(name: str) -> None:
    assert Addressable(id=name).id == name


@pytest.mark.parametrize("name", ["", "Why", "why--scale", "-why", "why-", "why scale", "缓存", "a/b", "a.b", "a" * 81])
def test_anything_else_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        Addressable(id=name)


@pytest.mark.parametrize("reference", ["why", "t/why", "t/why.point", "t/kinds.encoder.sees", "kinds.encoder.sees"])
def test_a_reference_may_name_the_topic_and_a_part(reference: str) -> None:
    assert Addressable(id="x", aka=[reference]).aka == [reference]


@pytest.mark.parametrize("reference", ["", "a/b/c", "a.b.c.d", "t/", ".point", "Why", "a b"])
def test_anything_else_is_no_reference(reference: str) -> None:
    with pytest.raises(ValidationError):
        Addressable(id="x", aka=[reference])


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"id": "x", "colour": "red"}, ("colour", "extra_forbidden")),
        ({"id": 7}, ("id", "string_type")),
        ({"id": "x", "level": "corn"}, ("level", "enum")),
        ({}, ("id", "missing")),
    ],
)
def test_what_is_not_known_missing_or_of_another_type_is_a_fault_of_its_field(
    data: dict[str, object], fault: tuple[str, str]
) -> None:
    with pytest.raises(ValidationError) as faulty:
        Addressable.model_validate(data)
    assert [(error["loc"][0], error["type"]) for error in faulty.value.errors()] == [fault]


def test_a_number_in_quotation_marks_is_no_number() -> None:
    with pytest.raises(ValidationError):
        KeyPoint.model_validate({"id": "x", "text": {"en": "It grows."}, "weight": "2"})


def test_an_empty_text_is_a_fault() -> None:
    for lang in LANGS:
        with pytest.raises(ValidationError):
            Text.model_validate({lang: ""})


def test_what_was_read_stays_as_it_is() -> None:
    entry = Addressable(id="x")
    with pytest.raises(ValidationError):
        entry.id = "y"


def test_each_level_goes_further_than_the_one_before() -> None:
    assert sorted(Level, key=lambda level: level.rank) == [Level.core, Level.deep, Level.expert]
    assert Addressable.model_validate({"id": "x", "level": "expert"}).level.rank > Addressable(id="x").level.rank


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_of_any_kind_is_the_same_after_it_was_plain_data(kind: str) -> None:
    entry = SAMPLES[kind]
    assert type(entry).model_validate_json(json.dumps(dump(entry))) == entry


def test_plain_data_has_what_was_written_under_the_names_that_authors_write() -> None:
    written = {"id": "x", "text": {"en": "It grows."}, "level": "core", "also": {"en": ["It gets larger."]}}
    assert dump(KeyPoint.model_validate({**written, "weight": 1, "aka": []})) == written
