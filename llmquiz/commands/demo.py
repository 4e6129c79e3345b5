"""`llmquiz demo`."""

from __future__ import annotations

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz demo kv-cache --save speedup.svg"


def command(
    name: options.Demo = None,
    listed: options.Listed = False,
    quick: options.Quick = False,
    device: options.Device = None,
    dtype: options.Dtype = "float32",
    model: options.Checkpoint = None,
    text: options.OwnText = None,
    live: options.Live = False,
    seed: options.Seed = 0,
    threads: options.Threads = 1,
    save: options.Save = None,
    everything: options.Everything = False,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Run a model on this machine, small or real, and measure what an answer claims.

    Exit code 1 only where a claim that could be tested came out other than expected.
    """
    from llmquiz.app import demos

    context, run = AppContext(lang, content), {"quick": quick, "device": device, "dtype": dtype, "threads": threads}
    if name is None or listed:
        return demos.listing(context, json)
    run |= {"seed": seed, "model": model, "text": text, "live": live}
    raise typer.Exit(int(demos.report(context, name, save, json, everything, **run)))
