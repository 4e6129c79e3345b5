"""Standard input and output as they are found: closed, full, or in an encoding that lacks half of our characters."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys

PLAIN = {
    "✓": "+", "✗": "x", "○": "o", "●": "*", "◐": "~", "–": "-", "—": "-", "…": "...", "→": "->", "←": "<-", "▸": ">",
    "“": '"', "”": '"', "‘": "'", "’": "'", "·": "-", "≤": "<=", "≥": ">=", "≠": "!=", "×": "x", "−": "-", "↵": "Enter",
    "≈": "~", "√": "sqrt", "│": "|", "─": "-", "█": "#", "▁": "_", "½": "1/2", "²": "^2", "³": "^3", "σ": "sigma",
    "Δ": "delta", "∞": "inf",
    "\N{NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for a sign that the output's encoding lacks; anything else becomes a question mark."""

GONE = {errno.EIO, errno.EPIPE, errno.EBADF} | ({errno.EINVAL} if sys.platform == "win32" else set())
"""Nobody reads the output any more: a closed terminal, a closed pipe (EINVAL is how Windows says it)."""
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""There is no room where the output goes; not every system has quotas."""


def prepare() -> None:
    """Put what is closed into the place of nothing, and let no character that cannot be shown or read be an error."""
    codecs.register_error("llmquiz", _plainer)
    # A program started with `<&-` or without a console has None here.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream, lost in ((sys.stdin, "replace"), (sys.stdout, "llmquiz"), (sys.stderr, "llmquiz")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=lost)


def unicode() -> bool:
    """Whether standard output takes every character."""
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def silence() -> None:
    """Let what is still in the output's buffer go nowhere: there, it would be an error once more at the very end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        # A stream that is no file has no descriptor.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _plainer(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    shown = "".join(PLAIN.get(character, "?") for character in lost)
    # What is put in its place has to fit the encoding too, or Python raises after all.
    return shown.encode(error.encoding, "replace").decode(error.encoding), error.end
