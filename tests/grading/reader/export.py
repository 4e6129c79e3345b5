"""The trained reader as the package ships it: two graphs in ONNX with numbers of eight bits, and the tokenizer."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn

from llmquiz.grading.reader.pieces import ANSWER, FIRST_STATEMENT
from tests.grading.reader.model import Reader, Verdicts

LARGE = 10_000
"""Numbers of a matrix from which it is rounded."""


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
        """Logits of states (1, statements, 4) and pieces (1, statements, pieces), and measures (1, statements, 10)."""
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
        model = onnx.load(plain)
    _round(model.graph)
    _anonymize(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _anonymize(model: onnx.ModelProto) -> None:
    """Takes out where each node came from: lines of the code, in folders of the machine that exported it."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _round(graph: onnx.GraphProto) -> None:
    """Matrices in eight bits, with a scale for each column; what they are multiplied with stays as exact as it was."""
    nodes = list(graph.node)
    del graph.node[:]
    for tensor in [t for t in graph.initializer if len(t.dims) == 2 and t.dims[0] * t.dims[1] >= LARGE]:
        values = numpy_helper.to_array(tensor)
        scale = np.maximum(np.abs(values).max(0), 1e-12).astype(np.float32) / 127
        rounded = np.round(values / scale).astype(np.int8)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.extend(
            [numpy_helper.from_array(rounded, f"{name}.rounded"), numpy_helper.from_array(scale, f"{name}.scale")]
        )
        looked_up = [node for node in nodes if node.op_type == "Gather" and node.input[0] == name]
        for node in looked_up:  # rows of a table: only what is looked up becomes large again
            node.input[0] = f"{name}.rounded"
            (rows,) = node.output
            node.output[0] = f"{rows}.rounded"
            inputs = [f"{rows}.rounded", f"{name}.scale"]
            nodes.insert(nodes.index(node) + 1, helper.make_node("DequantizeLinear", inputs, [rows], axis=-1))
        if any(name in node.input for node in nodes):
            inputs = [f"{name}.rounded", f"{name}.scale"]
            nodes.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=1))
    graph.node.extend(nodes)
