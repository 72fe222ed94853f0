"""Published checkpoints through the hub's protocol: each with its class, safetensors or .bin, and nothing is run."""

import json
import os

import pytest
import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    MT5Config,
    MT5ForConditionalGeneration,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

from semantic_tokens.backbones.published import load
from semantic_tokens.models import checkpoint
from semantic_tokens.sources.fetch import registry
from semantic_tokens.sources.fetch.obtain import obtain
from semantic_tokens.sources.fetch.registry import Source
from support.misbehaving_server import COMMIT, running_server
from support.source_files import left, refused

N_PIECES = 50
TEXT = [f"word{i} the cat and the dog number {i} drink water" for i in range(200)]


def sentence_pieces(path, **ids):
    """A SentencePiece model of N_PIECES pieces."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT),
        model_writer=(writer := path.open("wb")),
        vocab_size=N_PIECES,
        minloglevel=2,
        **ids,
    )
    writer.close()


def write_bert(folder, bert, word_tokenizer):
    bert.save_pretrained(folder)
    marks = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    PreTrainedTokenizerFast(tokenizer_object=word_tokenizer, **marks).save_pretrained(folder)
    return bert.get_input_embeddings().weight


def write_xlmr(folder):
    """As facebook/xlm-v-base: the weights pickled, the vocabulary a SentencePiece model."""
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=N_PIECES + 2, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=34, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    model = XLMRobertaForMaskedLM(config)
    model.config.architectures = ["XLMRobertaForMaskedLM"]
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    sentence_pieces(folder / "sentencepiece.bpe.model", unk_id=0, bos_id=1, eos_id=2)
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 512}))
    return model.get_input_embeddings().weight


def write_mt5(folder):
    """As google/mt5-base: an encoder-decoder, more rows in the table than pieces, an output layer of its own."""
    torch.manual_seed(0)
    model = MT5ForConditionalGeneration(
        MT5Config(vocab_size=N_PIECES + 4, d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2)
    )
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    sentence_pieces(folder / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    marks = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "extra_ids": 0}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "T5Tokenizer", **marks}))
    return model.get_input_embeddings().weight


def write_bloom(folder):
    """As bigscience/bloom-560m: half precision, names of weights without the prefix, more rows than tokens."""
    torch.manual_seed(0)
    model = BloomForCausalLM(BloomConfig(vocab_size=70, hidden_size=16, n_layer=1, n_head=2)).half()
    model.save_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    bare = {name.removeprefix("transformer."): tensor for name, tensor in weights.items()}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())[:60]
    tokenizer = Tokenizer(models.BPE({sign: i for i, sign in enumerate(["<unk>", "<pad>", *alphabet])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>").save_pretrained(folder)
    return model.get_input_embeddings().weight.float()


PATTERNS = {
    "bert": ["config.json", "vocab.txt", "tokenizer*.json", "model.safetensors | pytorch_model.bin"],
    "xlm-v": ["config.json", "sentencepiece.bpe.model", "tokenizer*.json", "model.safetensors | pytorch_model.bin"],
    "mt5": ["config.json", "spiece.model", "tokenizer*.json", "model.safetensors | pytorch_model.bin"],
    "bloom": ["config.json", "tokenizer*.json", "model.safetensors | pytorch_model.bin"],
}


@pytest.fixture
def published(tmp_path, monkeypatch, bert, word_tokenizer):
    """Writes a checkpoint, serves it as a hub does, obtains it: (the folder under resources, its table as written)."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

    def publish(name):
        folder = tmp_path / "upstream"
        folder.mkdir()
        writers = {"xlm-v": write_xlmr, "mt5": write_mt5, "bloom": write_bloom}
        table = write_bert(folder, bert, word_tokenizer) if name == "bert" else writers[name](folder)
        (folder / "modeling_evil.py").write_text("raise SystemExit('run')")
        terms = {"licence": "MIT", "commercial_use": True, "citation_key": "a2020b", "citation": "A 2020. B."}
        files = [pattern for pattern in PATTERNS[name] if pattern != "vocab.txt"]
        entry = {"name": "tiny", "from": "model:org/tiny", "revision": COMMIT, "files": files} | terms
        monkeypatch.setattr(registry, "sources", lambda: {"tiny": Source.model_validate(entry)})
        weights = tuple(path.name for path in folder.iterdir() if path.suffix in (".bin", ".safetensors"))
        with running_server() as server:
            server.add_repository(
                "org/tiny", "model", {p.name: p.read_bytes() for p in folder.iterdir()}, large=weights
            )
            return obtain("tiny", tmp_path / "resources", mirror=server.url), table.detach()

    return publish


@pytest.mark.parametrize(
    ("name", "kind", "rows", "text", "ids"),
    [
        ("bert", "BertForMaskedLM", 40, "w3 w0", [2, 8, 5, 3]),
        ("xlm-v", "XLMRobertaForMaskedLM", N_PIECES + 2, "the", None),
        ("mt5", "MT5EncoderModel", N_PIECES + 4, "the", None),
        ("bloom", "BloomForCausalLM", 70, "", []),
    ],
)
def test_a_checkpoint_comes_with_the_class_of_its_architecture(published, tmp_path, name, kind, rows, text, ids):
    folder, table = published(name)
    assert "modeling_evil.py" not in left(folder)
    model, tokenizer = load(folder, vocabulary=rows, dim=16)
    assert type(model).__name__ == kind and not model.training
    assert torch.equal(model.get_input_embeddings().weight.detach(), table) and table.dtype == torch.float32
    if ids is not None:
        assert tokenizer(text).input_ids == ids
    out = tmp_path / "out"
    checkpoint.save(model, out)
    tokenizer.save_pretrained(out)
    assert {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} <= set(left(out))
    assert not [file for file in left(out) if file.endswith((".bin", ".py"))]
    again, tokenizer_again = load(out, vocabulary=rows, dim=16)
    assert torch.equal(again.get_input_embeddings().weight.detach(), table)
    assert tokenizer_again(TEXT[7]).input_ids == tokenizer(TEXT[7]).input_ids


def test_bare_sentencepiece_models_are_read_with_the_special_tokens_where_the_checkpoint_has_them(published):
    folder, _ = published("xlm-v")
    _, tokenizer = load(folder, N_PIECES + 2, 16)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model")).encode("the cat")
    assert tokenizer("the cat").input_ids == [0, *(piece + 1 for piece in pieces), 2], (
        "<pad> is 1 and shifts the pieces"
    )
    assert len(tokenizer) == N_PIECES + 2 and tokenizer.mask_token_id == N_PIECES + 1


@pytest.mark.parametrize(
    ("vocabulary", "dim", "message"),
    [
        (41, 16, "the table of word embeddings has vocabulary 40, but the config says 41"),
        (40, 32, "the table of word embeddings has dim 16, but the config says 32"),
    ],
)
def test_another_table_than_the_config_says_is_refused(published, vocabulary, dim, message):
    folder, _ = published("bert")
    assert refused(load, folder, vocabulary, dim) == f"{folder}: {message}"


def test_a_masked_lm_with_fewer_tokens_than_rows_is_refused(published, word_tokenizer):
    folder, _ = published("bert")
    word_tokenizer.add_tokens(["w99"])
    word_tokenizer.save(str(folder / "tokenizer.json"))
    assert refused(load, folder, 40, 16) == f"{folder}: the tokenizer has 41 tokens, but the table 40 rows"


def test_weights_that_are_missing_are_refused(published):
    folder, _ = published("bloom")
    weights = load_file(folder / "model.safetensors")
    save_file({name: tensor for name, tensor in weights.items() if name != "ln_f.bias"}, folder / "model.safetensors")
    assert "weights are missing: ['transformer.ln_f.bias']" in refused(load, folder, 70, 16)


class _Calls:
    """A pickle of it makes a folder when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["xlm-v", "mt5"])
def test_a_pickle_that_calls_something_is_refused_and_calls_nothing(published, tmp_path, name):
    folder, _ = published(name)
    torch.save({"weight": _Calls(tmp_path / "victim")}, folder / "pytorch_model.bin")
    message = refused(load, folder, N_PIECES + 2, 16)
    assert message.startswith(f"{folder}: not a checkpoint that can be loaded safely (")
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("model_type", ["bert", "evil"])
def test_a_config_that_names_code_has_it_ignored_or_is_refused(published, tmp_path, model_type):
    folder, table = published("bert")
    config = json.loads((folder / "config.json").read_text())
    classes = {"AutoConfig": "modeling_evil.Config", "AutoModelForMaskedLM": "modeling_evil.Model"}
    config |= {"model_type": model_type, "auto_map": classes}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "modeling_evil.py").write_text(f"import os\nos.mkdir({str(tmp_path / 'victim')!r})\n")
    if model_type == "bert":
        assert torch.equal(load(folder, 40, 16)[0].get_input_embeddings().weight.detach(), table)
    else:
        assert f"{folder}: not a checkpoint that can be loaded safely (" in refused(load, folder, 40, 16)
    assert not (tmp_path / "victim").exists()


def test_an_architecture_that_is_not_a_language_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "resnet"}))
    assert refused(load, tmp_path, 40, 16) == f"{tmp_path}: 'resnet' is not a masked LM, text encoder or causal LM"
    assert "not a checkpoint that can be loaded safely" in refused(load, tmp_path / "absent", 40, 16)


def test_truncated_weights_are_refused(published):
    folder, _ = published("bert")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    assert "not a checkpoint that can be loaded safely" in refused(load, folder, 40, 16)
