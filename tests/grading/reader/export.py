"""The trained reader as the package ships it: two graphs in ONNX with numbers of eight bits, and the tokenizer."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from llmquiz.grading.reader.pieces import ANSWER, FIRST_STATEMENT
from tests.grading.reader.model import Reader, Verdicts

EIGHT_BITS = ("MatMul", "Gemm", "Gather")
FLOAT = 1
"""ONNX's number for single precision, which the tools cannot infer everywhere."""


class Alone(nn.Module):
    """The lower layers over one text."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, pieces: Tensor, places: Tensor) -> Tensor:
        """States (1, pieces, width) of (1, pieces)."""
        return self.reader.read_alone(pieces, places, torch.zeros_like(pieces))


class Together(nn.Module):
    """The upper layers and the judge over an answer and its statements."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, alone: Tensor, pieces: Tensor, segments: Tensor, statements: Tensor) -> Verdicts:
        """Logits of the states (1, statements, 4) and of the pieces (1, statements, pieces)."""
        return self.reader.judged(alone, pieces, segments, statements)


def export(reader: Reader, tokenizer: Tokenizer, folder: Path) -> None:
    """Writes alone.onnx, together.onnx and tokenizer.json."""
    reader.eval()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    size = torch.export.Dim("size", min=2, max=4096)
    count = torch.export.Dim("count", min=2, max=256)
    pieces = torch.arange(24)[None] % reader.pieces.num_embeddings
    places = torch.arange(24)[None]
    segments = torch.tensor([[0, *[ANSWER] * 11, *[FIRST_STATEMENT] * 6, *[FIRST_STATEMENT + 1] * 6]])
    statements = torch.arange(FIRST_STATEMENT, FIRST_STATEMENT + 2)
    states = torch.zeros(1, 24, reader.places.embedding_dim)
    _write(Alone(reader), (pieces, places), ({1: size}, {1: size}), folder / "alone.onnx")
    given = (states, pieces, segments, statements)
    _write(Together(reader), given, ({1: size}, {1: size}, {1: size}, {0: count}), folder / "together.onnx")


def _write(graph: nn.Module, given: tuple[Tensor, ...], shapes: tuple[dict[int, Any], ...], path: Path) -> None:
    names = list(graph.forward.__annotations__)[: len(given)]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, of what it will be one day
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            graph.eval(), given, plain, dynamo=True, dynamic_shapes=shapes, input_names=names, external_data=False,
            verbose=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, path, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=list(EIGHT_BITS),
            extra_options={"DefaultTensorType": FLOAT},
        )  # fmt: skip
