"""Tiny checkpoints that the tests build and save: an encoder of sentences, a model of entailment, a language model."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

TEXT = (
    "[PAD] [UNK] [CLS] [SEP] keys values of earlier past tokens do not change so they are stored stay the same "
    "memory grows with length context cache takes that a it store generated text why does decoder keep kv when"
)
WORDS = TEXT.split()


def tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of whole words."""
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(WORDS))}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=64,
    )  # fmt: skip


def _config(**more: object) -> BertConfig:
    sizes = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 64}
    return BertConfig(vocab_size=len(set(WORDS)), **sizes | more)


def sentence_encoder(folder: Path, *, safe: bool = True) -> Path:
    """An encoder without layers: texts with the same words are near."""
    torch.manual_seed(0)
    model = BertModel(_config(num_hidden_layers=0))
    with torch.no_grad():
        model.embeddings.position_embeddings.weight.zero_()
        model.embeddings.token_type_embeddings.weight.zero_()
        model.embeddings.word_embeddings.weight.normal_()
        model.embeddings.word_embeddings.weight[:4] = 0.01
    tokenizer().save_pretrained(folder)
    model.save_pretrained(folder)
    if not safe:
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    return folder


def entailment(folder: Path, *, always: str) -> Path:
    """A model of entailment that says `always` whatever it reads."""
    labels = {0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}
    model = BertForSequenceClassification(_config(num_hidden_layers=1, num_labels=3, id2label=labels))
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.zero_()
        model.classifier.bias[{name.lower(): at for at, name in labels.items()}[always]] = 9.0
    tokenizer().save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


CHAT = "{% for message in messages %}{{ message['content'] }} {% endfor %}"


def language_model(folder: Path, says: str | None = None) -> Path:
    """A causal language model of one layer that writes nonsense, or `says` and no more, whatever it reads.

    The text is one word of its vocabulary. With the layer's outputs at zero the next word hangs on the last one alone:
    after any word comes the text, after the text the end.
    """
    torch.manual_seed(0)
    spoken = tokenizer()
    if says is not None:
        spoken.add_tokens([says])
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = LlamaForCausalLM(
        LlamaConfig(vocab_size=len(spoken), max_position_embeddings=8192, pad_token_id=0, eos_token_id=3, **sizes)
    )
    if says is not None:
        _say(model, len(spoken) - 1)
    spoken.model_max_length = 8192
    spoken.eos_token = "[SEP]"
    spoken.chat_template = CHAT
    spoken.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def _say(model: LlamaForCausalLM, text: int) -> None:
    """Wire the embeddings so that `text` follows every word, and the end follows `text`."""
    layer = model.model.layers[0]
    with torch.no_grad():
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.zero_()
        model.model.embed_tokens.weight[:, 0] = 1.0
        model.model.embed_tokens.weight[text] = torch.eye(32)[1]
        model.lm_head.weight.zero_()
        model.lm_head.weight[text, 0] = 9.0
        model.lm_head.weight[3, 1] = 9.0
