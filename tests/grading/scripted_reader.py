"""A reader that goes by a list: for tests of what is done with verdicts, where the verdicts are not in question.

A statement of the list is said where its pattern stands in a sentence, denied where a "not" stands there too or where
its opposite does; any other statement where all of its longer words do. With a "maybe" nothing can be decided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from llmquiz.grading.reader.judging import Reader, Thresholds
from llmquiz.grading.reader.network import Verdict
from llmquiz.grading.text.read import fold

NEVER = r"(?!)"
SAID: tuple[tuple[str, str, str], ...] = (
    (
        "variance of the dot product|点积的方差",
        r"variance (\w+ )*grows?|(方差|variance).*(增长|变大)",
        r"variance (always )?shrinks|方差.*变小",
    ),
    ("saturate the softmax|softmax 饱和", r"saturat.* softmax|softmax.* saturat|softmax.*饱和", NEVER),
    ("folded into the query|并进查询", r"folded.*query|并进.*查询", NEVER),
    ("makes the product faster|这样算得更快", r"makes.*faster|算得更快", NEVER),
    ("keeps the embeddings small|嵌入保持很小", r"keeps.*embeddings.*small|嵌入.*很小", NEVER),
    ("hides the tokens that come later|遮住后面", r"hides?.*(future|later)|遮住.*(未来|后面)", NEVER),
    (
        "values of earlier tokens do not change|键和值不变",
        r"(keys|values).*(stay the same|unchanged|never change)|(k、v|键|值|values).*(不变|不会变)",
        r"(keys|values).* change with every",
    ),
    ("memory that grows with the length|显存随长度", r"memory.*(grow|linear|增长)|显存.*增长", NEVER),
    ("stores the generated text|存的是生成的文字", r"stores? (the )?generated text|存的?是(生成的)?文字", NEVER),
    ("The size is secret", r"size is (undisclosed|secret)", NEVER),
    ("training signal at every token", r"every token carries loss", NEVER),
    ("Generation is sequential: each token", r"token by token", NEVER),
)
"""What a statement holds, what says it, and what says its opposite, as patterns."""
NOT = re.compile(r"\bnot\b|n't|never|wrong|myth|不会|不是|没有|其实")

AS_SAID = re.compile(r"不会变|不变|never change|not only")
MAYBE = re.compile(r"\bmaybe\b|也许")


class ScriptedNetwork:
    """Reads by SAID."""

    card: dict[str, Any]

    def __init__(self) -> None:
        self.card = {"version": "scripted", "thresholds": {"met": 0.5}}

    def prepare(self, statements: Sequence[str]) -> None:
        """Needs nothing beforehand."""

    def read(self, prompt: str, answer: str, statements: Sequence[str]) -> list[Verdict]:
        """All on one state, and the words that match."""
        folded, origin = fold(answer)
        verdicts = []
        for statement in statements:
            saying, denying = _patterns(statement)
            chances, span = (0.0, 0.0, 0.0, 1.0), (0, 0)
            for sentence in re.finditer(r"[^.!?。！？]+", folded):
                text = sentence[0].replace("\n", " ")
                match = re.search(saying, text) or re.search(denying, text)
                if match:
                    contrary = not re.search(saying, text) or (
                        NOT.search(AS_SAID.sub("", text)) and not NOT.search(statement)
                    )
                    chances = (0.0, 0.0, 1.0, 0.0) if contrary else (1.0, 0.0, 0.0, 0.0)
                    if MAYBE.search(text):
                        chances = (0.45, 0.0, 0.0, 0.55)
                    span = origin[sentence.start() + match.start()], origin[sentence.start() + match.end()]
                if chances[0] == 1:
                    break
            verdicts.append(Verdict(chances, [span], [1.0]))
        return verdicts


@cache
def _patterns(statement: str) -> tuple[str, str]:
    words = re.findall(r"[a-z0-9]{4,}|[\u4e00-\u9fff]", fold(statement)[0])
    own = "".join(f"(?=.*{re.escape(word)})" for word in words) + ".*" if words else NEVER
    for part, saying, denying in SAID:
        if re.search(part, statement):
            return f"{saying}|{own}", denying
    return own, NEVER


class ScriptedReader(Reader):
    """The package's reader over the scripted network; nothing is kept."""

    def __init__(self) -> None:
        self._network = ScriptedNetwork()  # type: ignore[assignment]
        self._memory = Nothing()  # type: ignore[assignment]
        self.thresholds = Thresholds(met=0.5, held=0.5, denied=0.5, partly=0.5, undecided=0.4)


class Nothing:
    """Remembers nothing."""

    def key(self, *texts: str) -> str:
        """No key."""
        return ""

    def get(self, key: str) -> None:
        """Nothing."""

    def put(self, key: str, rows: object) -> None:
        """Keeps nothing."""
