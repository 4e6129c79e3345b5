"""The judge against a real OpenAI-compatible server: `transformers serve` on loopback with tiny models made here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from llmquiz.grading import grade
from llmquiz.grading.optional.llm_judge import LlmJudge
from llmquiz.grading.optional.server import Server
from tests.grading.samples import GLOSSARY, question, states
from tests.grading.scripted import verdict

NEEDED = ("torch", "transformers", "openai", "fastapi", "uvicorn", "accelerate")
missing = [name for name in NEEDED if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing), reason=f"`transformers serve` needs {', '.join(missing)}"),
]
ANSWER = "The memory grows with the length. It grows linearly."
SECONDS = 120


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a server that loads models by the folder that a request names."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    program = Path(sys.executable).with_name("transformers")
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
    try:
        if not up(f"http://127.0.0.1:{port}/health", server):
            pytest.skip(f"`transformers serve` does not run here: {log.read_text(errors='replace')[-400:]}")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(timeout=30)


def up(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers in time."""
    end = time.monotonic() + SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and server.poll() is None:
        try:
            with direct.open(address, timeout=5):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def judge(url: str, model: Path) -> LlmJudge:
    """A judge that asks a model of the server."""
    return LlmJudge(Server(url, str(model), "none", SECONDS), GLOSSARY)


def test_a_model_that_keeps_to_the_form_judges(url: str, tmp_path: Path) -> None:
    from tests.grading import tiny

    asked = judge(url, tiny.language_model(tmp_path, verdict("no")))
    score = asked(question(), ANSWER, "en")
    assert asked.problems("en") == []
    assert score.grader == "judge"
    assert states(score) == {"reuse": "missing", "memory": "undecided"}  # `points` finds the memory met


def test_a_model_that_says_yes_to_everything_is_found_out(url: str, tmp_path: Path) -> None:
    from tests.grading import tiny

    asked = judge(url, tiny.language_model(tmp_path, verdict("yes", "memory grows")))
    assert asked(question(), ANSWER, "en") == grade(question(), ANSWER, "en", glossary=GLOSSARY)
    assert "cannot be trusted" in asked.problems("en")[0]


def test_a_model_that_writes_nonsense_leaves_the_answer_to_points(url: str, tmp_path: Path) -> None:
    from tests.grading import tiny

    asked = judge(url, tiny.language_model(tmp_path))
    assert asked(question(), ANSWER, "en") == grade(question(), ANSWER, "en", glossary=GLOSSARY)
    assert len(asked.problems("en")) == 1


def test_a_model_that_the_server_does_not_have_leaves_the_answer_to_points(url: str, tmp_path: Path) -> None:
    asked = judge(url, tmp_path / "nothing")
    assert asked(question(), ANSWER, "en").grader == "points"
    assert "status" in asked.problems("en")[0]
