"""Hidden states of toy models with random weights: five architectures through one interface."""

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint
from semantic_tokens.models.truncation import truncate
from semantic_tokens.siblings.probing import hidden_states, reader

WORDS = [f"w{i}" for i in range(30)]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
TEXTS = ["w1 w2 w3 w4 w5 w6 w7", "w8", "w9 w10 w11", "w12 w1", "w2 w3 w4 w5", "w20"]
SIZE = {"vocab_size": 40, "hidden_size": 16}
LAYERS = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
T5 = {"vocab_size": 40, "d_model": 16, "d_kv": 8, "d_ff": 24, "num_layers": 2, "num_heads": 2, "pad_token_id": 1}
# name -> (class, config, is a decoder)
ARCHITECTURES = {
    "bert": (transformers.BertForMaskedLM, transformers.BertConfig(**SIZE, **LAYERS, pad_token_id=1), False),
    "xlmr": (
        transformers.XLMRobertaForMaskedLM,
        transformers.XLMRobertaConfig(**SIZE, **LAYERS, pad_token_id=1, max_position_embeddings=32),
        False,
    ),
    "mt5": (transformers.MT5ForConditionalGeneration, transformers.MT5Config(**T5, decoder_start_token_id=1), False),
    "bloom": (
        transformers.BloomForCausalLM,
        transformers.BloomConfig(**SIZE, n_layer=2, n_head=2, pad_token_id=1),
        True,
    ),
    "qwen2": (transformers.Qwen2ForCausalLM, transformers.Qwen2Config(**SIZE, **LAYERS, num_key_value_heads=1), True),
}


def tokenizer(framed: bool) -> Tokenizer:
    """Words and special tokens; `framed` puts <s> and </s> around a text. <s> 0, <pad> 1, w0 is 4."""
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate([*SPECIAL, *WORDS])}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if framed:
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
        )
    return made


@pytest.fixture(scope="module", params=ARCHITECTURES)
def saved(request, tmp_path_factory):
    """(folder, tokenizer file, is a decoder) of a checkpoint as a step leaves it."""
    model_class, config, causal = ARCHITECTURES[request.param]
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp(request.param)
    model = model_class(config)
    with torch.no_grad():
        for weights in model.parameters() if request.param != "mt5" else ():  # whose init is wide already
            if weights.dim() == 2:
                weights.mul_(5)  # untrained attention hardly mixes tokens
    model.save_pretrained(folder)
    tokenizer(framed=not causal).save(str(folder / "tokenizer.json"))
    return folder, folder / "tokenizer.json", causal


@pytest.fixture(scope="module")
def loaded(saved):
    folder, file, _ = saved
    return reader.load(folder, file, None, "cpu")


def vectors(model, texts, path, pooling="mean", batch_size=64, max_length=16):
    hidden_states.write(model, hidden_states.pooled(model, texts, pooling, max_length), path, batch_size)
    return np.load(path)


def test_every_layer_of_every_architecture(saved, loaded, tmp_path):
    assert loaded.causal == saved[2] and loaded.pooling == ("last" if saved[2] else "mean")
    found = vectors(loaded, TEXTS, tmp_path / "v.npy")
    assert found.shape == (2 + 1, len(TEXTS), 16) and found.dtype == np.float32
    assert np.isfinite(found).all() and (np.abs(np.diff(found, axis=0)).max(axis=(1, 2)) > 0.01).all()


@pytest.mark.parametrize("pooling", reader.POOLINGS)
def test_padded_batches_give_what_single_texts_give(loaded, tmp_path, pooling):
    together = vectors(loaded, TEXTS, tmp_path / "a.npy", pooling)
    alone = vectors(loaded, TEXTS, tmp_path / "b.npy", pooling, batch_size=1)
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together - together[:, ::-1]).max() > 0.01, "texts differ, or the comparison says nothing"


def test_vectors_are_those_that_transformers_gives(saved, loaded, tmp_path):
    framed = not saved[2]
    ids = [*([0] if framed else []), 4 + 9, 4 + 10, 4 + 11, *([2] if framed else [])]
    with torch.inference_mode():
        states = loaded.model(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
    own = slice(1, -1) if framed else slice(1, None)  # a decoder's mean without position 0
    expected = {"mean": own, "first": slice(0, 1), "last": slice(3, 4) if framed else slice(2, 3)}
    for pooling, positions in expected.items():
        found = vectors(loaded, TEXTS, tmp_path / "v.npy", pooling)[:, 2]
        by_hand = torch.stack([layer[0, positions].mean(0) for layer in states]).numpy()
        np.testing.assert_allclose(found, by_hand, atol=1e-5)


@pytest.mark.parametrize("saved", ["bloom", "qwen2"], indirect=True)
def test_a_decoders_mean_leaves_out_only_a_sink_among_others(saved, loaded, tmp_path):
    spans = hidden_states.pooled(loaded, ["w1 w2 w3", "w8"], "mean", 16)
    assert (spans.start.tolist(), spans.end.tolist()) == ([1, 0], [3, 1]), "a single token stays"
    framed = reader.Reader(loaded.model, tokenizer(framed=True), None, True)
    spans = hidden_states.pooled(framed, ["w1 w2 w3", "w8"], "mean", 16)
    assert (spans.start.tolist(), spans.end.tolist()) == ([1, 1], [4, 2]), "<s> is the sink, no word is left out"
    encoder = reader.Reader(loaded.model, tokenizer(framed=False), None, False)
    assert hidden_states.pooled(encoder, ["w1 w2 w3"], "mean", 16).start.tolist() == [0]


def test_the_encoder_alone_of_an_encoder_decoder(saved, loaded):
    assert not any("decoder" in name for name, _ in loaded.model.named_parameters())
    assert not any("lm_head" in name or name.startswith("cls") for name, _ in loaded.model.named_parameters())


def test_first_subword_of_each_word(saved, loaded, tmp_path):
    sentences = [["w1", "w2", "w3"], ["w4"], ["w5", "w6", "w7", "w8", "w9"]]
    limit = 3 + 2 * (not saved[2])
    spans, places = hidden_states.first_subwords(loaded, sentences, limit)
    assert spans.text.tolist() == [0, 0, 0, 1, 2, 2, 2] and places.tolist() == [0, 1, 2, 0, 0, 1, 2]
    hidden_states.write(loaded, spans, tmp_path / "v.npy", 2)
    found = np.load(tmp_path / "v.npy")
    token = 4 + np.array([1, 2, 3, 4, 5, 6, 7])
    assert (np.concatenate([spans.ids[i][[p]] for i, p in zip(spans.text, spans.start)]) == token).all()
    alone = vectors(loaded, ["w4"], tmp_path / "a.npy")
    np.testing.assert_allclose(found[:, 3], alone[:, 0], atol=1e-5)


def subwords() -> Tokenizer:
    """WordPiece that parts `ab` and `abc` into a, ##b, ##c."""
    vocabulary = {token: i for i, token in enumerate(["<unk>", "a", "##b", "##c", "d"])}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def byte_bpe() -> Tokenizer:
    """Byte-level BPE without merges: a blank is a token of its own, before the word's first byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({token: i for i, token in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return made


@pytest.mark.parametrize(("made", "starts"), [(subwords, [0, 3, 4]), (byte_bpe, [0, 4, 6])])
def test_first_subwords_are_where_words_begin(made, starts):
    anything = reader.Reader(None, made(), None, False)
    spans, places = hidden_states.first_subwords(anything, [["abc", "d", "ab"]], 16)
    assert spans.start.tolist() == starts and places.tolist() == [0, 1, 2]


def test_a_character_of_several_bytes_counts_once():
    anything = reader.Reader(None, byte_bpe(), None, False)
    spans, _ = hidden_states.first_subwords(anything, [["के", "d"]], 16)
    assert spans.start.tolist() == [0, 7], "two characters of three bytes each, a blank, then d"


def test_a_grouped_and_truncated_model_reads_groups(masked_lm, special_ids, tmp_path):
    """Tokens of one group are one; the look-up is the partition's."""
    group_of = np.arange(40, dtype=np.int32)
    group_of[11] = 10
    group_of[12:] -= 1
    partition = VocabularyPartition(
        group_of, tuple(map(str, range(40))), np.ones(40, np.float32), "kmeans-cosine", special_ids
    )
    partition.save(tmp_path / "partition.parquet")
    masked_lm.resize_token_embeddings(39)
    checkpoint.save(truncate(masked_lm, 8), tmp_path)
    tokenizer(framed=False).save(str(tmp_path / "tokenizer.json"))
    model = reader.load(tmp_path, tmp_path / "tokenizer.json", tmp_path / "partition.parquet", "cpu")
    assert model.model.get_input_embeddings().weight.shape == (39, 8)
    found = vectors(model, ["w6 w8", "w7 w8", "w9 w8"], tmp_path / "v.npy")
    assert np.array_equal(found[:, 0], found[:, 1]), "w6 and w7, tokens 10 and 11, are one group"
    assert np.abs(found[:, 0] - found[:, 2]).max() > 0.01


def test_what_cannot_be_read_is_one_clear_error(loaded):
    with pytest.raises(InputError, match=r"the text '  ' has no token"):
        hidden_states.pooled(loaded, ["w1", "  "], "mean", 16)
    with pytest.raises(InputError, match=r"pooling 'max' must be one of mean, first, last"):
        hidden_states.pooled(loaded, ["w1"], "max", 16)


@pytest.mark.parametrize("saved", ["mt5", "bloom", "qwen2"], indirect=True)
def test_lost_weights_are_not_drawn_at_random(saved, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "config.json").write_bytes((saved[0] / "config.json").read_bytes())
    weights = load_file(saved[0] / "model.safetensors")
    lost = next(name for name in weights if ".1." in name and "weight" in name and not name.startswith("decoder"))
    save_file({k: v for k, v in weights.items() if k != lost}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="weights are missing"):
        reader.load(folder, saved[1], None, "cpu")


def test_texts_are_cut(loaded, saved, tmp_path):
    n_special = 0 if saved[2] else 2
    spans = hidden_states.pooled(loaded, [TEXTS[0]], "mean", 4 + n_special)
    assert spans.ids.lengths.tolist() == [4 + n_special]
