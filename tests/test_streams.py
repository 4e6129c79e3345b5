"""Standard input and output that are closed, full, or in an encoding that lacks half of our characters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.limits import linux

pytestmark = pytest.mark.slow


def llmquiz(
    home: Path, *arguments: str, shell: str = "", stdin: bytes = b"", encoding: str = "utf-8"
) -> subprocess.CompletedProcess[bytes]:
    """Run `llmquiz` in a process of its own; `shell` is what a shell would put behind it, such as `<&-`."""
    command = f'"{sys.executable}" -m llmquiz {" ".join(arguments)} {shell}'
    env = os.environ | {"LLMQUIZ_HOME": str(home), "PYTHONIOENCODING": encoding, "COLUMNS": "80"}
    env.pop("PYTHONUNBUFFERED", None)  # as on a user's machine: what is printed leaves at the end
    root = Path(__file__).parents[1]
    return subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, check=False, env=env, cwd=root)


def test_a_drill_without_standard_input_asks_and_ends(home: Path) -> None:
    done = llmquiz(home, "drill", "gpt3-parameters", shell="<&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"[decoder-only/gpt3-parameters] number: " in done.stdout


@pytest.mark.parametrize("shell", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_output_is_no_error(home: Path, shell: str) -> None:
    done = llmquiz(home, "due", shell=shell)
    assert (done.returncode, done.stderr) == (0, b"")


@linux
@pytest.mark.parametrize("arguments", [("due",), ("list", "--json"), ("--help",), ("--version",), ("export",)])
def test_an_output_that_is_full_is_told_in_a_line(home: Path, arguments: tuple[str, ...]) -> None:
    llmquiz(home, "drill", "gpt3-parameters", stdin=b"175B\n")
    done = llmquiz(home, *arguments, shell=">/dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith(b"llmquiz: the output cannot be written: ")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_has_enough_is_no_error(home: Path) -> None:
    done = llmquiz(home, "list", "--json", shell="| head -c 10")
    assert (done.returncode, done.stderr, len(done.stdout)) == (0, b"", 10)


@pytest.mark.parametrize(
    ("encoding", "lang", "shown"),
    [
        ("gbk", "zh", "✓ 答对了".replace("✓", "+")),
        ("cp1252", "en", "+ Right"),
        ("ascii", "en", "+ Right"),
        ("cp1252", "zh", "? ???"),
    ],
)
def test_a_console_that_lacks_characters_shows_what_is_like_them(
    home: Path, encoding: str, lang: str, shown: str
) -> None:
    done = llmquiz(home, "drill", "gpt3-parameters", "--lang", lang, stdin=b"175B\n", encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert shown.split()[-1] in text
    assert "saved decoder-only/gpt3-parameters" in text
    assert shown in text or (lang == "zh" and encoding == "cp1252")


def test_chinese_is_read_from_a_console_in_gbk(home: Path) -> None:
    answer = "1750 亿\n".encode("gbk")
    done = llmquiz(home, "drill", "gpt3-parameters", "--lang", "zh", stdin=answer, encoding="gbk")
    assert "答对了" in done.stdout.decode("gbk")


def test_bytes_that_are_no_text_are_an_answer_like_any_other(home: Path) -> None:
    done = llmquiz(home, "drill", "gpt3-parameters", stdin=b"\xff\xfe 175B\n")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"saved decoder-only/gpt3-parameters" in done.stdout


def test_json_loses_nothing_in_any_encoding(home: Path) -> None:
    plain, narrow = (llmquiz(home, "show", "gpt3-parameters", "--json", encoding=e) for e in ("utf-8", "cp1252"))
    assert json.loads(narrow.stdout.decode("cp1252")) == json.loads(plain.stdout.decode("utf-8"))


def test_an_export_that_would_lose_characters_is_refused_with_what_to_do(home: Path) -> None:
    done = llmquiz(home, "export", "--format", "markdown", "--lang", "zh", encoding="cp1252")
    assert done.returncode == 1
    assert b"--output" in done.stderr


def test_check_mock_and_demo_run_in_a_narrow_console(home: Path) -> None:
    for arguments, stdin in (
        (("check",), b""),
        (("mock", "--minutes", "1"), b":skip\n" * 20),
        (("demo", "--list"), b""),
    ):
        done = llmquiz(home, *arguments, "--lang", "zh", stdin=stdin, encoding="cp1252")
        assert b"Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr
