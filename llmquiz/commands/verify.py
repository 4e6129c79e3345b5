"""`llmquiz verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz verify kv-cache causal-mask --quick"


def command(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Demos; all without it.")] = None,
    quick: options.Quick = False,
    device: options.Device = None,
    dtype: options.Dtype = "float32",
    model: options.Checkpoint = None,
    threads: options.Threads = 1,
    record: options.Record = False,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Run the demos and print one table: claim, whose, expected, measured here, holds."""
    from llmquiz.app import demos

    run = {"quick": quick, "device": device, "dtype": dtype, "threads": threads}
    surprised = demos.verify(AppContext(lang, content), names or [], json, model, record, **run)
    raise typer.Exit(int(surprised))
