"""What libraries say goes to the log; a crash says where a report can be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.limits import linux


def run(home: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process with that home, which an entry of llmquiz has prepared."""
    language = "from llmquiz.language import choose\nlog.install(lambda: choose(None, None, strict=False))"
    prepared = f"from llmquiz import log, streams\nstreams.prepare()\n{language}\n{program}"
    env = os.environ | {"LLMQUIZ_HOME": str(home)}
    env.pop("PYTHONWARNINGS", None)
    return subprocess.run(
        [sys.executable, *options, "-c", prepared], capture_output=True, text=True, check=False, env=env
    )


LIBRARY = """
import logging, warnings
chatty = logging.getLogger("chatty")
chatty.addHandler(logging.StreamHandler())
log.take_over("chatty")
warnings.warn("this argument goes", FutureWarning)
chatty.warning("weights are missing")
logging.getLogger("nobody's").warning("no handler")
"""


def test_warnings_and_loggers_of_libraries_go_to_the_log_and_not_to_the_screen(home: Path) -> None:
    done = run(home, LIBRARY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    written = (home / "log" / "llmquiz.log").read_text(encoding="utf-8")
    assert [text in written for text in ("FutureWarning: this argument goes", "weights are missing", "no handler")] == [
        True
    ] * 3


def test_whoever_asks_python_for_warnings_sees_them(home: Path) -> None:
    assert "FutureWarning: this argument goes" in run(home, LIBRARY, "-W", "default").stderr


def test_a_crash_keeps_its_traceback_and_says_where_a_report_can_be_had(home: Path) -> None:
    done = run(home, "1 / 0")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "`llmquiz doctor`." in done.stderr.splitlines()[-1]
    assert "ZeroDivisionError" in (home / "log" / "llmquiz.log").read_text(encoding="utf-8")


def test_a_crash_speaks_the_users_language(home: Path) -> None:
    assert "llmquiz 的 bug" in run(home, "import os\nos.environ['LLMQUIZ_LANG'] = 'zh'\n1 / 0").stderr


def test_where_no_log_can_be_written_nothing_else_is_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file", LIBRARY + "print('goes on')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "goes on\n", "")


@linux
def test_a_disk_that_is_full_is_no_reason_to_write_on_the_screen(home: Path) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
    done = run(home, limit + LIBRARY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_ctrl_c_is_no_crash(home: Path) -> None:
    done = run(home, "raise KeyboardInterrupt")
    assert "llmquiz doctor" not in done.stderr
    assert not (home / "log").exists()


def test_the_log_does_not_grow_without_end(home: Path) -> None:
    run(home, "for n in range(40):\n    log.write('test', 'x' * 50_000)")
    sizes = [path.stat().st_size for path in (home / "log").iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= 500_000
