"""What demos found on this machine."""

from __future__ import annotations

from llmquiz.store.store import Measurement, Store
from tests.store.records import DAY, NOW


def test_the_last_measurement_of_a_demo_is_known(store: Store) -> None:
    claims = [{"id": "same-tokens", "holds": True, "measured": 0.0, "text": {"zh": "相同"}}]
    store.save_measurement("kv-cache", NOW, [])
    store.save_measurement("kv-cache", NOW + DAY, claims)
    store.save_measurement("gqa", NOW, [])
    assert store.last_measurement("kv-cache") == Measurement("kv-cache", NOW + DAY, claims)
    assert store.last_measurement("moe") is None
