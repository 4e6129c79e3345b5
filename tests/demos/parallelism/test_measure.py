"""The demo parallelism, what becomes of its claims when the mechanism is broken, and that no process stays behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, run
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.parallelism import joined, launch
from llmquiz.demos.parallelism import measure as parallelism
from llmquiz.demos.parallelism.joined import Equal, Found, Pipeline, Sequence, Tensors
from llmquiz.errors import DemoError

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch was built without torch.distributed"),
]

ROOT = Path(__file__).parents[3]
BROKEN = "tests.demos.parallelism.broken"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> parallelism.Result:
    found = quick_run("parallelism").result
    assert isinstance(found, parallelism.Result)
    return found


def _run(name: str, processes: int = 4, progress: run.Progress = run.silent, **settings: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        return launch.run(f"{BROKEN}:{name}", processes, {"device": "cpu"} | settings, progress)


@pytest.fixture(scope="module")
def broken() -> dict[str, dict[str, Any]]:
    """Every breakage, tried once in real processes."""
    found = _run("everything")
    equal = {"tensor": Tensors, "pipeline": Pipeline, "sequence": Sequence}
    return {
        kind: {name: made(**one | {"equal": Equal(**one["equal"])}) for name, one in found[kind].items()}
        for kind, made in equal.items()
    }


def _finding(claim: str, result: parallelism.Result, **changes: Any) -> bool | None:
    return parallelism.CLAIMS[claim](replace(result, **changes)).holds


@pytest.mark.parametrize("breakage", ["not-summed", "gradients-not-summed"])
def test_shares_that_are_not_added_up_are_not_the_model(
    result: parallelism.Result, broken: dict[str, dict[str, Any]], breakage: str
) -> None:
    tensor = broken["tensor"][breakage]
    right_forwards = tensor.equal.logits <= parallelism.ROUNDING
    assert right_forwards is (breakage == "gradients-not-summed")
    assert _finding("tensor-equal", result) is True
    assert _finding("tensor-equal", result, tensor=tensor) is False


def test_a_loss_twice_too_large_gives_other_gradients_of_the_pipeline(
    result: parallelism.Result, broken: dict[str, dict[str, Any]]
) -> None:
    wrong = broken["pipeline"]["wrong-loss"]
    assert wrong.equal.logits == 0
    assert _finding("pipeline-equal", result) is True
    assert _finding("pipeline-equal", result, pipelines=(*result.pipelines, wrong)) is False


def test_micro_batches_one_after_the_other_keep_the_result_and_lose_the_pipeline(
    result: parallelism.Result, broken: dict[str, dict[str, Any]]
) -> None:
    """Four micro-batches, each through four stages and back: 4 * 8 units in place of 2 * (4 + 3)."""
    slow = broken["pipeline"]["one-by-one"]
    assert (slow.units, slow.busy) == (32, 8)
    assert _finding("pipeline-equal", result, pipelines=(slow,)) is True
    assert _finding("bubble", result) is True
    assert _finding("bubble", result, pipelines=(slow,)) is False


@pytest.mark.parametrize("breakage", ["mask", "stuck"])
def test_a_ring_with_a_wrong_mask_or_lost_gradients_is_not_exact(
    result: parallelism.Result, broken: dict[str, dict[str, Any]], breakage: str
) -> None:
    wrong = broken["sequence"][breakage]
    assert (wrong.equal.logits <= parallelism.ROUNDING) is (breakage == "stuck")
    assert _finding("ring-equal", result) is True
    assert _finding("ring-equal", result, sequences=(wrong, *result.sequences[1:])) is False


def test_messages_of_twice_the_size_are_counted(result: parallelism.Result, broken: dict[str, dict[str, Any]]) -> None:
    doubled = {kind: one["doubled"] for kind, one in broken.items()}
    assert doubled["tensor"].layer_forward_bytes == 2 * result.tensor.layer_forward_bytes
    changes = {
        "tensor-bytes": {"tensor": doubled["tensor"]},
        "pipeline-little": {"pipelines": (doubled["pipeline"],)},
        "ring-bytes": {"sequences": (doubled["sequence"], *result.sequences[1:])},
    }
    for claim, changed in changes.items():
        assert (claim, _finding(claim, result), _finding(claim, result, **changed)) == (claim, True, False)


def test_a_pipeline_that_sends_as_much_as_tensor_parallelism_is_not_little(result: parallelism.Result) -> None:
    frugal = replace(result.tensor, total_bytes=result.pipelines[0].total_bytes)
    assert _finding("pipeline-little", result, tensor=frugal) is False


def test_keys_and_values_kept_by_everybody_are_not_split(result: parallelism.Result) -> None:
    first, *others = result.sequences
    whole = replace(first, held_bytes=(result.cache_bytes,) * result.processes)
    uneven = replace(first, held_bytes=(0, 0, 0, result.cache_bytes))
    assert _finding("splits-cache", result) is True
    assert [_finding("splits-cache", result, sequences=(one, *others)) for one in (whole, uneven)] == [False, False]


def test_without_a_mask_the_shares_are_equal(result: parallelism.Result) -> None:
    """The sheet would be right if stretches under the mask were as even as without."""
    stretches, striped, unmasked = result.sequences
    assert unmasked.imbalance == 1
    assert _finding("mask-helps", result) is False
    assert _finding("mask-helps", result, sequences=(unmasked, striped, unmasked)) is True
    assert _finding("striped-balances", result) is True
    assert _finding("striped-balances", result, sequences=(stretches, stretches, unmasked)) is False


def test_the_slowest_of_every_step_sets_the_pace(result: parallelism.Result) -> None:
    """16 tokens each: 136 pairs on the diagonal, then three times a whole block of 256 for somebody."""
    stretches = result.sequences[0]
    assert stretches.pairs == (136, 392, 648, 904)
    assert stretches.span == 136 + 3 * 256
    assert result.imbalance == pytest.approx(904 / 520)


@pytest.mark.parametrize(
    ("rounds", "holds"), [((1.2, 1.3, 1.1), True), ((0.5, 0.6, 0.5), False), ((0.5, 1.5, 1.5), None)]
)
def test_cost_is_judged_by_the_rounds(
    result: parallelism.Result, rounds: tuple[float, ...], holds: bool | None
) -> None:
    other = replace(result.costs[0], work=Ratio(sorted(rounds)[1], rounds))
    assert _finding("no-faster", result, costs=(other, *result.costs[1:])) is holds


def test_on_gpus_the_cost_is_shown_and_not_judged(result: parallelism.Result) -> None:
    finding = parallelism.CLAIMS["no-faster"](replace(result, device="cuda"))
    assert (finding.holds, finding.why) == (None, "own-devices")


def test_what_is_found_survives_json(result: parallelism.Result) -> None:
    own = {field.name for field in fields(Found)} & {field.name for field in fields(parallelism.Result)}
    found = Found(**{name: getattr(result, name) for name in own})
    assert joined.found_from(json.loads(json.dumps(asdict(found)))) == found


def test_two_processes_give_the_same_as_one(result: parallelism.Result) -> None:
    settings = {"device": "cpu", "dtype": "float32", "seed": 1, "quick": True}
    done: list[float] = []
    data = launch.run("llmquiz.demos.parallelism.worker:everything", 2, settings, done.append)
    two = parallelism.result_of(joined.found_from(data), "cpu", "float32")
    found = {name: test(two).holds for name, test in parallelism.CLAIMS.items() if name != "no-faster"}
    assert found == {name: name != "mask-helps" for name in found}
    assert two.idle_percent == pytest.approx(100 / 5)
    assert (done, done[-1]) == (sorted(done), 1.0)


@linux
def test_every_socket_is_on_the_loopback_interface() -> None:
    found = set(_run("sockets", 2)["addresses"])
    assert found
    assert found <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def _alive(folder: Path) -> list[int]:
    """Those of the processes that left their number in the folder which are still there."""
    found = []
    for path in folder.iterdir():
        try:
            os.kill(int(path.name), 0)
        except ProcessLookupError:
            continue
        if "zombie" not in Path(f"/proc/{path.name}/status").read_text(encoding="ascii"):
            found.append(int(path.name))
    return found


def _all_gone(folder: Path) -> bool:
    """Within a few seconds: the kernel ends them one by one."""
    for _ in range(100):
        if not _alive(folder):
            return True
        time.sleep(0.1)
    return False


@linux
def test_where_one_process_fails_all_end_and_its_words_are_passed_on(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="a fault on purpose"):
        _run("fails", 2, folder=str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert _all_gone(tmp_path)


@linux
def test_where_the_user_stops_it_all_end(tmp_path: Path) -> None:
    def stop(_done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run("hangs", 2, progress=stop, folder=str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert _all_gone(tmp_path)


@linux
def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended by the watch that was set to the limit: by themselves the processes would sleep for ten minutes."""
    limits: list[float] = []

    class Watch(threading.Timer):
        def __init__(self, interval: float, *work: Any) -> None:
            limits.append(interval)
            super().__init__(interval, *work)

    monkeypatch.setattr(threading, "Timer", Watch)
    monkeypatch.setattr(launch, "LIMIT", 8.0)
    with pytest.raises(DemoError, match="ended with -9"):
        _run("hangs", 2, folder=str(tmp_path))
    assert limits == [8.0]
    assert _all_gone(tmp_path)


TORCHRUN = """
import runpy, sys, torch.distributed as dist
start, store = dist.init_process_group, sys.argv.pop()
def on_a_file(backend, **options):
    import os
    start(backend, init_method=store, rank=int(os.environ["RANK"]), world_size=int(os.environ["WORLD_SIZE"]), **options)
dist.init_process_group = on_a_file
runpy.run_path("llmquiz/demos/parallelism/measure.py", run_name="__main__")
"""
"""As torchrun starts the file, except that the processes meet over a file: torchrun itself listens everywhere."""


def test_the_same_file_starts_under_torchrun(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", TORCHRUN, "--quick", (tmp_path / "store").as_uri()],
            env=os.environ
            | {name: "2" for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE")}
            | {name: str(rank) for name in ("RANK", "LOCAL_RANK")}
            | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        printed = [process.communicate(timeout=120)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0, 0]
    assert printed[1] == ""
    lines = [line.partition(":")[0::2] for line in printed[0].splitlines()[1:]]
    assert [name for name, _ in lines] == list(parallelism.CLAIMS)
    assert dict(lines)["tensor-equal"].startswith(" True | p=2: logits max|Δ| ")


def test_without_torchrun_it_says_how_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(DemoError, match="torchrun --standalone --nproc-per-node 4"):
        parallelism.main()


@pytest.mark.parametrize("processes", ["1", "3", "8"])
def test_a_number_of_processes_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, processes: str) -> None:
    monkeypatch.setenv("WORLD_SIZE", processes)
    with pytest.raises(DemoError, match="divides 4"):
        parallelism.main()
