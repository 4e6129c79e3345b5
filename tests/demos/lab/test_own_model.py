"""Real checkpoints, from tiny ones that the tests save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
import transformers as hf

from llmquiz.demos.lab import own_model, real, tiny
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 99}
T5 = {
    "d_model": 32,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "d_kv": 8,
    "vocab_size": 99,
    "decoder_start_token_id": 0,
}
GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99}


def _saved(model: Any, path: Path) -> str:
    model.save_pretrained(path)
    return str(path)


@pytest.mark.parametrize(
    ("model_class", "settings", "family"),
    [
        (hf.LlamaForCausalLM, SMALL, "decoder"),
        (hf.Qwen2ForCausalLM, SMALL, "decoder"),
        (hf.GPT2LMHeadModel, GPT2, "decoder"),
        (hf.BertForMaskedLM, SMALL, "encoder"),
        (hf.BertModel, SMALL, "encoder"),  # without a head: its name alone does not say what it is
        (hf.T5ForConditionalGeneration, T5, "encoder-decoder"),
    ],
)
def test_a_checkpoint_is_known_by_its_configuration(
    model_class: Any, settings: dict[str, int], family: str, tmp_path: Path
) -> None:
    saved = model_class(model_class.config_class(**settings)).eval()
    path = _saved(saved, tmp_path / "model")
    for wrong in set(real.FAMILIES) - {family}:
        with pytest.raises(DemoError, match=f"its family is {family} "):
            own_model.load_checkpoint(path, wrong, device="cpu", dtype="float32")
    loaded = own_model.load_checkpoint(path, family, device="cpu", dtype="float32")
    assert loaded.tokenizer is None
    assert not any(p.requires_grad for p in loaded.model.parameters())
    known = dict(saved.named_parameters())
    assert all(
        torch.equal(p, known.get(name, known.get(f"bert.{name}", p))) for name, p in loaded.model.named_parameters()
    )


def test_a_checkpoint_comes_in_the_number_format_asked_for(tmp_path: Path) -> None:
    path = _saved(hf.LlamaForCausalLM(hf.LlamaConfig(**SMALL)), tmp_path)
    assert own_model.load_checkpoint(path, "decoder", device="cpu", dtype="bfloat16").model.dtype == torch.bfloat16


def test_a_checkpoint_that_is_to_attend_eagerly_gives_its_weights(tmp_path: Path) -> None:
    path = _saved(hf.LlamaForCausalLM(hf.LlamaConfig(**SMALL)), tmp_path)
    model = own_model.load_checkpoint(path, "decoder", device="cpu", dtype="float32", attention="eager").model
    ids = torch.ones(1, 5, dtype=torch.long)
    assert [weights.shape for weights in model(ids, output_attentions=True).attentions] == [(1, 4, 5, 5)] * 2


def test_code_that_comes_with_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    """A configuration that names a class in a file beside it."""
    path = Path(_saved(hf.LlamaForCausalLM(hf.LlamaConfig(**SMALL)), tmp_path))
    config = (path / "config.json").read_text()
    (path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    own = '"auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}, "model_type": "evil"'
    (path / "config.json").write_text(config.replace('"model_type": "llama"', own))
    with pytest.raises(DemoError, match="cannot be loaded"):
        own_model.load_checkpoint(str(path), "decoder", device="cpu", dtype="float32")
    assert not (tmp_path / "ran").exists()


def test_text_without_a_tokenizer_is_read_as_bytes() -> None:
    model = tiny.llama()
    assert own_model.text_tokens("a中", model).tolist() == [[97, 228, 184, 173]]
    with pytest.raises(DemoError, match="holds no token"):
        own_model.text_tokens("", model)


class Hub:
    """The model hub as it answers, or does not."""

    def __init__(self, answer: Exception | None) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self) -> Hub:
        return self

    def model_info(self, name: str, timeout: float) -> None:
        self.asked += 1
        assert timeout <= 10
        if self.answer:
            raise self.answer


@pytest.mark.parametrize(
    ("name", "code"),
    [("nobody/nothing", "demo.hub-unreachable"), ("HuggingFaceTB/SmolLM2-135M-Instruct", "demo.get-model")],
)
def test_a_hub_that_cannot_be_reached_is_asked_once(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(ConnectionError("no network"))
    monkeypatch.setattr("huggingface_hub.HfApi", hub)
    with pytest.raises(DemoError) as refused:
        own_model.load_checkpoint(name, "decoder", device="cpu", dtype="float32")
    assert (refused.value.code, hub.asked) == (code, 1)


def test_a_name_that_the_hub_does_not_have_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub.errors import RepositoryNotFoundError

    error = RepositoryNotFoundError.__new__(RepositoryNotFoundError)
    monkeypatch.setattr("huggingface_hub.HfApi", Hub(error))
    with pytest.raises(DemoError, match="no such folder or file here"):
        own_model.load_checkpoint("nobody/nothing-else", "decoder", device="cpu", dtype="float32")


def test_a_gguf_file_is_read_with_its_tokenizer(tmp_path: Path) -> None:
    """As llama.cpp writes it: half precision, its own names, and the tokens in the file."""
    gguf = pytest.importorskip("gguf")
    torch.manual_seed(0)
    model = hf.LlamaForCausalLM(hf.LlamaConfig(**SMALL | {"num_key_value_heads": 4})).eval()
    file = tmp_path / "small.gguf"
    _write_gguf(gguf, model, file)
    loaded = own_model.load_checkpoint(str(file), "decoder", device="cpu", dtype="float32")
    ids = torch.arange(5)[None]
    assert torch.allclose(loaded.model(ids).logits, model(ids).logits, atol=2e-3)
    assert own_model.family_at(str(tmp_path)) == "decoder", "the folder of a single file is that file"


def _write_gguf(gguf: Any, model: Any, file: Path) -> None:
    config, writer = model.config, gguf.GGUFWriter(file, "llama")
    writer.add_name("small")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        short, _, ending = name.rpartition(".")
        if name.endswith(("q_proj.weight", "k_proj.weight")):  # llama.cpp turns pairs, transformers halves
            heads = config.num_attention_heads
            tensor = tensor.view(heads, 2, -1, config.hidden_size).swapaxes(1, 2).reshape(tensor.shape)
        writer.add_tensor(f"{names.get_name(short)}.{ending}", tensor.numpy())
    for write in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file):
        write()
    writer.close()
