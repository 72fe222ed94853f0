"""Tiny decoders and encoder-decoders: their tokenizers, what they learn from a row, their training and checkpoints."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
import yaml
from tokenizers import Tokenizer
from transformers import AutoModelForTextEncoding, AutoTokenizer

from semantic_tokens.backbones.generative_tokenizers import SENTINELS, train_byte_bpe, train_unigram_with_sentinels
from semantic_tokens.backbones.published import load_model
from semantic_tokens.backbones.scratch import build, initialise_attention, initialise_with_ppmi
from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.config.backbones import has_masked_lm_head
from semantic_tokens.config.loading import load as load_config
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.pretraining.masking import MaskingVocabulary
from semantic_tokens.pretraining.objectives import CausalLM, SpanCorruption, objective_of, span_corruption, span_mask
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import read_cache, write_cache
from semantic_tokens.pretraining.training import pretrain
from support import ROOT

WORDS = ["river", "stone", "house", "garden", "winter", "water", "नदी", "पत्थर", "घर", "बगीचा", "河流", "石头", "房子"]
TRAINERS = {"bloom": (train_byte_bpe, 330), "mt5": (train_unigram_with_sentinels, SENTINELS + 48)}
SCHEDULE = PretrainingSettings(
    steps=12, batch_size=8, sequence_length=20, learning_rate=1e-2, warmup_ratio=0.1, mask_probability=0.2,
    checkpoint_every=5,
)  # fmt: skip
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def texts():
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, 12)) + "." for _ in range(150)]


def settings(architecture):
    return ScratchBackbone(
        kind="scratch", architecture=architecture, vocabulary=TRAINERS[architecture][1], dim=16, layers=2, heads=2,
        intermediate=64, dropout=0.0, max_length=32, initialisation="normal", pretraining=SCHEDULE,
    )  # fmt: skip


@pytest.fixture(scope="module", params=["bloom", "mt5"])
def backbone(request, tmp_path_factory):
    """(architecture, folder with its tokenizer, token cache)."""
    folder = tmp_path_factory.mktemp(request.param)
    train, size = TRAINERS[request.param]
    train(texts, size, folder, 32)
    pq.write_table(pa.table({"lang": ["en"] * 150, "text": texts()}), folder / "corpus.parquet")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    write_cache(folder / "corpus.parquet", tokenizer, ["en"], 20, folder / "rows.npy", folder / "rows.json")
    return request.param, folder, read_cache(folder / "rows.npy", folder / "rows.json")


def fresh(backbone):
    architecture, folder, _ = backbone
    return build(settings(architecture), Tokenizer.from_file(str(folder / "tokenizer.json")), seed=3)


def trained(backbone, path, schedule=SCHEDULE):
    architecture, folder, cache = backbone
    vocabulary, model = read_vocabulary(folder / "tokenizer.json"), fresh(backbone)
    objective = objective_of(architecture, vocabulary)
    losses = pretrain(model, cache, np.arange(len(vocabulary)), objective, schedule, 7, path, "cpu")
    return model, losses


def test_a_tokenizer_has_its_size_and_special_tokens_and_loses_no_text(backbone):
    architecture, folder, _ = backbone
    vocabulary, tokenizer = read_vocabulary(folder / "tokenizer.json"), AutoTokenizer.from_pretrained(folder)
    assert len(vocabulary) == TRAINERS[architecture][1] == len(tokenizer)
    assert vocabulary.kind == {"bloom": "bpe", "mt5": "unigram"}[architecture]
    special = [vocabulary.tokens[i] for i in vocabulary.special_ids]
    if architecture == "bloom":
        assert special == ["<unk>", "<s>", "</s>", "<pad>"]
        text = "unseen सन्नाटा 鯨 ÿ\n  two blanks"
        assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    else:
        assert special[:3] == ["<pad>", "</s>", "<unk>"] and len(special) == 3 + SENTINELS
        assert tokenizer.decode(tokenizer("river नदी")["input_ids"], skip_special_tokens=True) == "river नदी"
    template = Template.of(Tokenizer.from_file(str(folder / "tokenizer.json")))
    ends = [vocabulary.tokens[i] for i in (*template.prefix, *template.middle, *template.suffix, template.pad)]
    assert ends == ["<s>"] * (architecture == "bloom") + ["</s>", "</s>", "<pad>"]


def test_training_a_tokenizer_twice_gives_the_same_bytes(backbone, tmp_path):
    architecture, folder, _ = backbone
    train, size = TRAINERS[architecture]
    train(texts, size, tmp_path, 32)
    digests = [hashlib.sha256((path / "tokenizer.json").read_bytes()).digest() for path in (folder, tmp_path)]
    assert digests[0] == digests[1]


def test_pretraining_lowers_the_loss(backbone, tmp_path):
    schedule = SCHEDULE.model_copy(update={"steps": 60, "batch_size": 16, "checkpoint_every": 100})
    _, losses = trained(backbone, tmp_path / "a.pt", schedule)
    assert losses[0] == pytest.approx(np.log(TRAINERS[backbone[0]][1]), abs=1)
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 1


def test_a_killed_run_resumes_to_the_same_bits(backbone, tmp_path, monkeypatch):
    whole, losses = trained(backbone, tmp_path / "a.pt")
    _, same = trained(backbone, tmp_path / "c.pt")
    assert losses == same, "the same seed gives the same run"
    objective, calls = type(objective_of(backbone[0], read_vocabulary(backbone[1] / "tokenizer.json"))), iter(range(99))
    examples = objective.examples

    def dying(*arguments):
        if next(calls) == 8:
            raise KeyboardInterrupt
        return examples(*arguments)

    monkeypatch.setattr(objective, "examples", dying)
    with pytest.raises(KeyboardInterrupt):
        trained(backbone, tmp_path / "b.pt")
    monkeypatch.undo()
    resumed, after = trained(backbone, tmp_path / "b.pt")
    assert after == losses
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


def test_a_checkpoint_loads_with_the_class_of_its_architecture(backbone, tmp_path):
    model = fresh(backbone)
    checkpoint.save(model, tmp_path)
    loaded = load_model(tmp_path)
    assert type(loaded).__name__ == {"bloom": "BloomForCausalLM", "mt5": "MT5EncoderModel"}[backbone[0]]
    assert torch.equal(loaded.get_input_embeddings().weight, model.get_input_embeddings().weight)
    if backbone[0] == "mt5":
        _, info = AutoModelForTextEncoding.from_pretrained(tmp_path, output_loading_info=True)
        assert not info["missing_keys"]


def test_informed_weights_fill_the_table_and_let_tokens_attend_to_their_like(backbone):
    architecture, folder, cache = backbone
    vocabulary, model = read_vocabulary(folder / "tokenizer.json"), fresh(backbone)
    noise = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    initialise_with_ppmi(model, cache.rows, vocabulary.special_ids, 0)
    initialise_attention(model, 0)
    seen = np.setdiff1d(np.unique(cache.rows), vocabulary.special_ids)
    rows = model.get_input_embeddings().weight.detach()
    assert 0.04 < (rows[seen] ** 2).mean().sqrt().item() < 0.08
    gram = torch.nn.functional.normalize(rows[seen].double(), dim=1)
    assert (gram @ gram.T).mean() > 0.1, "all words of this text share their contexts; noise would give 0"
    scores = [own_scores(architecture, state) for state in (noise, model.state_dict())]
    below, above = (after - before for before, after in zip(*scores))
    # The eight largest directions of 0.7 I + 0.5 N, over the root of the head's size.
    assert below == pytest.approx(2.8, abs=0.6) and above == 0, "the lower half of the layers alone"


def own_scores(architecture, state):
    """Of the (encoder's) two layers: the trace of query times key weights, the mean over the heads."""
    gains = []
    for layer in range(2):
        if architecture == "bloom":
            fused = state[f"transformer.h.{layer}.self_attention.query_key_value.weight"].view(2, 3, 8, 16)
            query, key, scale = fused[:, 0], fused[:, 1], 8**-0.5
        else:
            name = f"encoder.block.{layer}.layer.0.SelfAttention"
            query, key, scale = state[f"{name}.q.weight"].view(2, 8, 16), state[f"{name}.k.weight"].view(2, 8, 16), 1.0
        gains.append(float((query * key).sum()) * scale / 2)
    return gains


@pytest.mark.parametrize(("length", "density", "taken"), [(62, 0.15, 9), (10, 0.5, 5), (4, 0.1, 1), (3, 0.9, 2)])
def test_as_many_tokens_are_taken_out_of_every_row(length, density, taken):
    mask = span_mask(200, length, density, np.random.default_rng(0))
    assert mask.shape == (200, length) and (mask.sum(axis=1) == taken).all()
    spans = (np.diff(mask.astype(int), axis=1) == 1).sum(axis=1)
    assert (spans == max(1, min(round(taken / 3), length - taken))).all()
    assert not mask[:, 0].any() and mask[:, -1].all()
    if length == 62:
        middle = mask[:, 5:50].mean(axis=0)
        assert middle.min() > 0.02 and middle.max() < 0.4, "spans lie everywhere"


def test_spans_and_what_is_left_make_the_row_again():
    ids = np.random.default_rng(0).integers(10, 90, (7, 42))
    objective = SpanCorruption(sentinels=(99, 98, 97), end=1)
    inputs, labels = objective.examples(ids, 0.2, seed=5, step=2)
    assert (inputs[:, -1] == 1).all() and (labels[:, -1] == 1).all()
    for row, told, asked in zip(ids[:, 1:-1], inputs, labels):
        spans = {}
        for token in asked[:-1]:
            if token > 90:
                spans[token] = []
            else:
                spans[list(spans)[-1]].append(token)
        assert list(spans) == [99, 98, 97] and sum(map(len, spans.values())) == 8
        again = [t for token in told[:-1] for t in (spans[token] if token > 90 else [token])]
        assert again == row.tolist()
    assert not np.array_equal(inputs, objective.examples(ids, 0.2, 5, 3)[0]), "another step takes out others"
    assert np.array_equal(inputs, objective.examples(ids, 0.2, 5, 2)[0])


def test_too_few_sentinels_are_refused():
    with pytest.raises(InputError, match="3 spans in a row of text, but only 2 sentinels"):
        SpanCorruption((99, 98), 1).examples(np.zeros((1, 42), int), 0.2, 0, 0)


def test_the_losses_are_those_of_transformers(backbone):
    architecture, folder, cache = backbone
    model, vocabulary = fresh(backbone).eval(), read_vocabulary(folder / "tokenizer.json")
    objective = objective_of(architecture, vocabulary)
    arrays = objective.examples(cache.rows[:4], 0.2, 0, 0)
    inputs, labels = map(torch.from_numpy, arrays)
    count = labels.numel()
    ours = objective.loss(model, inputs, labels, count=count)
    rows = torch.from_numpy(cache.rows[:4].astype(np.int64))
    theirs = model(input_ids=rows, labels=rows) if architecture == "bloom" else model(input_ids=inputs, labels=labels)
    assert ours.item() == pytest.approx(theirs.loss.item(), rel=1e-5)
    halves = sum(objective.loss(model, inputs[i], labels[i], count=count) for i in (slice(2), slice(2, 4)))
    assert halves.item() == pytest.approx(ours.item(), rel=1e-5)


def test_the_objective_follows_from_the_architecture(backbone):
    vocabulary = read_vocabulary(backbone[1] / "tokenizer.json")
    if backbone[0] == "bloom":
        assert objective_of("bloom", vocabulary) == CausalLM()
        with pytest.raises(InputError, match="needs the special tokens"):
            span_corruption(vocabulary)
    else:
        made = span_corruption(vocabulary)
        assert [vocabulary.tokens[i] for i in made.sentinels] == [f"<extra_id_{i}>" for i in range(SENTINELS)]
        assert vocabulary.tokens[made.end] == "</s>"


def test_masked_lms_keep_their_objective(word_tokenizer, tmp_path):
    word_tokenizer.save(str(tmp_path / "tokenizer.json"))
    objective = objective_of("bert", read_vocabulary(tmp_path / "tokenizer.json"))
    assert isinstance(objective, MaskingVocabulary) and objective.mask_id == 4 and objective.size == 40


def test_only_masked_lms_have_a_head():
    backbones = load_config(CONFIG).backbones
    found = {name for name, backbone in backbones.items() if has_masked_lm_head(backbone)}
    assert set(backbones) - found == {"tiny-bloom", "tiny-mt5", "e5"}


@pytest.mark.parametrize(
    ("name", "change", "rule"),
    [
        ("tiny-bloom", {"intermediate": 256}, "intermediate = 256: must be 4 * dim = 512 in bloom"),
        ("tiny-mt5", {"vocabulary_file": "v.model"}, "must be absent: the tokenizer of mt5 is trained on the corpus"),
        ("tiny-bloom", {"architecture": "gpt"}, "must be 'bert', 'xlm-roberta', 'bloom' or 'mt5'"),
    ],
)
def test_a_config_that_cannot_be_is_refused(name, change, rule):
    changed = CONFIG | {"backbones": CONFIG["backbones"] | {name: CONFIG["backbones"][name] | change}}
    with pytest.raises(InputError) as error:
        load_config(changed)
    assert rule in str(error.value)
