"""`llmquiz verify`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption

EPILOG = "Example: llmquiz verify kv-cache causal-mask --quick"


def command(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Demos; all without it.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller and faster.")] = False,
    device: Annotated[str | None, typer.Option("--device", help="cpu, cuda or mps.")] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="float32, bfloat16, float16 or float64.")] = "float32",
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Run the demos and print one table: claim, whose, expected, measured here, holds."""
    from llmquiz.app import demos
    from llmquiz.demos.lab import demo

    context = AppContext(lang, content)
    outcomes = []
    for name in names or [n for n in demo.names() if context.collection.demo(n)]:
        outcomes.append(demos.outcome(context, name, quick=quick, device=device, dtype=dtype))
    surprising = sum(claim.surprising for found in outcomes for claim in found.claims)
    if json:
        context.json([found.json() for found in outcomes])
    else:
        _show(context, outcomes, surprising)
    raise typer.Exit(int(surprising > 0))


def _show(context: AppContext, outcomes: list[Any], surprising: int) -> None:
    from llmquiz.ui.tables import demo as view

    claims = [claim for found in outcomes for claim in found.claims]
    context.show(view.verification(outcomes, context.words))
    if surprising:
        context.show(context.words("demo.failed", count=surprising))
    else:
        unknown = sum(claim.holds is None for claim in claims)
        context.show(context.words("demo.all-fine", count=len(claims), unknown=unknown))
