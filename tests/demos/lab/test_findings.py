"""What a claim's test says of a measurement, and where it does not judge."""

from __future__ import annotations

import pytest

from llmquiz.demos.lab.findings import Finding, below, claims, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.lab.reasons import REASONS


@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize(
    ("dtype", "judged"), [("float32", True), ("float64", True), ("bfloat16", False), ("float16", False)]
)
def test_equality_is_judged_in_long_formats_only(dtype: str, judged: bool, equal: bool) -> None:
    finding = exactly(dtype, equal, "1e-3")
    assert finding.holds is (equal if judged else None)
    assert finding.measured == "1e-3", "shown in any format"
    assert (finding.why in REASONS) is not judged


@pytest.mark.parametrize(("least", "holds"), [(1.5, True), (2.0, True), (2.5, False)])
def test_a_ratio_in_which_the_rounds_agree_is_judged(least: float, holds: bool) -> None:
    steady = Ratio(2.0, (2.0, 2.0, 2.0))
    assert reaching(steady, least) == Finding(holds, f"{steady} ≥ {least:g}")


@pytest.mark.parametrize(("most", "holds"), [(1.5, False), (2.5, True)])
def test_what_does_not_reach_a_bound_is_below_it(most: float, holds: bool) -> None:
    steady = Ratio(2.0, (2.0, 2.0, 2.0))
    assert below(steady, most) == Finding(holds, f"{steady} < {most:g}")


def test_a_ratio_in_which_they_do_not_is_shown_with_the_reason() -> None:
    noisy = Ratio(2.0, (1.0, 2.0, 3.0))
    for finding, shown in ((reaching(noisy, 1.5), f"{noisy} ≥ 1.5"), (below(noisy, 1.5), f"{noisy} < 1.5")):
        assert (finding.holds, finding.measured) == (None, shown)
        assert finding.why in REASONS


def test_a_test_is_known_by_the_id_of_its_claim() -> None:
    def same_tokens(_: object) -> Finding:
        return Finding(True, "")

    def faster(_: object) -> Finding:
        return Finding(False, "")

    by_id = claims(same_tokens, faster)
    assert list(by_id.items()) == [("same-tokens", same_tokens), ("faster", faster)]
