"""`llmquiz check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from llmquiz import clock, paths
from llmquiz.commands._here import ContentOption, Here, JsonOption, LangOption, loading_bar, own_content
from llmquiz.errors import ContentError, StoreError
from llmquiz.faults import Fault
from llmquiz.loading import Loaded, former_ids

EPILOG = "Example: llmquiz check my-topics/ --strict"


def command(
    path: Annotated[
        Path | None, typer.Argument(help="A topic, a folder of topics or one file; all content without it.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Every fault in content at once, each as `path:line: field: what to do`.

    Checks the YAML and its schema, ids and links, sources, languages, tables, time budgets, and grades every accept,
    reject and partial example.
    """
    from llmquiz.audit import audit
    from llmquiz.loading import load

    here = Here(lang)
    with loading_bar(here) as progress:
        loaded = load(_roots(path, content), progress)
    chosen = {shown for file, shown in loaded.shown.items() if path is None or file.is_relative_to(path.resolve())}
    found = {*loaded.faults, *audit(loaded), *_orphans(loaded), *_demos(loaded)}
    faults = [fault for fault in sorted(found) if fault.path in chosen]
    if json:
        here.json([fault.as_json() for fault in faults])
    else:
        _print(here, faults, sum(filed.shown in chosen for filed in loaded.entries.values()))
    failing = faults if strict else [fault for fault in faults if fault.level == "error"]
    raise typer.Exit(1 if failing else 0)


def _orphans(loaded: Loaded) -> list[Fault]:
    """Items with a history here that the content no longer has: renamed without `aka`, perhaps."""
    if not os.path.exists(paths.database()):
        return []
    from llmquiz.loading import items_of
    from llmquiz.store import Store

    known = {item for filed in loaded.entries.values() for item, _, _ in items_of(filed)}
    known |= {old for filed in loaded.entries.values() for old in former_ids(filed)}
    try:
        with Store.open(paths.database(), now=clock.now()) as store:
            lost = sorted(set(store.dues()) - known)
    except StoreError:
        return []  # `doctor` says what is wrong with it
    faults = []
    for item in lost:
        topic = item.split("/")[0]
        if topic in loaded.topics:
            shown = loaded.shown[loaded.topics[topic][0] / "deck.yaml"]
            en = f"{item!r} has a history here, but is gone; if it was renamed, put it into `aka` of the new one"
            zh = f"“{item}”有学习记录，但内容里已经没有它；如果是改了名，请把旧 id 写进新条目的 `aka`"
            faults.append(Fault(shown, 1, "", "warning", en, zh))
    return faults


def _demos(loaded: Loaded) -> list[Fault]:
    """Claims of a demo that have no words, words that have no claim, and words of a demo that does not exist."""
    from llmquiz.demos._demo import claim_ids, names

    faults = []
    for name, words in loaded.demos.items():
        path = loaded.demo_paths[name]
        tested = claim_ids(name) if name in names() else ()
        said = [claim.id for claim in words.claims]
        for one in [*(i for i in said if i not in tested), *(i for i in tested if i not in said)]:
            line, field = loaded.line(path, ("claims", said.index(one), "id") if one in said else ("claims",))
            en, zh = f"the demo tests no claim {one!r}; mend or remove it", f"演示没有测“{one}”这个论断，请改正或删掉"
            if one not in said:
                en, zh = f"the claim {one!r} of the demo has no words; add them", f"演示的论断“{one}”还没有文字，请补上"
            faults.append(Fault(loaded.shown[path], line, field, "error", en, zh))
    return faults


def _roots(path: Path | None, content: Path | None) -> list[Path]:
    """The folders to load: what is checked may name sources, demos and questions of the shipped content."""
    shipped = paths.shipped_content().resolve()
    if path is None:
        return [*own_content(content), shipped]
    if not path.exists():
        raise ContentError(f"{path}: there is no such file or folder.", f"{path}：没有这个文件或文件夹。")
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    root = folder.parent if (folder / "deck.yaml").exists() or folder.name == "demos" else folder
    return list(dict.fromkeys([root, shipped]))


def _print(here: Here, faults: list[Fault], entries: int) -> None:
    words = here.words
    print_faults(here, faults)
    errors = sum(fault.level == "error" for fault in faults)
    if faults:
        here.warn(words("check.count", errors=errors, warnings=len(faults) - errors))
    else:
        here.show(words("check.sound", entries=entries))


def print_faults(here: Here, faults: list[Fault]) -> None:
    """Faults in the line format that editors and CI annotations read."""
    for fault in faults:
        level = here.words("check.warning") + ": " if fault.level == "warning" else ""
        field = f"{fault.field}: " if fault.field else ""
        here.console.print(f"{fault.path}:{fault.line}: {level}{field}{fault.text(here.lang)}", soft_wrap=True)
