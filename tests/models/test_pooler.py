"""A pretrained pooler reaches the classifier: through fetch, truncation, grouping, pretraining and export."""

import json
import logging

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import (
    AlbertConfig,
    AlbertForPreTraining,
    AutoModel,
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
)

from conftest import N_TOKENS, random_partition
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint, pooler
from semantic_tokens.models.export.expanded import expand
from semantic_tokens.models.surgery import group_vocabulary
from semantic_tokens.models.truncation import truncate

SPECIAL = (0, 1, 2, 3, 4)
BATCH = {
    "input_ids": torch.tensor([[2, 7, 9, 3, 11, 3], [2, 20, 3, 30, 3, 0]]),
    "attention_mask": torch.tensor([[1] * 6, [1] * 5 + [0]]),
    "token_type_ids": torch.tensor([[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0]]),
}


@pytest.fixture
def published(tmp_path, bert):
    """A checkpoint as mBERT's: a masked-LM head, a pooler and a next-sentence head."""
    torch.manual_seed(1)
    whole = BertForPreTraining(bert.config)
    whole.bert.load_state_dict(bert.bert.state_dict(), strict=False)
    whole.cls.predictions.load_state_dict(bert.cls.predictions.state_dict())
    whole.save_pretrained(tmp_path / "published")
    return tmp_path / "published"


def partition(group_of):
    tokens = tuple(f"w{i}" for i in range(len(group_of)))
    return VocabularyPartition(group_of.astype(np.int32), tokens, np.ones(len(group_of), np.float32), SPECIAL)


def same_pooler(model, folder):
    weights = load_file(folder / "model.safetensors")
    return all(
        torch.equal(tensor, weights[f"bert.pooler.{name}"])
        for name, tensor in model.base_model.pooler.state_dict().items()
    )


def test_the_classifier_of_a_condition_starts_as_transformers_own(published, tmp_path):
    model = checkpoint.load(published)
    grouped = group_vocabulary(model, partition(np.arange(N_TOKENS)), model.get_input_embeddings().weight.detach())
    checkpoint.save(grouped, tmp_path / "condition")
    torch.manual_seed(5)
    plain = BertForSequenceClassification.from_pretrained(published, num_labels=3).eval()
    torch.manual_seed(5)
    ours = checkpoint.load_for_task(tmp_path / "condition", "sequence-classification", 3).eval()
    assert same_pooler(ours, published)
    assert torch.equal(ours(**BATCH).logits, plain(**BATCH).logits)


def test_it_stays_through_truncation_grouping_and_saving(published, tmp_path):
    model = checkpoint.load(published)
    group_of = random_partition(N_TOKENS, SPECIAL, 8)
    table = model.get_input_embeddings().weight.detach()[:, :8]
    grouped = truncate(group_vocabulary(model, partition(group_of), table), 8)
    checkpoint.save(grouped, tmp_path / "grouped")
    again = checkpoint.load_masked_lm(tmp_path / "grouped")
    assert same_pooler(again, published)
    checkpoint.save(again, tmp_path / "again")
    assert (tmp_path / "again/model.safetensors").read_bytes() == (tmp_path / "grouped/model.safetensors").read_bytes()


def test_masked_lm_training_leaves_it_as_it_is(published):
    model = checkpoint.load(published).train()
    before = {name: tensor.clone() for name, tensor in model.bert.pooler.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)
    model(input_ids=BATCH["input_ids"], labels=BATCH["input_ids"]).loss.backward()
    optimizer.step()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.bert.pooler.state_dict().items())


def test_plain_transformers_finds_it_in_an_expanded_export(published, tmp_path):
    model = checkpoint.load(published)
    grouped = partition(random_partition(N_TOKENS, SPECIAL, 8))
    merged = group_vocabulary(model, grouped, model.get_input_embeddings().weight.detach())
    checkpoint.save(expand(merged, grouped), tmp_path / "export")
    loaded, info = AutoModel.from_pretrained(tmp_path / "export", output_loading_info=True)
    assert not info["missing_keys"] and same_pooler(loaded, published)


def write_shards(folder, state):
    names = sorted(state)
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, own in parts.items():
        save_file({name: state[name] for name in own}, folder / file, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, own in parts.items() for name in own}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


@pytest.mark.parametrize("form", ["pickled", "pickled before torch 1.6", "sharded"])
def test_it_is_read_from_every_form_of_weights(published, form):
    state = load_file(published / "model.safetensors")
    expected = checkpoint.load(published).bert.pooler.state_dict()
    (published / "model.safetensors").unlink()
    if form.startswith("pickled"):
        torch.save(state, published / "pytorch_model.bin", _use_new_zipfile_serialization=form == "pickled")
    else:
        write_shards(published, state)
    found = checkpoint.load(published).bert.pooler.state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in found.items())


def test_a_checkpoint_without_one_gets_a_new_one_and_the_log_says_so(bert, tmp_path, caplog):
    bert.save_pretrained(tmp_path)
    assert checkpoint.load(tmp_path).bert.pooler is None
    with caplog.at_level(logging.WARNING):
        checkpoint.load_for_task(tmp_path, "sequence-classification", 3)
    assert f"{tmp_path} has no pretrained pooler: a new one is initialised with the head" in caplog.text
    caplog.clear()
    checkpoint.load_for_task(tmp_path, "token-classification", 3)
    assert checkpoint.load_for_task(tmp_path, "encoder", 0).pooler is None
    assert not caplog.text, "these heads read none"


@pytest.mark.parametrize("head", ["token-classification", "sequence-classification", "question-answering", "encoder"])
def test_a_weight_of_the_body_that_is_missing_or_left_out_is_named(bert, tmp_path, head):
    bert.save_pretrained(tmp_path)
    whole = load_file(tmp_path / "model.safetensors")
    name = "bert.encoder.layer.1.output.dense.weight"
    save_file({key: value for key, value in whole.items() if key != name}, tmp_path / "model.safetensors")
    with pytest.raises(
        InputError, match=r"weights are missing: \['(bert\.)?encoder\.layer\.1\.output\.dense\.weight'\]"
    ):
        checkpoint.load_for_task(tmp_path, head, 3)
    save_file(whole | {"bert.encoder.extra.weight": torch.ones(2)}, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match=r"weights are not used by this architecture: .*encoder\.extra\.weight"):
        checkpoint.load_for_task(tmp_path, head, 3)
    bare = {key.removeprefix("bert."): value for key, value in whole.items() if key.startswith("bert.")}
    save_file(bare | {"encoder.layer.2.output.dense.weight": torch.ones(2)}, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match=r"weights are not used by this architecture: .*encoder\.layer\.2\."):
        checkpoint.load_for_task(tmp_path, head, 3)


HEADS = {
    "token-classification": "TokenClassification",
    "sequence-classification": "SequenceClassification",
    "question-answering": "QuestionAnswering",
}


@pytest.mark.parametrize("head", HEADS)
def test_every_head_gives_the_logits_of_transformers_own_class(masked_lm, tmp_path, head):
    masked_lm.save_pretrained(tmp_path)
    family = {"bert": "Bert", "xlm-roberta": "XLMRoberta"}[masked_lm.config.model_type]
    torch.manual_seed(3)
    plain = getattr(transformers, f"{family}For{HEADS[head]}").from_pretrained(tmp_path, num_labels=2).eval()
    torch.manual_seed(3)
    ours = checkpoint.load_for_task(tmp_path, head, 2).eval()
    batch = {name: BATCH[name] for name in ("input_ids", "attention_mask")}
    for mine, theirs in zip(ours(**batch).values(), plain(**batch).values(), strict=True):
        assert torch.equal(mine, theirs)


def test_a_body_that_keeps_the_activation_apart_runs(tmp_path):
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "embedding_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = AlbertConfig(vocab_size=N_TOKENS, intermediate_size=24, architectures=["AlbertForMaskedLM"], **sizes)
    AlbertForPreTraining(config).save_pretrained(tmp_path)
    about = json.loads((tmp_path / "config.json").read_text()) | {"architectures": ["AlbertForMaskedLM"]}
    (tmp_path / "config.json").write_text(json.dumps(about))
    model = checkpoint.load(tmp_path)
    assert torch.isfinite(model(input_ids=BATCH["input_ids"]).logits).all()
    assert torch.isfinite(pooler.like(model, model.config)(input_ids=BATCH["input_ids"]).logits).all()


def test_a_new_model_of_the_same_kind_has_a_pooler_only_where_the_first_has(published, bert):
    model = checkpoint.load(published)
    copy = pooler.like(model, model.config)
    assert isinstance(copy, BertForMaskedLM) and copy.bert.pooler is not model.bert.pooler
    assert torch.equal(copy.bert.pooler.dense.weight, model.bert.pooler.dense.weight)
    assert pooler.like(bert, bert.config).bert.pooler is None
