"""The registry of demos and how one is run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from llmquiz.demos.lab import demo as _demo
from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.outcome import steady
from llmquiz.errors import DemoError, UnknownId
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import DemoClaim, DemoText
from tests.demos.lab.stand_in.measure import Inner, Result

pytestmark = pytest.mark.demo


def words(**labels: Text) -> DemoText:
    text = Text(en="a", zh="一")
    claim = DemoClaim(id="one", text=text, says="llmquiz", expected=True)
    return DemoText(title=text, shows=text, seconds=1, claims=[claim], words=labels)


def demo(finding: Finding) -> Demo[Result]:
    return Demo("tests.demos.lab.stand_in", {"one": lambda _: finding})


@pytest.fixture
def with_finding(monkeypatch: pytest.MonkeyPatch) -> Callable[[Finding], None]:
    def let(finding: Finding) -> None:
        for name in ("load", "definition"):
            monkeypatch.setattr(_demo, name, lambda _: demo(finding))

    return let


def test_names_and_claim_ids_are_known_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None\n"
        "from llmquiz.demos.lab import demo as _demo\n"
        "assert 'kv-cache' in _demo.names(); assert 'same-tokens' in _demo.claim_ids('kv-cache')\n"
        "try: _demo.load('kv-cache')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("DemoError Demo 'kv-cache' needs torch")


def test_an_unknown_demo_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownId, match=r"no 'kv-cash'\. Did you mean kv-cache"):
        _demo.run("kv-cash", words())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "x"}, "no use for --model"),
        ({"text": "x", "live": True}, "no use for --text and --live"),
        ({"device": "abacus"}, "No device 'abacus'"),
        ({"dtype": "int3"}, "No number format 'int3'"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: dict[str, Any], message: str, with_finding: Callable[[Finding], None]
) -> None:
    with_finding(Finding(True, "1"))
    with pytest.raises(DemoError, match=message):
        _demo.run("kv-cache", words(), **options)


def test_float64_is_refused_where_the_device_has_none() -> None:
    from llmquiz.demos.lab import devices

    assert devices.checked_dtype("float64", "cpu") == "float64"
    with pytest.raises(DemoError, match="MPS has no float64"):
        devices.checked_dtype("float64", "mps")


def test_a_run_is_seeded_and_leaves_no_trace(with_finding: Callable[[Finding], None]) -> None:
    import torch

    with_finding(Finding(True, "1"))
    drawn = []
    for seed in (3, 3, 4):
        torch.manual_seed(len(drawn))
        before = torch.random.get_rng_state()
        drawn.append(_demo.run("kv-cache", words(), device="cpu", seed=seed).result.number)
        assert torch.equal(before, torch.random.get_rng_state())
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_threads_asked_for_are_used_and_the_old_number_comes_back(with_finding: Callable[[Finding], None]) -> None:
    import torch

    from llmquiz.demos.lab import devices

    before = torch.get_num_threads()
    with devices.prepared(seed=0, threads=2):
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("finding", "surprising"),
    [(Finding(True, ""), False), (Finding(False, ""), True), (Finding(None, "", "too-noisy"), False)],
)
def test_only_a_finding_other_than_expected_surprises(
    finding: Finding, surprising: bool, with_finding: Callable[[Finding], None]
) -> None:
    with_finding(finding)
    assert [claim.surprising for claim in _demo.run("kv-cache", words(), device="cpu").claims] == [surprising]


def test_the_reason_for_not_showing_comes_in_both_languages(with_finding: Callable[[Finding], None]) -> None:
    with_finding(Finding(None, "?", "my-reason"))
    reason = Text(en="not here", zh="这里不行")
    outcome = _demo.run("kv-cache", words(**{"my-reason": reason}), device="cpu")
    assert outcome.json()["claims"][0]["why"] == {"en": "not here", "zh": "这里不行"}
    with pytest.raises(AssertionError, match="no words for the reason 'my-reason'"):
        _demo.run("kv-cache", words(), device="cpu")


def test_what_comes_from_a_clock_is_left_out_at_every_depth() -> None:
    result = Result(1.5, "float32", 0.5, (Inner(1, 0.25), Inner(2, 0.5)))
    assert steady(result) == {"number": 1.5, "dtype": "float32", "inner": ({"count": 1}, {"count": 2})}
