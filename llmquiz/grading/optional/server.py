"""Which server judges, as the settings or the environment name it, and which models it has."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError

from llmquiz.errors import GraderError

SECONDS = 60.0
"""How long one reply may take unless the settings say otherwise."""
_KEYS = {"base_url", "model", "api_key", "timeout", "second_reader"}
LOCAL = "http://localhost:11434/v1"
"""Where Ollama is unless it was told otherwise."""


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible server and the model on it."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    seconds: float = SECONDS

    @classmethod
    def of(cls, settings: object, model: str | None, environment: Mapping[str, str] = os.environ) -> Server:
        """The server of settings.yaml's `judge:`, else of OPENAI_BASE_URL; `model` goes before the settings' one.

        A key goes only to the server beside which it is named: OPENAI_API_KEY never to one that the settings name.

        Raises:
            GraderError: no server or no model is named, or the settings cannot be read.
        """
        named = settings if isinstance(settings, Mapping) else {}
        unknown = sorted(map(str, set(named) - _KEYS)) if settings is not None else []
        if unknown or (settings is not None and not isinstance(settings, Mapping)):
            code = "judge.unknown-keys" if unknown else "judge.no-mapping"
            raise GraderError(code, keys=sorted(_KEYS), unknown=unknown)
        address = str(named.get("base_url") or environment.get("OPENAI_BASE_URL") or "")
        if not address.startswith(("http://", "https://")):
            raise GraderError("judge.no-server")
        chosen = model or str(named.get("model") or "")
        if not chosen:
            raise GraderError("judge.no-model")
        key = named.get("api_key") if named.get("base_url") else environment.get("OPENAI_API_KEY")
        return cls(address, chosen, str(key or "none"), _seconds(named.get("timeout", SECONDS)))


def _seconds(value: object) -> float:
    # For Python, True is a number.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
        raise GraderError("judge.timeout")
    return float(value)


def models(base_url: str, seconds: float = 1.0) -> list[str] | None:
    """The models that a server lists, none where it answers but lists nothing; None where nobody answers.

    It is asked for nothing else, and no key is sent.
    """
    if not base_url.startswith(("http://", "https://")):
        return None
    try:
        with urllib.request.urlopen(f"{base_url.rstrip('/')}/models", timeout=seconds) as reply:
            listed = json.load(reply)["data"]
            return [str(model["id"]) for model in listed]
    except HTTPError:
        return []
    except (OSError, HTTPException):
        return None
    except (ValueError, KeyError, TypeError):
        return []
