"""Times that can be compared, and how times, sizes and counts are written."""

from __future__ import annotations

import pytest

from llmquiz.demos.lab.quantities import Ratio, Times, big, byte_size, duration, ratio


def test_a_ratio_is_that_of_the_medians() -> None:
    slower = ratio(Times((4.0, 6.0, 100.0)), Times((2.0, 2.0, 2.0)))
    assert slower == Ratio(3.0, (2.0, 3.0, 50.0))
    assert str(slower) == "×3 (n=3, 2–50)"
    assert str(Ratio(1234.5, (1234.5,))) == "×1230 (n=1, 1230–1230)"


def test_cases_that_did_not_run_side_by_side_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio(Times((1.0, 1.0)), Times((1.0,)))


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [
        ((2.0, 2.1, 2.2, 2.3, 2.4), True),
        ((1.5, 1.5, 1.5, 1.5, 1.5), True),  # at least
        ((1.4, 2.1, 2.2, 2.3, 2.4), True),  # one round in five may disagree
        ((1.4, 1.4, 2.2, 2.3, 2.4), None),
        ((1.1, 1.2, 1.3, 1.3, 1.6), False),
        ((1.1, 1.2, 1.3, 1.6, 1.6), None),
    ],
)
def test_rounds_that_disagree_decide_nothing(rounds: tuple[float, ...], holds: bool | None) -> None:
    assert Ratio(sorted(rounds)[2], rounds).reaches(1.5) is holds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1234.0, "1230 s"),
        (0.9996, "1000 ms"),
        (1.5, "1.5 s"),
        (1.0, "1 s"),
        (0.0123, "12.3 ms"),
        (4.56e-5, "45.6 µs"),
        (7.8e-8, "78 ns"),
        (0.0, "0 ns"),
    ],
)
def test_durations_have_three_figures_and_a_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_times_are_written_with_their_spread() -> None:
    assert str(Times((0.002, 0.001, 0.003))) == "2 ms (n=3, 1 ms–3 ms)"


def test_sizes_and_counts_are_short() -> None:
    assert [byte_size(n) for n in (0, 1023, 1024, 1010 * 2**10, 3 * 2**20, 2**31)] == [
        *("0 B", "1023 B", "1 KiB", "1010 KiB", "3 MiB", "2 GiB"),
    ]
    counts = (12, 1000, 123_456, 999_999, 3_295_488, 174_604_259_328, 1.5e12)
    assert [big(n) for n in counts] == ["12", "1K", "123K", "1000K", "3.3M", "175B", "1.5T"]
