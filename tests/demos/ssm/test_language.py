"""The texts of ssm: what they ask and what is expected."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.ssm import language

pytestmark = pytest.mark.demo


def test_every_key_is_asked_once_and_its_value_is_expected() -> None:
    ids, values, order = language.texts(5, 6, torch.Generator().manual_seed(0))
    for text, wanted, places in zip(ids.tolist(), values.tolist(), order.tolist(), strict=True):
        pairs = dict(zip(text[:12:2], text[1:12:2], strict=True))
        assert len(pairs) == 6
        assert [pairs[key] for key in text[12:]] == wanted
        assert [text[2 * place] for place in places] == text[12:]
