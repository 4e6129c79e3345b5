"""`llmquiz train`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz train ssm --only attention --seed 1"


def command(
    name: options.Demo = None,
    only: options.Only = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the weights and of the data.")] = 0,
    steps: options.Steps = None,
    device: Annotated[str, typer.Option("--device", help="cpu, cuda or mps.")] = "cpu",
    threads: options.Threads = 1,
    output: options.Output = None,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Train a demo's small models again from their seed, and compare them with the shipped ones.

    The demo's claims are then tested on the new weights: they should come out the same, the numbers need not. Exit code
    1 only where a claim came out other than expected. The shipped weights stay as they are.
    """
    from llmquiz.app import training

    context = AppContext(lang, content)
    if name is None:
        training.listing(context, json)
        return
    surprising = training.again(context, name, only or [], seed, steps, device, threads, output, json)
    raise typer.Exit(int(surprising))
