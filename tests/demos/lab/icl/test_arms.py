"""The arms: what each task compares, and the pairs of which one thing differs."""

from __future__ import annotations

from dataclasses import replace

from llmquiz.demos.lab.icl.arms import COPIERS, INDUCTION, JOINED, MAPPING, SPLIT, Reader


def test_every_architecture_has_both_tasks() -> None:
    assert {arm.reader for arm in MAPPING.values()} == {arm.reader for arm in INDUCTION.values()} == set(Reader)


def test_what_is_shipped_is_an_arm_of_its_task() -> None:
    assert [MAPPING[name].split for name in (*JOINED, *SPLIT)] == [False] * len(JOINED) + [True] * len(SPLIT)
    assert set(COPIERS) <= set(INDUCTION)


def test_of_the_mapping_the_mask_alone_differs() -> None:
    causal, opened = (MAPPING[name] for name in ("split-causal", "split-bidirectional"))
    assert replace(causal, reader=Reader.opened) == opened


def test_of_repeating_tokens_the_mask_alone_differs() -> None:
    causal, opened = (INDUCTION[f"induction-{name}"] for name in ("causal", "bidirectional"))
    assert replace(causal, reader=Reader.opened) == opened
