"""Running a demo from a command: a progress bar, the result shown, the measurement kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock, log
from llmquiz.app.context import AppContext
from llmquiz.errors import StoreError, UnknownId

if TYPE_CHECKING:  # 30 ms to import, and the drill passes here
    from rich.console import RenderableType

    from llmquiz.demos.lab.outcome import Outcome
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
def bar(context: AppContext, title: str, model: str | None = None) -> Iterator[Progress]:
    """A progress callback that draws a bar on standard error, in a terminal only; first while `model` is loaded."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=context.problems, transient=True) as progress:
        task = progress.add_task(context.words("demo.loading", model=model) if model else title, total=1.0)
        yield lambda done: progress.update(task, completed=done, description=title)


def run(context: AppContext, name: str, *, keep: bool = True, **options: Any) -> Outcome:
    """Run a demo and keep what it found, unless told not to."""
    from llmquiz.demos.lab import demo

    words = words_of(context, name)
    with bar(context, context.words("demo.running", id=name), options.get("model")) as progress:
        outcome = demo.run(name, words, progress=progress, **options)
    if not keep or outcome.recorded:
        return outcome
    try:
        context.store.save_measurement(name, clock.now(), outcome.json()["claims"])
    except StoreError as error:  # a measurement is worth showing even where it cannot be kept
        context.warn_unwritable(error.text(context.lang))
    return outcome


def run_once(context: AppContext, name: str) -> Outcome:
    """The quick run of a demo, once in a sitting: who asks again is told the same.

    What needs a real model is shown as it was recorded: a learner does not wait for a model to load.
    """
    from llmquiz.demos.lab import demo

    if name not in context.outcomes:
        words = words_of(context, name)
        needs = demo.definition(name).needs
        context.outcomes[name] = demo.recorded(name, words) if needs else run(context, name, quick=True)
    return context.outcomes[name]


def measured(context: AppContext, name: str, field: str) -> float:
    """One number of a demo's quick result, for a prediction."""
    return float(getattr(run_once(context, name).result, field))


def parts(context: AppContext, outcome: Outcome) -> list[RenderableType]:
    """All of what a demo came to, from its title to its conditions."""
    from llmquiz.demos.lab import demo, real
    from llmquiz.ui.tables import demo as view

    name = outcome.demo
    words, its = words_of(context, name), demo.definition(name)
    drawn = [its.plot(outcome.result, words, context.lang), "", *its.tables(outcome.result, words, context.lang)]
    recorded = list(view.missing(real.KNOWN[its.needs], context.words)) if outcome.recorded and its.needs else []
    foot = view.foot(outcome, words, context.words, settled_by(context, name))
    return [*view.head(words, context.words), *recorded, "", *drawn, *view.claims(outcome, context.words), *foot]


def settled_by(context: AppContext, name: str) -> list[tuple[str, str]]:
    """The questions that point to a demo: id and heading."""
    from llmquiz.schema.plain import heading

    refs = [ref for ref in context.collection.entries() if getattr(ref.entry, "demo", None) == name]
    return [(str(ref.id), heading(ref.entry, context.lang)) for ref in refs if ref.kind != "prediction"]


def show_once(context: AppContext, name: str, show: Callable[..., None]) -> None:
    """All of what the quick run of a demo came to, by `show`; it is run once in a sitting."""
    show(*parts(context, run_once(context, name)))


def show_minute(context: AppContext, outcome: Outcome) -> None:
    """What a minute's reading shows, on one screen, and the rest by a key."""
    from llmquiz.app.paging import paged, rows
    from llmquiz.demos.lab import demo, real
    from llmquiz.ui.keyboard.ask import asker
    from llmquiz.ui.tables import demo as view

    words, its = words_of(context, outcome.demo), demo.definition(outcome.demo)
    keys = context.words("demo.keys", count=len(outcome.claims))
    if outcome.recorded and its.needs:
        keys = f"{keys}|{real.KNOWN[its.needs].install}"
    plot = its.plot(outcome.result, words, context.lang)
    keyboard = asker(context.words)
    while True:
        context.show(view.Minute(outcome, words, plot, context.words, rows(context, keys)))
        if keyboard.key(keys, "m\n q") != "m":
            return
        paged(context, keyboard, *parts(context, outcome), back=True)


def report(
    context: AppContext, name: str, save: Path | None, json: bool, everything: bool = False, **conditions: Any
) -> bool:
    """Run a demo and print what came of it; whether a claim came out other than expected."""
    from llmquiz.demos.lab import demo, plots
    from llmquiz.ui.keyboard.ask import at_terminal

    if save:
        plots.check(save)  # before the run, not after it
    outcome = run(context, name, **conditions)
    if json:
        context.json(outcome.json())
    elif everything or not at_terminal():
        context.show(*parts(context, outcome))
    else:
        show_minute(context, outcome)
    if save:
        used = demo.save(name, outcome, words_of(context, name), context.lang, save)
        context.warn(context.words("demo.saved", path=save))
        if used != context.lang:
            context.warn(context.words("demo.saved-in-english"))
    return any(claim.surprising for claim in outcome.claims)


def listing(context: AppContext, json: bool) -> None:
    """Print every demo with what it shows, and the real models that are here."""
    from llmquiz.demos.lab import demo, real

    known = demo.names()
    demos = {name: words for name, words in context.collection.demos().items() if name in known}
    definitions = {name: demo.definition(name) for name in demos}
    if json:
        context.json([
            {"demo": name, "title": words.title.model_dump(), "shows": words.shows.model_dump(),
             "seconds": words.seconds, "families": list(definitions[name].families), "needs": definitions[name].needs}
            for name, words in demos.items()
        ])  # fmt: skip
        return
    from llmquiz.app.paging import shown
    from llmquiz.ui.tables import demo as view

    def takes(name: str) -> str:
        families = definitions[name].families
        text = context.words("demo.any-family") if families == real.FAMILIES else "/".join(families)
        return f"{text} *" if definitions[name].needs else text

    held = [(model, real.here(model)) for model in real.KNOWN.values()]
    rows = view.listing(demos, {name: takes(name) for name in demos}, context.words)
    shown(context, *rows, *view.models(held, context.words))


def chosen(context: AppContext, names: list[str], model: str | None) -> list[str]:
    """The demos to verify: those named, else all that there are; with a model those that take its family."""
    from llmquiz.demos.lab import demo

    if names:
        return names
    every = [name for name in demo.names() if context.collection.demo(name)]
    if model is None:
        return every
    log.take_over()
    from llmquiz.demos.lab.own_model import family_at

    family = family_at(model)
    return [name for name in every if family in demo.definition(name).families]


def verify(
    context: AppContext, names: list[str], json: bool, model: str | None = None, keep: bool = False, **conditions: Any
) -> bool:
    """Run demos, all where none is named, and print one table of claims; whether any came out other than expected.

    `model`: only those that take it, on it. `keep`: as the runs that are shown where the real model is not.
    """
    from llmquiz.demos.lab import demo
    from llmquiz.ui.tables import demo as view

    options = conditions | ({"model": model} if model else {})
    outcomes = [run(context, name, **options) for name in chosen(context, names, model)]
    if keep:
        for outcome in outcomes:
            needs = demo.definition(outcome.demo).needs
            if needs and outcome.settings.get("model") == needs:  # measured here, and on the model that it is for
                context.warn(context.words("demo.written", path=demo.record(outcome)))
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
