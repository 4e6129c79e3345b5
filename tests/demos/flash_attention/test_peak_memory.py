"""Peak memory, measured in processes of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.flash_attention import peak_memory
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo
MB = 1_000_000
HERE = f"{__name__}:touch"
linux = pytest.mark.skipif(
    not peak_memory.can_measure("cpu"), reason="peak memory of a process can be read on Linux only"
)


def touch(held: int, peak: int, preparing: int = 0) -> Callable[[], object]:
    """Takes `preparing` MB for a moment, keeps `held` MB, and works with `peak` MB."""
    torch.ones(preparing * MB // 4).sum()
    before = torch.ones(held * MB // 4)
    return lambda: (before.sum(), torch.ones(peak * MB // 4).sum())


def fail(**_: int) -> Callable[[], object]:
    raise ValueError("no")


@linux
def test_only_what_the_work_itself_takes_is_counted() -> None:
    """Each case in a fresh process: the large first case does not hide the small second one."""
    cases = [{"held": 10, "peak": 200}, {"held": 300, "peak": 20}, {"held": 10, "peak": 0, "preparing": 300}]
    large, small, nothing = peak_memory.peak_bytes(f"{__name__}:touch", cases, device="cpu")
    assert large == pytest.approx(200 * MB, rel=0.05)
    assert small == pytest.approx(20 * MB, rel=0.2)
    assert nothing is not None
    assert nothing < 5 * MB


@linux
def test_a_case_that_fails_says_so() -> None:
    with pytest.raises(DemoError, match="did not come to its end") as raised:
        peak_memory.peak_bytes(f"{__name__}:fail", [{}], device="cpu")
    assert "测量峰值内存的进程" in raised.value.text("zh")


def test_where_there_is_no_counter_the_answer_is_none() -> None:
    assert peak_memory.peak_bytes(f"{__name__}:touch", [{}, {}], device="mps") == (None, None)
