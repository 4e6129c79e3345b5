"""A scripted OpenAI-compatible server on loopback: each request gets the next part of the script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Seen:
    """What a server was sent."""

    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}/v1"

    def data(self) -> list[dict[str, str]]:
        """The question, criterion and answer of every request."""
        return [json.loads(body["messages"][1]["content"]) for body in self.bodies]


Script = Callable[[dict[str, Any]], "str | int | tuple[int, dict[str, Any]] | float | bytes"]
"""Request body -> what the model writes; a status; a status and a whole body; seconds of silence; raw bytes."""


def completion(content: str | None, **more: object) -> dict[str, Any]:
    """A reply with one message."""
    message = {"role": "assistant", "content": content, **more}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def verdict(stance: str, quote: str = "") -> str:
    """What a model should write."""
    return json.dumps({"said": stance, "quote": quote}, ensure_ascii=False)


@contextmanager
def serving(script: Script) -> Iterator[Seen]:
    """A server that runs while the block does."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"] or 0)) or b"{}")
            seen.bodies.append(body)
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = script(body)
            if isinstance(answer, float):
                time.sleep(answer)
                answer = ""
            status, data = (
                answer if isinstance(answer, tuple) else (answer, {}) if isinstance(answer, int) else (200, answer)
            )
            if isinstance(data, str):
                data = completion(data)
            raw = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            if status in (301, 302, 307, 308):
                self.send_header("location", data["location"])
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

        do_GET = do_POST

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that has gone away is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    seen.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
