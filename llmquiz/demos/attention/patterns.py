"""Where attention goes in each of the three architectures: pairs that see each other, and the entropy of a row.

The entropy of a row of weights is -Σ w log₂ w, at most log₂ of the positions that it sees; evenness is the one over the
other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from llmquiz.demos.attention.result import Attention, Head
from llmquiz.demos.attention.sentence import Reader, halves
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.masks import given_weights
from llmquiz.demos.lab.real import FAMILIES


@torch.inference_mode()
def attentions(readers: Mapping[str, Reader]) -> tuple[Attention, ...]:
    """Of the decoder and the encoder over all tokens; of the encoder–decoder with the second half as its target."""
    decoder, encoder, encoder_decoder = (readers[family] for family in FAMILIES)
    source, target = halves(encoder_decoder.ids)  # (1, S), (1, T)
    of_decoder = decoder.model(decoder.ids, use_cache=False, output_attentions=True)
    of_encoder = encoder.model(encoder.ids, output_attentions=True)
    of_pair = encoder_decoder.model(input_ids=source, decoder_input_ids=target, use_cache=False, output_attentions=True)
    return (
        summary("decoder", given_weights(of_decoder, "attentions")),
        summary("encoder", given_weights(of_encoder, "attentions")),
        summary("source", given_weights(of_pair, "encoder_attentions")),
        summary("target", given_weights(of_pair, "decoder_attentions")),
        summary("cross", given_weights(of_pair, "cross_attentions")),
    )


def summary(kind: str, layers: Sequence[Tensor]) -> Attention:
    """The attention weights of all layers, each (1, H, T, S), in figures."""
    weights = torch.cat([layer.cpu().double() for layer in layers])  # (L, H, T, S)
    visible = (weights.amax((0, 1)) > 0).sum(-1)  # (T,), positions that any head of any layer sees
    entropy = torch.special.entr(weights).sum(-1) / math.log(2)  # (L, H, T), bits
    most = visible.double().log2()  # (T,)
    chooses = visible > 1  # (T,), a row that sees one position has no choice
    evenness = (entropy[..., chooses] / most[chooses]).mean(-1)  # (L, H)
    first = weights[:, :, 1:, 0].mean(-1)  # (L, H)
    previous = weights.diagonal(-1, 2, 3).mean(-1)  # (L, H)
    return Attention(
        kind=kind,
        seen=tuple(tuple(row) for row in (weights.amax((0, 1)) > 0).tolist()),
        pairs=int(visible.sum()),
        future=float(weights.triu(1).max()),
        sum_error=float((weights.sum(-1) - 1).abs().max()),
        evenness=_rows(evenness),
        over_most=float((entropy - most).max()),
        to_first=_strongest(first, weights),
        to_previous=_strongest(previous, weights),
    )


def _strongest(shares: Tensor, weights: Tensor) -> Head:
    """The head with the largest of `shares` (L, H), and its weights of (L, H, T, S)."""
    layer, head = divmod(int(shares.argmax()), shares.shape[1])
    return Head(layer, head, float(shares.max()), _rows(weights[layer, head]))


def _rows(matrix: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())


@torch.inference_mode()
def evenness_untrained(device: str, dtype: str, ids: Tensor) -> tuple[float, float]:
    """Decoder and encoder with the usual initial weights, over ids (1, n): mean evenness over all heads, the least."""
    place = {"device": device, "dtype": dtype}
    models = (tiny.llama(attention="eager", **place), tiny.bert(attention="eager", **place))
    by_model = [summary("", model(ids, output_attentions=True).attentions).evenness for model in models]
    heads = [head for layers in by_model for layer in layers for head in layer]
    return sum(heads) / len(heads), min(heads)
