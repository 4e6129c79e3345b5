"""`llmquiz demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption

EPILOG = "Example: llmquiz demo kv-cache --save speedup.svg"


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="The demo; without it all are listed.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the demos.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller and faster.")] = False,
    device: Annotated[
        str | None, typer.Option("--device", help="cpu, cuda or mps; the fastest found without it.")
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="float32, bfloat16, float16 or float64.")] = "float32",
    model: Annotated[str | None, typer.Option("--model", help="A checkpoint of yours: a folder or a hub name.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Your own sentence.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Train here instead of using the shipped weights.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of everything that is drawn.")] = 0,
    threads: Annotated[int, typer.Option("--threads", min=1, help="CPU threads.")] = 1,
    save: Annotated[Path | None, typer.Option("--save", help="Write the figure as .png or .svg.")] = None,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Run a small model on this machine and measure what an answer claims.

    Exit code 1 only where a claim that could be tested came out other than expected.
    """
    context = AppContext(lang, content)
    if name is None or listed:
        _list(context, json)
        return
    options: dict[str, Any] = {"device": device, "dtype": dtype, "quick": quick, "seed": seed, "threads": threads,
                               "model": model, "text": text, "live": live}  # fmt: skip
    from llmquiz.app import demos as _measure

    if json:
        found = _measure.outcome(context, name, **options)
        context.json(found.json())
    else:
        found = _measure.run_and_show(context, name, **options)
    if save:
        from llmquiz.demos.lab import demo

        demo.save(name, found.result, _measure.words_of(context, name), context.lang, save)
        context.warn(context.words("demo.saved", path=save))
    raise typer.Exit(int(any(claim.surprising for claim in found.claims)))


def _list(context: AppContext, json: bool) -> None:
    from llmquiz.demos.lab.demo import names

    demos = {name: words for name, words in context.collection.demos().items() if name in names()}
    if json:
        rows = [
            {"demo": n, "title": d.title.model_dump(), "shows": d.shows.model_dump(), "seconds": d.seconds}
            for n, d in demos.items()
        ]
        context.json(rows)
        return
    from llmquiz.ui.tables import demo as view

    context.show(*view.listing(demos, context.words))
