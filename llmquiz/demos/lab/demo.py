"""What a demo is, which ones there are, and how one is run.

The folder is the registry: `kv_cache/` is the demo `kv-cache`, and its package holds a `DEMO`; its words are
content/demos/ID.yaml. Only `load` and `run` import torch.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from llmquiz import clock, log
from llmquiz.demos.lab import real
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.outcome import Outcome, judged
from llmquiz.demos.lab.real import Family
from llmquiz.demos.lab.run import Run
from llmquiz.errors import DemoError, UnknownId
from llmquiz.language import Lang
from llmquiz.schema.records import read_json
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


R = TypeVar("R")
Option = Literal["text", "live"]
FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Demo(Generic[R]):
    """One experiment: a package with the modules claims, measure and draw, of which the last two import torch."""

    package: str
    """Its dotted name."""
    claims: Mapping[str, Callable[[R], Finding]]
    takes: tuple[Option, ...] = ()
    """What it can use beside its own."""
    families: tuple[Family, ...] = ()
    """Of a model that it can use beside its own: given with --model."""
    needs: str | None = None
    """The short name of the real model without which it shows what was recorded."""
    starts_processes: bool = False
    """Starting them takes time: twice the usual bound."""

    def measure(self, run: Run) -> R:
        """What is measured under the conditions of `run`."""
        result: R = import_module(f"{self.package}.measure").measure(run)
        return result

    def plot(self, result: R, words: DemoText, lang: Lang) -> RenderableType:
        """What a minute's reading shows of `result`, within 80 columns."""
        shown: RenderableType = import_module(f"{self.package}.draw").plot(result, words, lang)
        return shown

    def tables(self, result: R, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
        """The rest of `result`, within 80 columns."""
        draw = import_module(f"{self.package}.draw")
        further: Sequence[RenderableType] = draw.tables(result, words, lang) if hasattr(draw, "tables") else ()
        return further

    def figure(self, result: R, words: DemoText, lang: Lang) -> Figure:
        """`result` as a figure for a slide."""
        drawn: Figure = import_module(f"{self.package}.draw").figure(result, words, lang)
        return drawn


def names() -> tuple[str, ...]:
    """The ids of all demos, in alphabetical order."""
    folders = (path.parent.name for path in FOLDER.glob("*/measure.py"))
    return tuple(sorted(name.replace("_", "-") for name in folders))


def package(demo_id: str) -> str:
    """The dotted name of a demo's package.

    Raises: UnknownId.
    """
    if demo_id not in names():
        raise UnknownId(demo_id, names(), see="llmquiz demo --list")
    return f"llmquiz.demos.{demo_id.replace('-', '_')}"


def tests_of(demo_id: str) -> Mapping[str, Callable[[Any], Finding]]:
    """The tests of a demo's claims, by the ids of the claims; imports no torch."""
    tests: Mapping[str, Callable[[Any], Finding]] = import_module(f"{package(demo_id)}.claims").CLAIMS
    return tests


def claim_ids(demo_id: str) -> tuple[str, ...]:
    """The ids of a demo's claims; imports no torch."""
    return tuple(tests_of(demo_id))


def definition(demo_id: str) -> Demo[Any]:
    """The demo of that id, for what it takes; imports no torch.

    Raises: UnknownId.
    """
    demo = import_module(package(demo_id)).DEMO
    assert isinstance(demo, Demo)
    return demo


def load(demo_id: str) -> Demo[Any]:
    """The demo of that id, ready to measure; imports torch."""
    dotted = package(demo_id)
    log.take_over()
    try:
        import_module(f"{dotted}.measure")
    except ImportError as error:
        missing = error.name or "a library"
        if missing.startswith("llmquiz"):
            raise
        raise DemoError("demo.needs-library", demo_id=demo_id, missing=missing, error=error) from error
    return definition(demo_id)


def recorded(demo_id: str, words: DemoText) -> Outcome:
    """The run that is kept with a demo that needs a real model; imports no torch.

    Raises: DemoError where none is kept.
    """
    path = record_of(demo_id)
    if not path.is_file():
        raise DemoError("demo.nothing-recorded", demo_id=demo_id)
    data = json.loads(path.read_text(encoding="utf-8"))
    tests = import_module(f"{package(demo_id)}.claims")
    result = read_json(tests.Result, json.dumps(data["result"]))
    return Outcome(**data | {"result": result, "claims": judged(tests.CLAIMS, result, words)})


def record_of(demo_id: str) -> Path:
    """The file of the run that is kept with a demo."""
    return FOLDER / demo_id.replace("-", "_") / "recorded.json"


def record(outcome: Outcome) -> Path:
    """Keep a run with its demo, as measured today; the file.

    Raises: OSError where the package cannot be written.
    """
    data = replace(outcome, recorded=clock.now().date().isoformat()).json()
    del data["claims"]
    path = record_of(outcome.demo)
    path.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def run(
    demo_id: str,
    words: DemoText,
    *,
    device: str | None = None,
    dtype: str = "float32",
    threads: int = 1,
    **further: Any,
) -> Outcome:
    """Measure, then test every claim. `words` are those of content/demos/ID.yaml, `further` the fields of a `Run`.

    A demo that needs a real model where none is gives the run that is kept with it.

    Raises: UnknownId; DemoError where it cannot run here or an option does not fit the demo.
    """
    demo = definition(demo_id)
    given = further.get("model")
    if demo.needs and not given:
        known = real.KNOWN[demo.needs]
        if not real.here(known):
            if further.get("text"):  # what was recorded read another
                raise DemoError("demo.text-needs-model", title=known.title, install=known.install)
            return recorded(demo_id, words)
        further["model"] = demo.needs
    load(demo_id)
    from llmquiz.demos.lab import devices

    device = devices.choose(device)
    conditions = Run(device=device, dtype=devices.checked_dtype(dtype, device), **further)
    _refuse(demo_id, demo, conditions.options)
    with devices.prepared(seed=conditions.seed, threads=threads):
        start = time.perf_counter()
        result = demo.measure(conditions)
        seconds = time.perf_counter() - start
    settings = {"seed": conditions.seed, "quick": conditions.quick, "threads": threads} | conditions.options
    return Outcome(
        demo_id,
        device,
        conditions.dtype,
        seconds,
        settings,
        devices.versions(device),
        result,
        judged(demo.claims, result, words),
        model=real.described(conditions.model) if conditions.model else None,
    )


def _refuse(demo_id: str, demo: Demo[Any], options: Mapping[str, Any]) -> None:
    """Say which of `options` this demo has no use for."""
    taken = {*demo.takes, *(("model",) if demo.families else ())}
    if unused := [f"--{name}" for name in options if name not in taken]:
        raise DemoError("demo.no-use-for-option", demo_id=demo_id, options=" and ".join(unused), options_zh=unused)


def save(demo_id: str, outcome: Outcome, words: DemoText, lang: Lang, path: Path) -> Lang:
    """Write the demo's figure as PNG or SVG; the language used, which is English where no font here has Chinese."""
    from llmquiz.demos.lab import plots

    demo = definition(demo_id)
    return plots.save(
        lambda used: plots.signed(demo.figure(outcome.result, words, used), outcome, words, used), lang, path
    )
