"""What a demo is, which ones there are, and how one is run.

The folder is the registry: `kv_cache/` is the demo `kv-cache`, and its package holds a `DEMO`; its words are
content/demos/ID.yaml. Only `load` and `run` import torch.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from llmquiz import log
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.reasons import REASONS
from llmquiz.demos.lab.run import Run
from llmquiz.errors import DemoError, UnknownId
from llmquiz.language import Lang
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


R = TypeVar("R")
Option = Literal["model", "text", "live"]
FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Demo(Generic[R]):
    """One experiment: a package with the modules claims, measure and draw, of which the last two import torch."""

    package: str
    """Its dotted name."""
    claims: Mapping[str, Callable[[R], Finding]]
    takes: tuple[Option, ...] = ()
    """What it can use beside its own."""
    starts_processes: bool = False
    """Starting them takes time: twice the usual bound."""

    def measure(self, run: Run) -> R:
        """What is measured under the conditions of `run`."""
        result: R = import_module(f"{self.package}.measure").measure(run)
        return result

    def render(self, result: R, words: DemoText, lang: Lang) -> RenderableType:
        """`result` on the screen, within 80 columns."""
        shown: RenderableType = import_module(f"{self.package}.draw").render(result, words, lang)
        return shown

    def figure(self, result: R, words: DemoText, lang: Lang) -> Figure:
        """`result` as a figure for a slide."""
        drawn: Figure = import_module(f"{self.package}.draw").figure(result, words, lang)
        return drawn


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """A claim, and what was found about it here."""

    id: str
    text: Text
    says: str
    expected: bool
    measured: str
    holds: bool | None
    why: Text | None

    @property
    def surprising(self) -> bool:
        """It could be tested here and came out other than expected."""
        return self.holds is not None and self.holds is not self.expected


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a demo."""

    demo: str
    device: str
    dtype: str
    seconds: float
    settings: dict[str, Any]
    versions: dict[str, str]
    result: Any
    claims: tuple[ClaimOutcome, ...]

    def json(self) -> dict[str, Any]:
        """The outcome as data that `json.dumps` takes."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return plain | {"result": dataclasses.asdict(self.result), "claims": [_claim_json(c) for c in self.claims]}


def _claim_json(claim: ClaimOutcome) -> dict[str, Any]:
    plain = {field.name: getattr(claim, field.name) for field in dataclasses.fields(claim)}
    return plain | {"text": claim.text.model_dump(), "why": claim.why.model_dump() if claim.why else None}


def steady(result: Any) -> dict[str, Any]:
    """A Result as plain data without what comes from a clock."""
    fields = {
        f.name: getattr(result, f.name) for f in dataclasses.fields(result) if not str(f.type).startswith("Varies[")
    }
    return {name: _steady(value) for name, value in fields.items()}


def _steady(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_steady(item) for item in value)
    return steady(value) if dataclasses.is_dataclass(value) else value


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
    demo = import_module(dotted).DEMO
    assert isinstance(demo, Demo)
    return demo


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

    Raises: UnknownId; DemoError where it cannot run here or an option does not fit the demo.
    """
    demo = load(demo_id)
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
    )


def _refuse(demo_id: str, demo: Demo[Any], options: Mapping[str, Any]) -> None:
    """Say which of `options` this demo has no use for."""
    if unused := [f"--{name}" for name in options if name not in demo.takes]:
        raise DemoError("demo.no-use-for-option", demo_id=demo_id, options=" and ".join(unused), options_zh=unused)


def judged(tests: Mapping[str, Callable[[R], Finding]], result: R, words: DemoText) -> tuple[ClaimOutcome, ...]:
    """Every claim of `words` with what its test says of `result`."""
    outcomes = []
    for claim in words.claims:
        finding = tests[claim.id](result)
        reason = words.words.get(finding.why) or REASONS.get(finding.why) if finding.holds is None else claim.why
        assert reason or finding.holds is not None, f"{claim.id}: no words for the reason {finding.why!r}"
        outcomes.append(
            ClaimOutcome(claim.id, claim.text, claim.says, claim.expected, finding.measured, finding.holds, reason)
        )
    return tuple(outcomes)


def save(demo_id: str, result: Any, words: DemoText, lang: Lang, path: Path) -> Lang:
    """Write the demo's figure as PNG or SVG; the language used, which is English where no font here has Chinese."""
    from llmquiz.demos.lab import plots

    demo = load(demo_id)
    return plots.save(lambda used: demo.figure(result, words, used), lang, path)
