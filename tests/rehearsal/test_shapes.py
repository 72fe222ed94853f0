"""Checkpoints and tokenizers have the published sizes, and small ones of the same make load as published ones do."""

import json
from dataclasses import replace

import pytest
import yaml
from transformers import AutoTokenizer

from rehearsal import checkpoints, upstream, vocabularies
from semantic_tokens.backbones import published
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models import checkpoint
from support.running import ROOT

BACKBONES = yaml.safe_load((ROOT / "configs/paper.yaml").read_text(encoding="utf-8"))["backbones"]
# Weights in the published files: those of the model cards, and the heads that the files hold beside.
WEIGHTS = {
    "mbert": 178_566_653, "xlmr-base": 278_885_778, "xlmr-large": 561_192_082,
    "xlmv-base": 779_396_349, "mt5-base": 582_401_280, "bloom-560m": 559_214_592, "qwen2": 494_032_768,
}  # fmt: skip
SMALL = 15_000  # the characters alone are thousands
SIZES = {
    "bert": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24},
    "mt5": {"d_model": 16, "d_kv": 8, "d_ff": 24, "num_heads": 2, "num_layers": 1, "num_decoder_layers": 1},
    "bloom": {"hidden_size": 16, "n_layer": 1, "n_head": 2},
    "qwen2": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24},
}


@pytest.mark.parametrize("name", BACKBONES)
def test_the_tensors_are_those_of_the_published_model(name):
    shapes = checkpoints.tensors(checkpoints.published(name))
    total = 0
    for shape in shapes.values():
        size = 1
        for extent in shape:
            size *= extent
        total += size
    assert total == WEIGHTS[name]
    table = (BACKBONES[name]["vocabulary"], BACKBONES[name]["dim"])
    assert table in shapes.values()


def small(name):
    """The make of a published model, a few rows wide."""
    model = checkpoints.published(name)
    settings = model.config.to_dict() | {"vocab_size": SMALL} | SIZES.get(model.config.model_type, SIZES["bert"])
    if name == "qwen2":
        settings |= {"layer_types": ["full_attention"], "bos_token_id": None, "eos_token_id": None}
    more = {key: tuple(SMALL if extent > 10_000 else 16 for extent in shape) for key, shape in model.more.items()}
    return replace(model, config=type(model.config)(**settings), more=more)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_small_one_loads_as_the_published_one_does(name, tmp_path):
    made = small(name)
    checkpoints.write(made, tmp_path)
    size = write_vocabulary(name, tmp_path)
    assert {path.name for path in tmp_path.glob("*model.*")} >= {
        "model.safetensors" if made.safetensors else "pytorch_model.bin"
    }
    model, tokenizer = published.load(tmp_path, SMALL, 16)
    assert len(tokenizer) == size and not [p for p in model.parameters() if p.isnan().any()]
    weights = checkpoints.tensors(made)
    if made.old_names:
        assert "bert.embeddings.LayerNorm.gamma" in weights
    checkpoint.save(model, tmp_path / "saved")
    tokenizer.save_pretrained(tmp_path / "saved")
    vocabulary = read_vocabulary(tmp_path / "saved/tokenizer.json")
    assert len(vocabulary) == size and len(set(vocabulary.tokens)) == size
    ids = tokenizer("bird طائر", add_special_tokens=False)["input_ids"]
    assert ids and tokenizer.unk_token_id not in ids


def write_vocabulary(name, folder):
    """A small tokenizer of the same make; mT5's and the decoders' have fewer tokens than the table has rows."""
    size = SMALL - (0 if name in ("mbert", "xlmr-base", "xlmr-large", "xlmv-base") else 12)
    if name == "mbert":
        vocabularies.wordpiece(folder, size, None)
    else:
        upstream.TOKENIZERS[name][0](folder, size)
    return size


def test_the_tokenizers_are_as_large_as_the_tables():
    for name, (_, size) in upstream.TOKENIZERS.items():
        rows = BACKBONES[name]["vocabulary"]
        assert size == rows if name.startswith("xlm") else size <= rows
    assert BACKBONES["mbert"]["vocabulary"] == upstream.MBERT_PIECES


def test_the_real_vocabulary_takes_the_place_of_made_pieces(real_data, tmp_path):
    real = real_data / "bert_multi_cased/vocab.txt"
    vocabularies.wordpiece(tmp_path, upstream.MBERT_PIECES, real)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    assert len(tokenizer) == upstream.MBERT_PIECES and tokenizer.tokenize("Nairobi is") == ["Nairobi", "is"]
    assert (tmp_path / "vocab.txt").read_bytes() == real.read_bytes()
