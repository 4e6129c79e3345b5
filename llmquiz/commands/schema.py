"""`llmquiz schema`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

EPILOG = "Example: llmquiz schema --output content/schema.json"


def command(
    output: Annotated[Path | None, typer.Option("--output", help="Write it to this file.")] = None,
) -> None:
    """The JSON schema of content files, with every field explained, for editors that complete YAML."""
    from llmquiz.schema.json_schema import text

    if output:
        output.write_text(text(), encoding="utf-8")
    else:
        sys.stdout.write(text())
