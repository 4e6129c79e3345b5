"""The conditions of a measurement: device, number format, seed and threads."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import devices
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def accelerators(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has these."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in request.param)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in request.param)


@pytest.mark.parametrize(
    ("accelerators", "fastest", "here"),
    [((), "cpu", ("cpu",)), (("cuda",), "cuda", ("cuda", "cpu")), (("mps",), "mps", ("mps", "cpu"))],
    indirect=["accelerators"],
)
def test_without_a_wish_the_fastest_device_is_taken(accelerators: None, fastest: str, here: tuple[str, ...]) -> None:
    assert devices.present() == here
    assert [devices.choose(wish) for wish in (None, "auto", "cpu")] == [fastest, fastest, "cpu"]


@pytest.mark.parametrize("accelerators", [("cuda",)], indirect=True)
def test_one_of_several_devices_can_be_named(accelerators: None) -> None:
    assert devices.choose("cuda:1") == "cuda:1"
    with pytest.raises(DemoError) as refused:
        devices.choose("mps:0")
    for lang in ("en", "zh"):
        assert "mps:0" in refused.value.text(lang)
        assert "cuda, cpu" in refused.value.text(lang)


def test_a_number_format_is_known_by_the_name_it_has_in_torch() -> None:
    for name, dtype in devices.DTYPES.items():
        assert dtype is getattr(torch, name)
        assert devices.checked_dtype(name, "cpu") == name
    with pytest.raises(DemoError) as refused:
        devices.checked_dtype("int8", "cpu")
    for lang in ("en", "zh"):
        assert "int8" in refused.value.text(lang)
        assert ", ".join(devices.DTYPES) in refused.value.text(lang)


@pytest.mark.parametrize("device", ["mps", "mps:0"])
def test_float64_is_refused_where_the_device_has_none(device: str) -> None:
    assert devices.checked_dtype("float32", device) == "float32"
    with pytest.raises(DemoError, match="MPS has no float64"):
        devices.checked_dtype("float64", device)


def test_only_a_device_that_works_on_its_own_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", waits.append)
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waits.append("mps"))
    for device in ("cpu", "cuda:1", "mps"):
        devices.synchronise(device)
    assert waits == ["cuda:1", "mps"]


def test_the_threads_asked_for_are_used_and_the_old_number_comes_back() -> None:
    before = torch.get_num_threads()
    with devices.prepared(seed=0, threads=before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_what_fails_leaves_threads_and_random_state_as_they_were() -> None:
    def fails() -> None:
        torch.rand(1)
        raise ZeroDivisionError

    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    with pytest.raises(ZeroDivisionError), devices.prepared(seed=0, threads=threads + 1):
        fails()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_seed_decides_what_is_drawn_whatever_was_drawn_before() -> None:
    drawn = []
    for seed in (3, 3, 4):
        torch.rand(1)
        with devices.prepared(seed=seed, threads=1):
            drawn.append(torch.rand(1).item())
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_the_figures_depend_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"name of {device}")
    on_cpu, on_gpu = devices.versions("cpu"), devices.versions("cuda:1")
    assert on_cpu["torch"] == torch.__version__
    assert {"python", "machine", "system", "transformers"} <= set(on_cpu)
    assert on_gpu == on_cpu | {"gpu": "name of cuda:1"}
