"""`llmquiz schema`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

EPILOG = "Example: llmquiz schema --output content/schema"


def command(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]",
            help="question, items, deck, interview, interviewer, demo, sources or glossary; all in one without it.",
        ),
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", help="Write it to this .json file, or one a kind to this folder.")
    ] = None,
) -> None:
    """The JSON schema of content files, with every field explained, for editors that complete YAML."""
    from llmquiz.schema import json_schema

    if output:
        json_schema.write(output, kind)
    else:
        sys.stdout.write(json_schema.text(kind))
