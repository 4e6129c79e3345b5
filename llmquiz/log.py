"""What libraries say to nobody in particular, and the traceback of a crash: a file, not the learner's screen.

`llmquiz doctor` says where it is. Where it cannot be written, what it would hold is lost, and nothing else.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # loaded when there is something to write: every start passes through here
    import logging
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

BUG = {
    "en": "llmquiz: this is a bug in llmquiz. Please report it with the lines above and the block at the end of "
    "`llmquiz doctor`.",
    "zh": "llmquiz: 这是 llmquiz 的 bug。报告时请附上以上报错，以及 `llmquiz doctor` 末尾的那段信息。",
}
"""What stands below the traceback of a crash."""
LARGEST = 500_000
"""Bytes of the log; then it becomes `llmquiz.log.1`, in the place of an earlier one."""


def install(language: Callable[[], str]) -> None:
    """Send every Python warning and every crash of this process to the log; `language` is asked after a crash.

    Whoever asks for warnings, by `python -W` or PYTHONWARNINGS, sees them as Python shows them.
    """
    if not sys.warnoptions:
        warnings.showwarning = _keep
    sys.excepthook = lambda kind, error, trace: _crashed(kind, error, trace, language)


def take_over(*libraries: str) -> None:
    """Let whatever is logged from now on go to the file: what has no handler, and these libraries, which have one.

    torch's C++ code writes past Python, so it is told to keep silent below an error; before its import that helps.
    """
    import logging

    from llmquiz import paths

    class ToFile(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _file(paths.log_file()).handle(record)

    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    # Libraries draw bars of their own, over ours.
    os.environ.setdefault("TQDM_DISABLE", "1")
    # Python's own last resort writes to standard error, in the middle of a screen.
    logging.lastResort = ToFile(logging.WARNING)
    for name in libraries:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [logging.lastResort], False
        logger.setLevel(logging.WARNING)


@cache
def _file(path: Path) -> logging.Handler:
    """What writes to the log at `path`; nothing where it cannot be written."""
    from logging import Formatter, NullHandler
    from logging.handlers import RotatingFileHandler

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Tried now, since `delay` below opens it only for the first line, where an error would be too late.
        with path.open("a", encoding="utf-8"):
            pass
    except OSError:
        return NullHandler()

    class Silent(RotatingFileHandler):
        def handleError(self, record: logging.LogRecord) -> None:
            """The disk is full, or Windows holds the file: the line is lost, and the screen is no place for it."""

    file = Silent(path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True)
    file.setFormatter(Formatter("%(asctime)s %(name)s: %(message)s"))
    return file


def write(source: str, text: str) -> None:
    """A line, or several, of `source`."""
    import logging

    from llmquiz import paths

    _file(paths.log_file()).handle(logging.LogRecord(source, logging.WARNING, "", 0, text, None, None))


def _keep(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    write("warning", warnings.formatwarning(message, category, filename, lineno, line).rstrip())


def _crashed(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None, language: Callable[[], str]
) -> None:
    """The traceback as ever, then where a report can be had."""
    # Ctrl-C is no crash: nothing is kept of it, and no report is asked for.
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    import traceback

    text = "".join(traceback.format_exception(kind, error, trace))
    write("crash", text.rstrip())
    sys.stderr.write(f"{text}\n{BUG[language()]}\n")
