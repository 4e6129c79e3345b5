"""What each claim of induction-heads says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("induction-heads")
NONE_LOOKS = tuple(replace(head, share=0.1) for head in RESULT.finders)
NOTHING_LOST = (*RESULT.silenced[:-1], replace(RESULT.silenced[-1], right=RESULT.intact))
NOT_COPIED = (replace(RESULT.silenced[0], right=0.1), *RESULT.silenced[1:])


@pytest.mark.breaks("copies-random-tokens", "text-hardly-notices")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("copies-random-tokens", {"silenced": NOT_COPIED}, id="hardly right"),
        pytest.param("copies-random-tokens", {"first_right": 0.2}, id="the first reading is guessed too"),
        pytest.param("only-in-toys", {"finders": NONE_LOOKS}, id="no head looks there"),
        pytest.param("only-in-toys", {"unrepeated_share": RESULT.finders[0].share}, id="it looks there in any case"),
        pytest.param("spread-over-everything", {"silenced": NOTHING_LOST}, id="others take over"),
        pytest.param("any-heads-would-do", {"others": (0.0,) * 5}, id="random heads end it"),
        pytest.param("any-heads-would-do", {"beside": (0.0,) * 5}, id="random heads of the same layers end it"),
        pytest.param("text-hardly-notices", {"text_silenced": RESULT.text_loss + 1}, id="the text loses a nat"),
        pytest.param("text-hardly-notices", {"silenced_losses": RESULT.losses}, id="copying loses nothing"),
        pytest.param("two-steps", {"place_unfed": RESULT.place_share}, id="the place is seen as before"),
        pytest.param("two-steps", {"place_others": (RESULT.place_unfed,) * 3}, id="any heads feed it"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("induction-heads", claim, RESULT)
    assert verdict("induction-heads", claim, changed(RESULT, values)) is not before


def test_a_single_draw_that_ends_the_copying_does_not_decide() -> None:
    draws = (0.0, *RESULT.others[1:])
    assert verdict("induction-heads", "any-heads-would-do", changed(RESULT, {"others": draws})) is False


def test_what_copying_loses_is_counted_in_the_second_reading_alone() -> None:
    length = RESULT.length
    losses = (*RESULT.losses[:length], *(loss + 3 for loss in RESULT.losses[length:]))
    elsewhere = tuple(loss + 100 for loss in losses[:length])
    result = changed(RESULT, {"silenced_losses": (*elsewhere, *losses[length:])})
    assert result.copying_cost == pytest.approx(3)
