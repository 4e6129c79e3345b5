"""What `llmquiz check` checks beyond the schema: links, sources, languages, budgets, and that content proves itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmquiz.collection.audit import examples, structure
from llmquiz.collection.audit.findings import Findings
from llmquiz.collection.faults import Fault
from llmquiz.collection.loaded import LoadedEntry, LoadResult, Loc
from llmquiz.ids import Id
from llmquiz.language import LANGS
from llmquiz.messages.faults import wording
from llmquiz.schema import texts, topics
from llmquiz.schema.questions import Claim
from llmquiz.schema.texts import Model, Text


def audit(result: LoadResult, under: Path | None = None) -> list[Fault]:
    """Every fault of `result` that the schema cannot see; examples are graded for what lies under one path only."""
    findings = Findings(result)
    for loaded in result.entries.values():
        _texts(findings, loaded)
        _sources(findings, loaded)
        _links(findings, loaded)
        structure.check(findings, loaded)
    structure.cycles(findings)
    chosen = [loaded for loaded in result.entries.values() if not under or loaded.path.is_relative_to(under)]
    examples.check(findings, chosen)
    _deck_orders(findings)
    _demos(findings)
    # Last: the loop above has noted what is cited.
    _orphaned_sources(findings)
    return sorted(findings.faults)


def walk(model: Model, loc: Loc = ()) -> Iterator[tuple[Loc, Model]]:
    """Every model inside `model` with its place, in the names that the YAML uses."""
    yield loc, model
    for name, info in type(model).model_fields.items():
        yield from _walk_value(getattr(model, name), (*loc, info.alias or name))


def _walk_value(value: Any, loc: Loc) -> Iterator[tuple[Loc, Model]]:
    if isinstance(value, Model):
        yield from walk(value, loc)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk_value(inner, (*loc, number))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk_value(inner, (*loc, key))


def _texts(findings: Findings, loaded: LoadedEntry) -> None:
    langs = findings.result.topics[loaded.topic][1].langs
    for loc, model in walk(loaded.entry):
        if not isinstance(model, Text):
            continue
        for lang in LANGS:
            if lang in langs and getattr(model, lang) is None:
                findings.error(loaded, (*loc, lang), "text.missing", lang=lang, langs=langs)
            if (getattr(model, lang) or "").strip() == "TODO":
                findings.error(loaded, (*loc, lang), "text.todo")
        _wrong_language(findings, loaded, loc, model)


def _wrong_language(findings: Findings, loaded: LoadedEntry, loc: Loc, text: Text) -> None:
    # Names and formulas are rightly the same in both; only whole sentences give a forgotten translation away.
    if text.en and text.zh and text.en == text.zh and len(text.en.split()) > 5:
        findings.warning(loaded, loc, "text.untranslated")
    elif text.zh and len(text.zh) > 40 and not _han(text.zh):
        findings.warning(loaded, (*loc, "zh"), "text.not-chinese")
    elif text.en and _han(text.en) * 3 > len(text.en):
        findings.warning(loaded, (*loc, "en"), "text.not-english")


def _han(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def _sources(findings: Findings, loaded: LoadedEntry) -> None:
    for loc, model in walk(loaded.entry):
        for number, name in enumerate(getattr(model, "sources", [])):
            findings.used_sources.add(name)
            if name not in findings.result.sources:
                findings.error(loaded, (*loc, "sources", number), "source.unknown", name=name)
    if isinstance(loaded.entry, Claim) and not loaded.entry.sources and not loaded.entry.demo:
        say = findings.warning if loaded.entry.verdict is texts.Verdict.sound else findings.error
        say(loaded, ("sources",), "claim.no-source")


def _resolves(findings: Findings, topic: str, name: str) -> bool:
    full = Id(name).in_topic(topic)
    return full in findings.ids or full.topic in findings.broken


def _links(findings: Findings, loaded: LoadedEntry) -> None:
    for loc, model in walk(loaded.entry):
        for key, name in _references(model):
            if not _resolves(findings, loaded.topic, name):
                findings.error(loaded, (*loc, *key), "id.unknown", name=name)
    demo = loaded.entry.demo
    if demo and demo not in findings.result.demos:
        findings.error(
            loaded,
            ("demo",),
            "demo.unknown",
            name=demo,
        )


def _references(model: Model) -> Iterator[tuple[Loc, str]]:
    for number, name in enumerate(getattr(model, "see", [])):
        yield ("see", number), name
    # A follow-up asks one question, a section of an interview chooses from several.
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


def _deck_orders(findings: Findings) -> None:
    for topic, (folder, deck) in findings.result.topics.items():
        for number, name in enumerate(deck.order):
            if not _resolves(findings, topic, name):
                fault = findings.result.fault(folder / "deck.yaml", ("order", number), "id.unknown", name=name)
                findings.faults.append(fault)


def _demos(findings: Findings) -> None:
    """A demo's words must be there in both languages."""
    for name, words in findings.result.demos.items():
        path = findings.result.demo_paths[name]
        for loc, model in walk(words):
            if loc[:1] == ("predictions",):
                continue  # each is an entry of its topic, and has the languages of that
            if isinstance(model, Text) and not (model.en and model.zh):
                findings.faults.append(findings.result.fault(path, loc, "text.one-language"))


def _orphaned_sources(findings: Findings) -> None:
    for name in sorted(set(findings.result.sources) - findings.used_sources):
        file, number = findings.result.source_places[name]
        line, field = findings.result.line(file.path, ("sources", number, "id"))
        findings.faults.append(Fault(file.shown, line, field, "warning", *wording("source.uncited", name=name)))
