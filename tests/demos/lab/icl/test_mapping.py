"""The mapping: what is held out, what a model reads, and what the best reader reaches."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab.icl import mapping
from llmquiz.demos.lab.icl.arms import MAPPING
from llmquiz.demos.lab.icl.mapping import Texts

pytestmark = pytest.mark.demo


def test_one_mapping_in_eight_is_kept_out_of_the_training() -> None:
    generator = torch.Generator().manual_seed(0)
    for held_out in (False, True):
        texts = mapping.draw_texts(200, 64, generator, held_out=held_out)
        for inputs, labels in zip(texts.inputs.tolist(), texts.labels.tolist(), strict=True):
            table = dict(zip(inputs, labels, strict=True))
            assert [table[x] for x in inputs] == labels
            assert len(table) == 4, "64 inputs show all four"
            assert (sum(table.values()) % 8 == 0) is held_out


@pytest.mark.parametrize(
    "arm",
    [
        "decoder",
        "encoder",
        "bidirectional",
        "encoder-decoder",
        "split-decoder",
        "split-encoder-decoder",
        "split-bidirectional",
    ],
)
@pytest.mark.parametrize("length", [2, 5])
def test_no_model_reads_the_label_that_it_is_asked_for(arm: str, length: int) -> None:
    """Another last label changes no logit of the last place; another label of an example does."""
    model = mapping.untrained(arm, 0)
    texts = mapping.draw_texts(8, length, torch.Generator().manual_seed(0))
    asked = mapping.last_asked(texts)

    @torch.no_grad()
    def logits(place: int | None) -> Any:
        labels = texts.labels.clone()
        if place is not None:
            labels[:, place] = (labels[:, place] + 1) % mapping.LABELS
        return mapping.predictions(MAPPING[arm], model, Texts(texts.inputs, labels), asked, length - 1)[0]

    torch.testing.assert_close(logits(-1), logits(None))
    assert not torch.allclose(logits(0), logits(None))


def test_only_the_mask_differs_between_the_decoder_and_its_bidirectional_twin() -> None:
    """Of two-token examples: same weights, same text; an earlier question sees a later one only without the mask."""
    causal, opened = (mapping.untrained(name, 0) for name in ("split-causal", "split-bidirectional"))
    for (_, a), (_, b) in zip(causal.named_parameters(), opened.named_parameters(), strict=True):
        assert torch.equal(a, b)
    texts = mapping.draw_texts(4, 3 + mapping.QUESTIONS, torch.Generator().manual_seed(0))
    changed_last = Texts(torch.cat((texts.inputs[:, :-1], (texts.inputs[:, -1:] + 1) % 4), 1), texts.labels)
    asked = torch.zeros_like(texts.inputs, dtype=torch.bool)
    asked[:, 3] = True
    for name, model, same in (("split-causal", causal, True), ("split-bidirectional", opened, False)):
        with torch.no_grad():
            plain, later = (
                mapping.predictions(MAPPING[name], model, read, asked, 3)[0] for read in (texts, changed_last)
            )
        assert torch.allclose(plain, later, atol=1e-6) is same


def test_the_best_and_the_copier_are_those_of_a_count() -> None:
    texts = mapping.draw_texts(20_000, 4, torch.Generator().manual_seed(0))
    seen = (texts.inputs[:, :-1] == texts.inputs[:, -1:]).any(1).float().mean().item()
    assert mapping.best(3) == pytest.approx(seen + (1 - seen) / 8, abs=0.01)
    copied = (texts.labels[:, 0] == texts.labels[:, -1]).float().mean().item()
    assert mapping.copying(3) == pytest.approx(copied, abs=0.01)
