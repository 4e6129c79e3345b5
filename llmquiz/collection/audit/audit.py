"""What `llmquiz check` checks beyond the schema: links, sources, languages, budgets, and that content proves itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmquiz.collection.audit import examples, structure
from llmquiz.collection.audit.findings import Audit
from llmquiz.collection.faults import Fault
from llmquiz.collection.load import LoadedEntry, LoadResult
from llmquiz.language import LANGS
from llmquiz.schema import texts, topics
from llmquiz.schema.questions import Claim
from llmquiz.schema.texts import Model, Text

Loc = tuple[str | int, ...]


def audit(loaded: LoadResult, under: Path | None = None) -> list[Fault]:
    """Every fault of `loaded` that the schema cannot see; examples are graded for what lies under one path only."""
    work = Audit(loaded)
    for filed in loaded.entries.values():
        _texts(work, filed)
        _sources(work, filed)
        _links(work, filed)
        structure.check(work, filed)
    structure.cycles(work)
    examples.check(work, [filed for filed in loaded.entries.values() if not under or filed.path.is_relative_to(under)])
    _deck_orders(work)
    _demos(work)
    _orphaned_sources(work)
    return sorted(work.faults)


def walk(model: Model, loc: Loc = ()) -> Iterator[tuple[Loc, Model]]:
    """Every model inside `model` with its place, in the names that the YAML uses."""
    yield loc, model
    for name, info in type(model).model_fields.items():
        yield from _walk_value(getattr(model, name), (*loc, info.alias or name))


def _walk_value(value: Any, loc: Loc) -> Iterator[tuple[Loc, Model]]:
    if isinstance(value, Model):
        yield from walk(value, loc)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _walk_value(one, (*loc, number))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _walk_value(one, (*loc, key))


def _texts(work: Audit, filed: LoadedEntry) -> None:
    langs = work.loaded.topics[filed.topic][1].langs
    for loc, model in walk(filed.entry):
        if not isinstance(model, Text):
            continue
        for lang in LANGS:
            if lang in langs and getattr(model, lang) is None:
                work.error(filed, (*loc, lang), f"no {lang} text; the deck is in {', '.join(langs)}",
                           f"缺少 {lang} 文本；本主题的语言是 {'、'.join(langs)}")  # fmt: skip
            if (getattr(model, lang) or "").strip() == "TODO":
                work.error(filed, (*loc, lang), "still to be written", "这里还没写")
        _wrong_language(work, filed, loc, model)


def _wrong_language(work: Audit, filed: LoadedEntry, loc: Loc, text: Text) -> None:
    if text.en and text.zh and text.en == text.zh and len(text.en.split()) > 5:
        work.warning(filed, loc, "the same text in both languages; translate one of them",
                     "两种语言的文本一样，请翻译其中一个")  # fmt: skip
    elif text.zh and len(text.zh) > 40 and not _han(text.zh):
        work.warning(filed, (*loc, "zh"), "no Chinese in the Chinese text", "中文文本里没有汉字")
    elif text.en and _han(text.en) * 3 > len(text.en):
        work.warning(filed, (*loc, "en"), "Chinese in the English text", "英文文本里是中文")


def _han(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def _sources(work: Audit, filed: LoadedEntry) -> None:
    for loc, model in walk(filed.entry):
        for number, name in enumerate(getattr(model, "sources", [])):
            work.used_sources.add(name)
            if name not in work.loaded.sources:
                work.error(filed, (*loc, "sources", number), f"no source {name!r} in sources.yaml; add it there",
                           f"sources.yaml 里没有来源“{name}”，请补上")  # fmt: skip
    if isinstance(filed.entry, Claim) and not filed.entry.sources and not filed.entry.demo:
        say = work.warning if filed.entry.verdict is texts.Verdict.sound else work.error
        say(filed, ("sources",), "a claim needs a source, or a demo that measures it", "论断需要来源，或者能测它的演示")


def _resolves(work: Audit, topic: str, name: str) -> bool:
    full = name if "/" in name else f"{topic}/{name}"
    return full in work.ids or full.split("/")[0] in work.broken


def _links(work: Audit, filed: LoadedEntry) -> None:
    for loc, model in walk(filed.entry):
        for key, name in _references(model):
            if not _resolves(work, filed.topic, name):
                work.error(filed, (*loc, *key), f"there is no {name!r}; mend the id", f"没有“{name}”这个 id，请改正")
    demo = filed.entry.demo
    if demo and demo not in work.loaded.demos:
        work.error(
            filed,
            ("demo",),
            f"no demo {demo!r}; `llmquiz demo` lists them",
            f"没有演示“{demo}”，`llmquiz demo` 列出全部",
        )


def _references(model: Model) -> Iterator[tuple[Loc, str]]:
    for number, name in enumerate(getattr(model, "see", [])):
        yield ("see", number), name
    ask = getattr(model, "ask", None)
    if isinstance(ask, str):
        yield ("ask",), ask
    for number, name in enumerate(ask if isinstance(ask, list) else []):
        yield ("ask", number), name
    claim = getattr(model, "claim", None)
    if isinstance(claim, str):
        yield ("claim",), claim
    if isinstance(model, topics.Branch) and model.point:
        yield ("point",), model.point


def _deck_orders(work: Audit) -> None:
    for topic, (folder, deck) in work.loaded.topics.items():
        for number, name in enumerate(deck.order):
            if not _resolves(work, topic, name):
                path = folder / "deck.yaml"
                line, field = work.loaded.line(path, ("order", number))
                en, zh = f"there is no {name!r}; mend the id", f"没有“{name}”这个 id，请改正"
                work.faults.append(Fault(work.loaded.shown[path], line, field, "error", en, zh))


def _demos(work: Audit) -> None:
    """A demo's words must say each claim once, and in both languages."""
    for name, words in work.loaded.demos.items():
        path = work.loaded.demo_paths[name]
        for loc, model in walk(words):
            if isinstance(model, Text) and not (model.en and model.zh):
                line, field = work.loaded.line(path, loc)
                shown = work.loaded.shown[path]
                work.faults.append(Fault(shown, line, field, "error", "both languages are needed", "两种语言都要有"))


def _orphaned_sources(work: Audit) -> None:
    for name in sorted(set(work.loaded.sources) - work.used_sources):
        path, number = work.loaded.source_places[name]
        line, field = work.loaded.line(path, ("sources", number, "id"))
        en, zh = f"nothing cites {name!r}; cite or remove it", f"没有内容引用“{name}”，请引用或删掉"
        work.faults.append(Fault(work.loaded.shown[path], line, field, "warning", en, zh))
