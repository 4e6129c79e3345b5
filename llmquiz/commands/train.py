"""`llmquiz train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption

EPILOG = "Example: llmquiz train ssm --only attention --seed 1"


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="The demo; without it all are listed.")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="MODEL", help="Only this model; repeat.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the weights and of the data.")] = 0,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="Fewer or more steps than the recipe says.")
    ] = None,
    device: Annotated[str, typer.Option("--device", help="cpu, cuda or mps.")] = "cpu",
    threads: Annotated[int, typer.Option("--threads", min=1, help="CPU threads.")] = 1,
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Keep the weights there.")] = None,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Train a demo's small models again from their seed, and compare them with the shipped ones.

    The demo's claims are then tested on the new weights: they should come out the same, the numbers need not. Exit code
    1 only where a claim came out other than expected. The shipped weights stay as they are.
    """
    context = AppContext(lang, content)
    from llmquiz.app import training

    if name is None:
        training.listing(context, json)
        return
    surprising = training.again(context, name, only or [], seed, steps, device, threads, output, json)
    raise typer.Exit(int(surprising))
