"""What a demo is, which ones there are, and how one is run.

The folder is the registry: `kv_cache.py` is the demo `kv-cache`. A demo's file ends in `DEMO`; its words are
content/demos/ID.yaml. Neither `names` nor `claim_ids` imports torch.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, TypeAlias, TypeVar

from llmquiz import log
from llmquiz.demos._words import REASONS
from llmquiz.errors import DemoError, UnknownId
from llmquiz.texts import Lang, Text
from llmquiz.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from llmquiz.demos._timing import Ratio

R = TypeVar("R")
T = TypeVar("T")
Varies: TypeAlias = Annotated[T, "varies"]
"""A field of a Result that is a time or comes from one: the only kind that may differ between equal runs."""
Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""

FOLDER = Path(__file__).parent


class Finding(NamedTuple):
    """What a claim's test says of a Result."""

    holds: bool | None
    """None where this machine cannot show it."""
    measured: str
    """Figures with their units and signs, no sentence: it reads the same in every language."""
    why: str = ""
    """Where `holds` is None: the name of the reason, in the demo's own words or in `REASONS`."""


@dataclass(frozen=True, slots=True)
class Demo(Generic[R]):
    """One experiment. `measure(*, device, dtype, seed, quick, progress, ...)` may also take `model`, `text`, `live`."""

    measure: Callable[..., R]
    claims: Mapping[str, Callable[[R], Finding]]
    render: Callable[[R, DemoWords, Lang], RenderableType]
    figure: Callable[[R, DemoWords, Lang], Figure]
    starts_processes: bool = False
    """Starting them takes time: twice the usual bound."""


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
    kept = {
        f.name: getattr(result, f.name) for f in dataclasses.fields(result) if not str(f.type).startswith("Varies[")
    }
    return {name: _steady(value) for name, value in kept.items()}


def _steady(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_steady(one) for one in value)
    return steady(value) if dataclasses.is_dataclass(value) else value


def silent(_done: float) -> None:
    """The progress callback of someone who does not want to know."""


def names() -> tuple[str, ...]:
    """The ids of all demos, in alphabetical order."""
    return tuple(sorted(path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py")))


def _file(demo_id: str) -> Path:
    if demo_id not in names():
        raise UnknownId(demo_id, names(), see="llmquiz demo --list")
    return FOLDER / f"{demo_id.replace('-', '_')}.py"


def claim_ids(demo_id: str) -> tuple[str, ...]:
    """The ids of a demo's claims, read from the dict literal `CLAIMS` of its file."""
    for node in ast.parse(_file(demo_id).read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "CLAIMS":
            value = getattr(node, "value", None)
            assert isinstance(value, ast.Dict), "CLAIMS is a dict literal"
            return tuple(ast.literal_eval(key) for key in value.keys if key)
    raise AssertionError(f"{demo_id} has no CLAIMS")


def load(demo_id: str) -> Demo[Any]:
    """The demo of that id; imports torch."""
    module = f"llmquiz.demos.{_file(demo_id).stem}"
    log.take_over()
    try:
        demo = import_module(module).DEMO
    except ImportError as error:
        missing = error.name or "a library"
        if missing.startswith("llmquiz"):
            raise
        raise DemoError(
            f"Demo {demo_id!r} needs {missing}, which cannot be imported here: {error}. Try: pip install {missing}",
            f"演示 {demo_id} 需要 {missing}，但这里无法导入：{error}。可以试试：pip install {missing}",
        ) from error
    assert isinstance(demo, Demo)
    return demo


def run(
    demo_id: str,
    words: DemoWords,
    *,
    device: str | None = None,
    dtype: str = "float32",
    quick: bool = False,
    seed: int = 0,
    model: str | None = None,
    text: str | None = None,
    live: bool = False,
    threads: int = 1,
    progress: Progress = silent,
) -> Outcome:
    """Measure, then test every claim. `words` are those of content/demos/ID.yaml.

    Raises: UnknownId; DemoError where it cannot run here or an option does not fit the demo.
    """
    demo = load(demo_id)
    from llmquiz.demos import _devices

    device = _devices.choose(device)
    dtype = _devices.checked_dtype(dtype, device)
    asked = {"model": model, "text": text, "live": live or None}
    options = {name: value for name, value in asked.items() if value is not None}
    _refuse(demo_id, demo, options)
    with _devices.prepared(seed=seed, threads=threads):
        start = time.perf_counter()
        result = demo.measure(device=device, dtype=dtype, seed=seed, quick=quick, progress=progress, **options)
        seconds = time.perf_counter() - start
    settings = {"seed": seed, "quick": quick, "threads": threads} | options
    return Outcome(
        demo_id, device, dtype, seconds, settings, _devices.versions(device), result, judged(demo, result, words)
    )


def _refuse(demo_id: str, demo: Demo[Any], options: Mapping[str, Any]) -> None:
    """Say which of `options` this demo has no use for."""
    known = inspect.signature(demo.measure).parameters
    if unused := [f"--{name}" for name in options if name not in known]:
        raise DemoError(
            f"Demo {demo_id!r} has no use for {' and '.join(unused)}; leave it out.",
            f"演示 {demo_id} 用不到 {'、'.join(unused)}；请去掉。",
        )


def judged(demo: Demo[R], result: R, words: DemoWords) -> tuple[ClaimOutcome, ...]:
    """Every claim of `words` with what `result` says of it."""
    outcomes = []
    for claim in words.claims:
        finding = demo.claims[claim.id](result)
        reason = words.words.get(finding.why) or REASONS.get(finding.why) if finding.holds is None else claim.why
        assert reason or finding.holds is not None, f"{claim.id}: no words for the reason {finding.why!r}"
        outcomes.append(
            ClaimOutcome(claim.id, claim.text, claim.says, claim.expected, finding.measured, finding.holds, reason)
        )
    return tuple(outcomes)


def exactly(dtype: str, holds: bool, measured: str) -> Finding:
    """The finding of an equality, which is claimed in float32 and float64 only: shown, not judged, elsewhere."""
    if dtype in ("float32", "float64"):
        return Finding(holds, measured)
    return Finding(None, measured, "float32-only")


def reaching(times: Ratio, least: float) -> Finding:
    """The finding that a ratio of times is at least `least`: not judged where the rounds disagree."""
    holds = times.reaches(least)
    return Finding(holds, f"{times} ≥ {least:g}", "" if holds is not None else "too-noisy")


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of one part of a demo, from `start` to `end` of the whole."""
    return lambda done: progress(start + (end - start) * done)


def save(demo_id: str, result: Any, words: DemoWords, lang: Lang, path: Path) -> Lang:
    """Write the demo's figure as PNG or SVG; the language used, which is English where no font here has Chinese."""
    from llmquiz.demos import _figures

    demo = load(demo_id)
    return _figures.save(lambda used: demo.figure(result, words, used), lang, path)
