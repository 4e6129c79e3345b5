"""Every fault in content: the schema's, the audit's, and what the learner's history and the demos say of it."""

from __future__ import annotations

import os
from pathlib import Path

from llmquiz import clock, paths
from llmquiz.app.context import AppContext, loading_bar, own_content
from llmquiz.collection.audit.audit import audit
from llmquiz.collection.discover import root_of
from llmquiz.collection.faults import Fault
from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadResult, former_ids, items_of
from llmquiz.errors import ContentError, StoreError
from llmquiz.ids import Id
from llmquiz.messages.faults import wording


def check(context: AppContext, path: Path | None, content: Path | None) -> tuple[list[Fault], int]:
    """Every fault in what lies under `path` (all content where there is none), and how many entries that holds."""
    under = path and path.resolve()
    with loading_bar(context) as progress:
        result = load(_roots(path, content), progress)
    chosen = {shown for file, shown in result.shown.items() if under is None or _concerns(file, under)}
    # A set, since the loader and the audit may come upon the same fault.
    faults = {*result.faults, *audit(result, under), *_orphans(result), *_demos(result)}
    entries = sum(loaded.shown in chosen for loaded in result.entries.values())
    return [fault for fault in sorted(faults) if fault.path in chosen], entries


def _concerns(file: Path, path: Path) -> bool:
    """Whether a fault of `file` concerns who checks `path`: a missing deck does who checks anything beside it."""
    return file.is_relative_to(path) or (not file.exists() and path.is_relative_to(file.parent))


def _orphans(result: LoadResult) -> list[Fault]:
    """Items with a history here that the content no longer has: renamed without `aka`, perhaps."""
    # Opening makes the file: a check leaves no database behind.
    if not os.path.exists(paths.database()):
        return []
    from llmquiz.store.store import Store

    known = {item for loaded in result.entries.values() for item, _, _ in items_of(loaded)}
    # What was renamed and says so has not lost its history.
    known |= {old for loaded in result.entries.values() for old in former_ids(loaded)}
    try:
        with Store.open(paths.database(), now=clock.now()) as store:
            lost = sorted(set(store.dues()) - known)
    except StoreError:
        return []  # `doctor` says what is wrong with it
    faults = []
    for item in lost:
        topic = Id(item).topic
        # A topic that was not loaded here may be sound elsewhere.
        if topic in result.topics:
            shown = result.shown[result.topics[topic][0] / "deck.yaml"]
            faults.append(Fault(shown, 1, "", "warning", *wording("id.history-lost", name=item)))
    return faults


def _demos(result: LoadResult) -> list[Fault]:
    """Claims of a demo that have no words, words that have no claim, and words of a demo that does not exist."""
    from llmquiz.demos.lab.demo import claim_ids, names

    known, faults = names(), []
    for name, words in result.demos.items():
        path = result.demo_paths[name]
        tested = claim_ids(name) if name in known else ()
        worded = [claim.id for claim in words.claims]
        for claim_id in [*(i for i in worded if i not in tested), *(i for i in tested if i not in worded)]:
            if claim_id in worded:
                place = ("claims", worded.index(claim_id), "id")
                faults.append(result.fault(path, place, "demo.claim-untested", claim_id=claim_id))
            else:
                faults.append(result.fault(path, ("claims",), "demo.claim-unworded", claim_id=claim_id))
    return faults


def _roots(path: Path | None, content: Path | None) -> list[Path]:
    """The folders to load: what is checked may name sources, demos and questions of the shipped content."""
    shipped = paths.shipped_content().resolve()
    if path is None:
        return [*own_content(content), shipped]
    if not path.exists():
        raise ContentError("check.no-path", path=path)
    return list(dict.fromkeys([root_of(path.resolve()), shipped]))


def show(context: AppContext, faults: list[Fault], entries: int) -> None:
    """The faults, then how many there are; where there are none, that all is sound."""
    words = context.words
    print_faults(context, faults)
    errors = sum(fault.level == "error" for fault in faults)
    if faults:
        context.warn(words("check.count", errors=errors, warnings=len(faults) - errors))
    else:
        context.show(words("check.sound", entries=entries))


def print_faults(context: AppContext, faults: list[Fault]) -> None:
    """Faults in the line format that editors and CI annotations read."""
    for fault in faults:
        level = context.words("check.warning") + ": " if fault.level == "warning" else ""
        field = f"{fault.field}: " if fault.field else ""
        # However narrow the terminal, a fault stays on one line.
        context.console.print(f"{fault.path}:{fault.line}: {level}{field}{fault.text(context.lang)}", soft_wrap=True)
