"""Real checkpoints in the place of a demo's own models: --model NAME_OR_PATH."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import transformers

from llmquiz.demos.lab.devices import DTYPES
from llmquiz.errors import DemoError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A real model that a demo was given with --model."""

    model: Any
    tokenizer: Any
    """None where the checkpoint brings none that can be loaded."""

    def tokens(self, text: str) -> torch.Tensor:
        """The text as ids of shape (1, T); as its bytes where there is no tokenizer."""
        return text_tokens(text, self.model, self.tokenizer)


def text_tokens(text: str, model: Any, tokenizer: Any = None) -> torch.Tensor:
    """The text as ids of shape (1, T); without a tokenizer its UTF-8 bytes, modulo the vocabulary."""
    ids = tokenizer(text)["input_ids"] if tokenizer else [b % model.config.vocab_size for b in text.encode()]
    if not ids:
        raise DemoError("demo.no-token")
    return torch.tensor([ids], device=model.device)  # (1, T)


FAMILIES = ("decoder", "encoder", "encoder-decoder")


def family_of(config: Any) -> str:
    """Which of `FAMILIES` a configuration belongs to, "" if none."""
    from transformers.models.auto import modeling_auto

    names = [name or "" for name in (getattr(config, "architectures", None) or [])]
    if getattr(config, "is_encoder_decoder", False):
        return "encoder-decoder"
    if any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in names):
        return "decoder"
    if config.model_type in modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        return "encoder"
    return "decoder" if config.model_type in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES else ""


def family_at(name_or_path: str) -> str:
    """The family of a local or hub checkpoint, read from its configuration alone.

    Raises: DemoError where there is none.
    """
    return family_of(_config(name_or_path))


def _config(name_or_path: str) -> Any:
    return _reading(
        name_or_path, lambda: transformers.AutoConfig.from_pretrained(name_or_path, trust_remote_code=False)
    )


def load_checkpoint(
    name_or_path: str, family: str, *, device: str, dtype: str, attention: str | None = None
) -> Checkpoint:
    """A local or hub checkpoint of `family`: safetensors only, no code of its own.

    Raises: DemoError where it cannot be loaded or is of another family.
    """
    classes: dict[str, Any] = {
        "decoder": transformers.AutoModelForCausalLM,
        "encoder": transformers.AutoModel,
        "encoder-decoder": transformers.AutoModelForSeq2SeqLM,
    }
    config = _config(name_or_path)
    if (actual := family_of(config)) != family:
        kind = f"{actual} ({config.model_type})" if actual else config.model_type
        raise DemoError("demo.other-family", name_or_path=name_or_path, kind=kind, family=family)
    options: dict[str, Any] = {"attn_implementation": attention} if attention else {}
    model = _reading(
        name_or_path,
        lambda: classes[family].from_pretrained(
            name_or_path, config=config, trust_remote_code=False, use_safetensors=True, dtype=DTYPES[dtype], **options
        ),
    )
    return Checkpoint(model.to(device).eval().requires_grad_(False), _tokenizer(name_or_path))


def _reading(name_or_path: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DemoError("demo.model-unreadable", name_or_path=name_or_path, reason=reason) from error


def _tokenizer(name_or_path: str) -> Any:
    """The checkpoint's tokenizer, None where it has none: it then runs on bytes."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name_or_path, trust_remote_code=False)
    except (OSError, ValueError, KeyError, ImportError):
        return None
    # transformers 5 makes up an empty one where the files are missing: it reads every word as unknown
    back = tokenizer.decode(tokenizer("the 中")["input_ids"], skip_special_tokens=True)
    return tokenizer if str(back).strip() else None
