"""Running a demo from a command: a progress bar, the result shown, the measurement kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.errors import StoreError, UnknownId

if TYPE_CHECKING:  # 30 ms to import, and the drill passes here
    from llmquiz.demos.lab.demo import Outcome
    from llmquiz.demos.lab.run import Progress
    from llmquiz.schema.topics import DemoText


def words_of(context: AppContext, name: str) -> DemoText:
    """The words of a demo that exists."""
    from llmquiz.demos.lab.demo import names

    words = context.collection.demo(name)
    # Words may stand in a user's content for a demo that this version does not have.
    if words is None or name not in names():
        raise UnknownId(name, names(), see="llmquiz demo")
    return words


@contextmanager
def bar(context: AppContext, title: str) -> Iterator[Progress]:
    """A progress callback that draws a bar on standard error, in a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=context.problems, transient=True) as progress:
        task = progress.add_task(title, total=1.0)
        yield lambda done: progress.update(task, completed=done)


def run(context: AppContext, name: str, *, keep: bool = True, **options: Any) -> Outcome:
    """Run a demo and keep what it found, unless told not to."""
    from llmquiz.demos.lab import demo

    words = words_of(context, name)
    with bar(context, context.words("demo.running", id=name)) as progress:
        outcome = demo.run(name, words, progress=progress, **options)
    if not keep:
        return outcome
    try:
        context.store.save_measurement(name, clock.now(), outcome.json()["claims"])
    except StoreError as error:  # a measurement is worth showing even where it cannot be kept
        context.warn_unwritable(error.text(context.lang))
    return outcome


def run_once(context: AppContext, name: str) -> Outcome:
    """The quick run of a demo, once in a sitting: who asks again is told the same."""
    if name not in context.outcomes:
        context.outcomes[name] = run(context, name, quick=True)
    return context.outcomes[name]


def measured(context: AppContext, name: str, field: str) -> float:
    """One number of a demo's quick result, for a prediction."""
    return float(getattr(run_once(context, name).result, field))


def run_and_show(
    context: AppContext,
    name: str,
    *,
    once: bool = False,
    show: Callable[..., None] | None = None,
    **options: Any,
) -> Outcome:
    """Run a demo and print what it found; `once`: or what it found before in this sitting.

    `show` prints it in another way, such as a screenful at a time.
    """
    from llmquiz.demos.lab import demo
    from llmquiz.ui.tables import demo as view

    words = words_of(context, name)
    outcome = run_once(context, name) if once else run(context, name, **options)
    drawn = demo.load(name).render(outcome.result, words, context.lang)
    parts = [*view.head(words, context.words), drawn, *view.claims(outcome, context.words)]
    (show or context.show)(*parts, *view.foot(outcome, words, context.words))
    return outcome


def report(context: AppContext, name: str, save: Path | None, json: bool, **conditions: Any) -> bool:
    """Run a demo and print what came of it; whether a claim came out other than expected."""
    outcome = run(context, name, **conditions) if json else run_and_show(context, name, **conditions)
    if json:
        context.json(outcome.json())
    if save:
        from llmquiz.demos.lab import demo

        demo.save(name, outcome.result, words_of(context, name), context.lang, save)
        context.warn(context.words("demo.saved", path=save))
    return any(claim.surprising for claim in outcome.claims)


def listing(context: AppContext, json: bool) -> None:
    """Print every demo with what it shows."""
    from llmquiz.demos.lab.demo import names

    known = names()
    demos = {name: words for name, words in context.collection.demos().items() if name in known}
    if json:
        context.json([
            {"demo": name, "title": words.title.model_dump(), "shows": words.shows.model_dump(),
             "seconds": words.seconds}
            for name, words in demos.items()
        ])  # fmt: skip
        return
    from llmquiz.ui.tables import demo as view

    context.show(*view.listing(demos, context.words))


def verify(context: AppContext, names: list[str], json: bool, **conditions: Any) -> bool:
    """Run demos, all where none is named, and print one table of claims; whether any came out other than expected."""
    from llmquiz.demos.lab import demo
    from llmquiz.ui.tables import demo as view

    chosen = names or [name for name in demo.names() if context.collection.demo(name)]
    outcomes = [run(context, name, **conditions) for name in chosen]
    claims = [claim for outcome in outcomes for claim in outcome.claims]
    surprising = sum(claim.surprising for claim in claims)
    if json:
        context.json([outcome.json() for outcome in outcomes])
        return surprising > 0
    context.show(view.verification(outcomes, context.words))
    if surprising:
        context.show(context.words("demo.failed", count=surprising))
    else:
        unknown = sum(claim.holds is None for claim in claims)
        context.show(context.words("demo.all-fine", count=len(claims), unknown=unknown))
    return surprising > 0


def torch_found() -> bool:
    """Whether torch and transformers are installed, told without importing them."""
    from importlib.util import find_spec

    try:
        return all(find_spec(name) is not None for name in ("torch", "transformers"))
    except ImportError:
        return False
