"""Running commands as a user does, in this process."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

NOW = "2026-11-23T09:00:00Z"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def llmquiz(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run `llmquiz` with arguments and standard input; the clock stands at NOW unless told otherwise."""
    from llmquiz.app.settings import read_settings
    from llmquiz.cli import run

    monkeypatch.setenv("LLMQUIZ_NOW", NOW)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str | Path, stdin: str = "", now: str = NOW) -> Done:
        monkeypatch.setenv("LLMQUIZ_NOW", now)
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        read_settings.cache_clear()  # a process of its own reads them anew
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


def log(llmquiz: Callable[..., Done]) -> list[dict[str, object]]:
    """The review log as `export` prints it."""
    return [json.loads(line) for line in llmquiz("export").out.splitlines()]


SMALL = """
questions:
  - id: scale
    type: open
    level: core
    prompt: {en: Why divide by the square root of d?, zh: 为什么要除以根号 d？}
    answers:
      one-line: {text: {en: To keep the variance at one., zh: 让方差保持为一。}, seconds: 15}
      one-minute: {text: {en: The variance would grow with d., zh: 方差会随 d 增长。}, seconds: 60}
    points:
      - id: variance
        text: {en: The variance of the dot product grows with d., zh: 点积的方差随 d 增长。}
        why: {en: Each term adds its own variance., zh: 每一项都贡献自己的方差。}
      - id: softmax
        text: {en: Large scores saturate the softmax., zh: 分数太大会让 softmax 饱和。}
      - id: kernel
        level: expert
        text: {en: The scale can be folded into the query projection., zh: 缩放可以并进查询投影。}
    misconceptions:
      - id: speed
        text: {en: It makes the product faster., zh: 这样算得更快。}
        right: {en: It changes no cost., zh: 计算量不变。}
    hints:
      - {text: {en: Think of random vectors., zh: 想想随机向量。}}
      - {text: {en: What is the variance?, zh: 方差是多少？}, names: [variance]}
  - id: pick
    type: choice
    level: core
    prompt: {en: Which one is causal?, zh: 哪个是因果的？}
    options:
      - {text: {en: Encoder, zh: 编码器}}
      - {text: {en: Decoder, zh: 解码器}, right: true}
  - id: steps
    type: order
    level: core
    prompt: {en: Put them in order., zh: 排序。}
    steps: [{en: First, zh: 甲}, {en: Second, zh: 乙}, {en: Third, zh: 丙}]
claims:
  - id: free
    level: core
    text: {en: The KV cache is free., zh: KV 缓存没有代价。}
    verdict: wrong
    right: {en: It takes memory., zh: 它要占内存。}
    why: {en: Two vectors a layer and token., zh: 每层每个 token 两个向量。}
    demo: kv-cache
numbers:
  - id: gpt3
    level: core
    prompt: {en: How many parameters has GPT-3?, zh: GPT-3 有多少参数？}
    value: 175000000000
    unit: {en: parameters, zh: 个参数}
    why: {en: As published., zh: 论文所载。}
    demo: kv-cache
terms:
  - id: order-of-words
    level: core
    prompt: {en: Sequential generation?, zh: 顺序生成？}
    wrong: {en: [sequential generation], zh: [顺序生成]}
    right: {en: [autoregressive generation], zh: [自回归生成]}
    why: {en: It names the dependence., zh: 它点明依赖关系。}
tables:
  - id: kinds
    level: core
    title: {en: Kinds, zh: 种类}
    columns: [{id: sees, text: {en: sees, zh: 看到}}]
    rows:
      - id: encoder
        text: {en: encoder, zh: 编码器}
        cells: {sees: {text: {en: both sides, zh: 两侧}, accept: {en: [both/two], zh: [两侧/双向]}}}
"""


@pytest.fixture
def topic(write: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder with one small topic of every kind but code and prediction, in the place of what is shipped."""
    from llmquiz import paths

    write("shipped/sources.yaml", "sources: []\n")
    monkeypatch.setattr(paths, "shipped_content", lambda: write("shipped/glossary.yaml", "terms: []\n").parent)
    write(
        "small/deck.yaml",
        "title: {en: Small, zh: 小}\nsummary: {en: For tests., zh: 测试用。}\nlangs: [en, zh]\norder: [scale, pick]\n",
    )
    return write("small/questions.yaml", SMALL).parent.parent
