"""A topic and an interviewer small enough to be read: what is asked, graded and weighed in the tests of `interview`."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from llmquiz.collection.cache import open_collection
from llmquiz.collection.collection import Collection
from llmquiz.grading.text.glossary import Glossary
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.plan.planning import Plan, Setting, plan
from llmquiz.interview.turns import Exchange, How, Reply, Turn, Why
from llmquiz.language import Lang
from llmquiz.schema.topics import Branch

DECK = "title: {en: Small, zh: 小}\nsummary: {en: For tests., zh: 测试用。}\nlangs: [en, zh]\norder: [scale, mask]\n"
TOPIC = """
questions:
  - id: scale
    type: open
    level: core
    prompt: {en: Why divide by the square root of d?, zh: 为什么要除以根号 d？}
    answers:
      one-line: {text: {en: The variance grows with d., zh: 方差会随 d 增长。}, seconds: 15}
      one-minute:
        text: {en: The variance grows with d. Large scores saturate the softmax., zh: 方差会增长，让 softmax 饱和。}
        seconds: 60
    points:
      - id: variance
        weight: 2
        text: {en: The variance of the dot product grows with d., zh: 点积的方差随 d 增长。}
        why: {en: Each term adds its own variance., zh: 每一项都贡献自己的方差。}
      - id: softmax
        text: {en: Large scores saturate the softmax., zh: 分数太大会让 softmax 饱和。}
      - id: folded
        level: expert
        text: {en: The scale can be folded into the query projection., zh: 缩放可以并进查询投影。}
    misconceptions:
      - id: speed
        text: {en: It makes the product faster., zh: 这样算得更快。}
        right: {en: It changes no cost., zh: 计算量不变。}
      - id: shrink
        text: {en: It keeps the embeddings small., zh: 它让嵌入保持很小。}
        right: {en: The embeddings stay as they are., zh: 嵌入不变。}
    hints:
      - {text: {en: What is the variance?, zh: 方差是多少？}, names: [variance]}
    follow-ups:
      - {when: missed, point: softmax, say: {en: And what of the softmax?, zh: softmax 呢？}}
      - {when: met, point: variance, ask: gpt3}
  - id: mask
    type: open
    see: [scale]
    level: core
    prompt: {en: What does the causal mask hide?, zh: 因果掩码遮住什么？}
    answers:
      one-line: {text: {en: It hides the future., zh: 它遮住未来。}, seconds: 15}
      one-minute: {text: {en: It hides the future tokens., zh: 它遮住未来的 token。}, seconds: 60}
    points:
      - id: future
        text: {en: It hides the tokens that come later., zh: 它遮住后面的 token。}
  - id: pick
    type: choice
    level: core
    prompt: {en: Which one is causal?, zh: 哪个是因果的？}
    options:
      - {text: {en: Encoder, zh: 编码器}}
      - {text: {en: Decoder, zh: 解码器}, right: true}
claims:
  - id: free
    level: core
    text: {en: The KV cache is free., zh: KV 缓存没有代价。}
    verdict: wrong
    right: {en: It takes memory., zh: 它要占内存。}
    why: {en: Two vectors a layer and token., zh: 每层每个 token 两个向量。}
numbers:
  - id: gpt3
    level: core
    prompt: {en: How many parameters has GPT-3?, zh: GPT-3 有多少参数？}
    value: 175000000000
    unit: {en: parameters, zh: 个参数}
    why: {en: As published., zh: 论文所载。}
terms:
  - id: generation
    level: core
    noted: true
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
technique:
  - {id: first, kind: step, seconds: 15, text: {en: Answer first, zh: 先答}, why: {en: It may end., zh: 会被打断。}}
  - {id: calm, kind: do, text: {en: Stay calm, zh: 冷静}, why: {en: It helps., zh: 有用。}}
interviews:
  - id: lin
    level: core
    name: {en: Dr. Lin, zh: 林博士}
    manner: {en: Calm., zh: 平和。}
    cares: {en: Evidence., zh: 证据。}
    irritated: {en: Slogans., zh: 口号。}
    opening: {en: Shall we?, zh: 开始吧？}
    closing: {en: Thanks., zh: 谢谢。}
    digs: 2
    sections:
      - id: ideas
        title: {en: Ideas, zh: 思路}
        minutes: 6
        most: 2
        ask: [scale, mask]
        say: {en: Let us begin., zh: 先来。}
        prompt: {en: "Attention, then. Why the root of d?", zh: 说说注意力，为什么要除以根号 d？}
      - id: facts
        title: {en: Facts, zh: 事实}
        minutes: 4
        depth: one-line
        most: 3
        ask: [gpt3, pick, free]
"""

VARIANCE = "The variance grows with d."
SOFTMAX = "Large scores saturate the softmax."
BOTH = f"{VARIANCE} {SOFTMAX}"
WRONG = "It makes the product faster."


@cache
def content() -> tuple[Collection, Glossary]:
    """The topic, compiled once; no test writes to it."""
    folder = Path(tempfile.mkdtemp())
    (folder / "content/small").mkdir(parents=True)
    (folder / "content/small/deck.yaml").write_text(DECK, encoding="utf-8")
    (folder / "content/small/topic.yaml").write_text(TOPIC, encoding="utf-8")
    collection = open_collection([folder / "content"], folder / "cache")
    assert collection.faults() == []
    return collection, Glossary({})


def planned(lang: Lang = "en", *, minutes: float = 10, rate: int = 0, seed: int = 1, **more: Any) -> Plan:
    """The plan of an interview with Dr. Lin; by default an answer takes as long to type as to say."""
    speech = {"en": 150, "zh": 250}
    setting = Setting("small/lin", lang, minutes, seed, rate or speech[lang], **more)
    return plan(setting, content()[0])


def hearing(lang: Lang = "en", *, branches: tuple[Branch, ...] = (), **blueprint: Any) -> Hearing:
    """What Dr. Lin understands, with these branches in every section and this of the blueprint changed."""
    chosen = planned(lang)
    sections = tuple(replace(section, branches=branches) for section in chosen.sections)
    changed = chosen.blueprint.model_copy(update=blueprint)
    return Hearing(replace(chosen, sections=sections, blueprint=changed), *content())


def turn(question: str = "scale", **more: Any) -> Turn:
    """A turn that asks a question of the topic in full: number 1 unless told otherwise."""
    full = f"small/{question}" if question else ""
    kind = content()[0].get(full).kind if full else "closing"
    standard: dict[str, Any] = {"number": 1, "section": "ideas", "kind": kind, "depth": "one-minute", "seconds": 60}
    return Turn(question=full, **standard | more)


def exchange(text: str, question: str = "scale", seconds: float = 30.0, **more: Any) -> Exchange:
    """An answer to a question of the topic; nothing said is a skip."""
    how = How.sent if text else How.skipped
    return Exchange(turn(question, **more), Reply(text, seconds, how))


def spoken(text: str, why: Why = Why.missed, point: str = "", *, number: int = 2, **more: Any) -> Exchange:
    """An answer to words of the interviewer about `scale`, a follow-up to the first turn."""
    return exchange(text, number=number, kind="spoken", why=why, point=point, parent=1, seconds=10.0, **more)
