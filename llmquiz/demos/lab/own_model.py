"""Real checkpoints in the place of a demo's own models: --model NAME, FOLDER, FILE or hub name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import transformers

from llmquiz.demos.lab.devices import DTYPES
from llmquiz.demos.lab.real import KNOWN, Source, source
from llmquiz.errors import DemoError

PATIENCE = 5
"""Seconds that the hub has to answer."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A real model that a demo was given with --model."""

    model: Any
    tokenizer: Any
    """None where the checkpoint brings none that can be loaded."""
    title: str
    """What it is called on the screen."""

    def tokens(self, text: str, least: int = 1) -> torch.Tensor:
        """The text as ids of shape (1, T).

        Raises: DemoError where the checkpoint brings no tokenizer, or the text holds no token, or fewer than `least`.
        """
        if self.tokenizer is None:
            raise DemoError("demo.no-tokenizer", title=self.title)
        ids = _row(self.tokenizer(text)["input_ids"], self.model)
        if ids.shape[1] < least:
            raise DemoError("demo.text-too-short", count=ids.shape[1], least=least)
        return ids

    def text(self, ids: torch.Tensor) -> str:
        """The ids (T,) as text; as their numbers where the checkpoint brings no tokenizer."""
        if self.tokenizer is None:
            return " ".join(map(str, ids.tolist()))
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))


def text_tokens(text: str, model: Any) -> torch.Tensor:
    """The text's UTF-8 bytes, modulo the vocabulary, as ids of shape (1, T): for models without a tokenizer."""
    return _row([b % model.config.vocab_size for b in text.encode()], model)


def _row(ids: list[int], model: Any) -> torch.Tensor:
    if not ids:
        raise DemoError("demo.no-token")
    return torch.tensor([ids], device=model.device)  # (1, T)


def family_of(config: Any) -> str:
    """Which of `real.FAMILIES` a configuration belongs to, "" if none."""
    from transformers.models.auto import modeling_auto

    names = [name or "" for name in (getattr(config, "architectures", None) or [])]
    if getattr(config, "is_encoder_decoder", False):
        return "encoder-decoder"
    if any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in names):
        return "decoder"
    if config.model_type in modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        return "encoder"
    return "decoder" if config.model_type in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES else ""


def family_at(given: str) -> str:
    """The family of what `--model` names, read from its configuration alone.

    Raises: DemoError where there is none.
    """
    return family_of(_config(source(given)))


def load_checkpoint(given: str, family: str, *, device: str, dtype: str, attention: str | None = None) -> Checkpoint:
    """What `--model` names, of `family`: safetensors or GGUF only, no code of its own; loaded once in a process.

    Raises: DemoError where it cannot be loaded or is of another family.
    """
    return _loaded(source(given), family, device, dtype, attention)


@lru_cache(maxsize=2)
def _loaded(where: Source, family: str, device: str, dtype: str, attention: str | None) -> Checkpoint:
    classes: dict[str, Any] = {
        "decoder": transformers.AutoModelForCausalLM,
        "encoder": transformers.AutoModel,
        "encoder-decoder": transformers.AutoModelForSeq2SeqLM,
    }
    config = _config(where)
    if (actual := family_of(config)) != family:
        kind = f"{actual} ({config.model_type})" if actual else config.model_type
        raise DemoError("demo.other-family", title=where.title, kind=kind, family=family)
    options: dict[str, Any] = {"attn_implementation": attention} if attention else {}
    # a GGUF file is the only file that is asked for; of all others safetensors are
    options |= {"config": config} if where.gguf else {"config": config, "use_safetensors": True}
    model = _reading(where, classes[family].from_pretrained, dtype=DTYPES[dtype], **options)
    return Checkpoint(model.to(device).eval().requires_grad_(False), _tokenizer(where), where.title)


@lru_cache(maxsize=2)
def _config(where: Source) -> Any:
    return _reading(where, transformers.AutoConfig.from_pretrained)


def _reading(where: Source, load: Callable[..., Any], **options: Any) -> Any:
    options |= {"trust_remote_code": False} | ({"gguf_file": where.gguf} if where.gguf else {})
    try:
        try:
            return load(where.place, local_files_only=True, **options)
        except OSError:
            if where.local:
                raise
        _ask_the_hub(where)
        return load(where.place, **options)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DemoError("demo.model-unreadable", title=where.title, reason=reason) from error


def _ask_the_hub(where: Source) -> None:
    """Whether it has the model, once and briefly: transformers would try for half a minute where no network is."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    known = next((known for known in KNOWN.values() if known.hub == where.place), None)
    try:
        HfApi().model_info(where.place, timeout=PATIENCE)
    except RepositoryNotFoundError as error:
        raise DemoError("demo.no-such-model", given=where.place) from error
    except Exception as error:
        if known:
            raise DemoError("demo.get-model", title=known.title, install=known.install, hub=known.hub) from error
        raise DemoError("demo.hub-unreachable", given=where.place) from error


def _tokenizer(where: Source) -> Any:
    """The checkpoint's tokenizer, None where it has none."""
    try:
        tokenizer = _reading(where, transformers.AutoTokenizer.from_pretrained)
    except DemoError:
        return None
    # transformers 5 makes up an empty one where the files are missing: it reads every word as unknown
    back = tokenizer.decode(tokenizer("the 中")["input_ids"], skip_special_tokens=True)
    return tokenizer if str(back).strip() else None
