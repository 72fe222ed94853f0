"""`semantic-tokens group` makes the model that the workflow makes, in a folder that is whole or not there."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer, BertForMaskedLM

from conftest import _shaken
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.export.compact import load_compact
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.surgery import group_vocabulary
from semantic_tokens.tool import methods
from semantic_tokens.tool.find import known_models
from semantic_tokens.tool.group import group_model
from semantic_tokens.tool.publish import size_of
from support.command import fails, refused, run
from support.exported import TEXTS, whole_model

ARCHITECTURES = ("bert", "xlmr")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return {name: whole_model(name, tmp_path_factory.mktemp("models") / name) for name in ARCHITECTURES}


def states(model, batch):
    with torch.no_grad():
        return model(**batch).last_hidden_state[batch["attention_mask"].bool()]


def test_the_command_writes_a_folder_that_loads_without_the_workflows_packages(models, tmp_path):
    without = ("snakemake", "matplotlib", "faiss", "umap", "datasets", "seqeval", "bm25s")  # of the extra `workflow`
    done = run("group", models["xlmr"], "--ratio", "0.5", "--out", tmp_path / "small", without=without)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'small'}: 28 groups of 55 tokens, ")
    assert "grouping 55 tokens into 28 by kmeans-cosine" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small"], "no draft is left"
    model, encode = load_compact(tmp_path / "small")
    assert model(**encode(TEXTS, padding=True)).logits.shape[-1] == 28


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_it_is_the_model_that_the_workflow_makes(models, name, tmp_path):
    made = group_model(models[name], tmp_path / "small", ratio=0.5, seed=3)
    model, vocabulary = checkpoint.load(models[name]), read_vocabulary(models[name] / "tokenizer.json")
    table = word_embeddings(model).weight.detach()
    inputs = GroupingInputs(table, vocabulary, (len(vocabulary) + 1) // 2, None, seed=3)
    partition = group("kmeans-cosine", inputs, max_iterations=100)
    expected = group_vocabulary(model, partition, table).state_dict()
    found = VocabularyPartition.load(tmp_path / "small/partition.parquet")
    assert made.groups == partition.n_groups and np.array_equal(found.group_of, partition.group_of)
    loaded = AutoModelForMaskedLM.from_pretrained(tmp_path / "small").state_dict()
    assert all(torch.equal(loaded[key], value) for key, value in expected.items())


def test_a_ratio_of_one_changes_nothing(models, tmp_path):
    group_model(models["xlmr"], tmp_path / "same", ratio=1.0)
    model, encode = load_compact(tmp_path / "same", AutoModel)
    tokenizer, original = AutoTokenizer.from_pretrained(models["xlmr"]), AutoModel.from_pretrained(models["xlmr"])
    whole = tokenizer(TEXTS, padding=True, return_tensors="pt")
    torch.testing.assert_close(states(model, encode(TEXTS, padding=True)), states(original, whole), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("method", methods.names())
def test_every_method_that_is_offered_needs_the_model_alone(models, name, method, tmp_path):
    made = group_model(models[name], tmp_path / "small", ratio=0.5, method=method)
    assert made.groups == (made.tokens + 1) // 2
    model, encode = load_compact(tmp_path / "small", AutoModel)
    assert torch.isfinite(states(model, encode(TEXTS, padding=True))).all()


def test_methods_that_need_more_are_not_offered():
    assert {"kmeans-cosine", "kmeans-capped", "random", "first"} <= set(methods.names())
    assert not {"full", "lexicon", "random-stratified"} & set(methods.names())


def test_an_encoder_without_a_head_is_grouped(tmp_path):
    whole_model("xlmr", tmp_path / "encoder", head=False)
    made = group_model(tmp_path / "encoder", tmp_path / "small", ratio=0.5)
    model, encode = load_compact(tmp_path / "small", AutoModel)
    assert word_embeddings(model).num_embeddings == made.groups
    assert torch.isfinite(states(model, encode(TEXTS, padding=True))).all()


def test_the_same_command_writes_the_same_bytes(models, tmp_path):
    for name in ("one", "two"):
        group_model(models["bert"], tmp_path / name, ratio=0.5)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"README.md", "semantic_tokens.json", "partition.parquet"} <= set(files)
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
        assert str(tmp_path).encode() not in (tmp_path / "one" / name).read_bytes(), "a path of this machine"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_size_is_kept_and_used(models, name, tmp_path):
    whole, largest = group_model(models[name], tmp_path / "whole", ratio=1.0).size_before, 0
    for size in (whole - 2_500, whole - 1_500, whole - 500):
        made = group_model(models[name], tmp_path / str(size), max_size=size)
        assert made.size == size_of(tmp_path / str(size)) <= size
        assert made.groups > largest
        largest = made.groups


def test_what_follows_the_encoder_is_kept(models, tmp_path):
    whole = whole_model("bert", tmp_path / "whole")
    modules = [{"idx": i, "name": f"{i}", "path": path, "type": "x"} for i, path in enumerate(("", "1_Pooling"))]
    (whole / "modules.json").write_text(json.dumps(modules))
    (whole / "1_Pooling").mkdir()
    (whole / "1_Pooling/config.json").write_text("{}")
    group_model(whole, tmp_path / "small", ratio=0.5)
    kept = tmp_path / "small/sentence_transformers"
    files = sorted(path.relative_to(kept).as_posix() for path in kept.rglob("*"))
    assert files == ["1_Pooling", "1_Pooling/config.json", "modules.json"]
    assert not (tmp_path / "small/modules.json").exists(), "sentence-transformers would load it without its groups"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (("--ratio", 0.001), "ratio 0.001 of 55 tokens is 0 groups"),
        (("--ratio", 0.001), "possible are 6 to 55: ratios from 0.109091 to 1"),
        (("--ratio", 1.5), "ratio 1.5; allowed: above 0, at most 1"),
        (("--ratio", "nan"), "ratio nan; allowed: above 0, at most 1"),
        (("--max-size", "1kB"), "at most 1 kB: all but the rows of the groups takes 4"),
        (("--max-size", "1GB"), "so there is nothing to group"),
    ],
)
def test_an_amount_that_cannot_be_met_says_what_can(models, amount, said, tmp_path, capsys):
    assert said in fails(capsys, "group", models["xlmr"], *amount, "--out", tmp_path / "small")
    assert list(tmp_path.iterdir()) == []


def test_the_least_ratio_and_size_that_are_named_are_possible(models, tmp_path, capsys):
    said = fails(capsys, "group", models["xlmr"], "--ratio", 0.001, "--out", tmp_path / "small")
    least = float(said.split("ratios from ")[1].split(" to ")[0])
    assert group_model(models["xlmr"], tmp_path / "by-ratio", ratio=least).groups == 6
    said = fails(capsys, "group", models["xlmr"], "--max-size", "1kB", "--out", tmp_path / "small")
    smallest = int(said.split("possible from ")[1].split(" kB")[0]) * 1000
    assert group_model(models["xlmr"], tmp_path / "by-size", max_size=smallest).groups >= 6


def test_a_folder_that_exists_is_not_touched(models, tmp_path, capsys):
    (tmp_path / "small").mkdir()
    (tmp_path / "small/mine").write_text("mine")
    said = fails(capsys, "group", models["bert"], "--ratio", 0.5, "--out", tmp_path / "small")
    assert said == f"{tmp_path / 'small'}: exists already; name another folder, or remove this one"
    assert [path.name for path in (tmp_path / "small").iterdir()] == ["mine"]


def test_a_model_that_is_nowhere_is_one_line(tmp_path, capsys):
    said = fails(capsys, "group", "no-such-model", "--ratio", 0.5, "--out", tmp_path / "small")
    assert said.startswith("no-such-model: no such folder, nor a model that the project knows (mbert, ")
    assert said.endswith("a repository of the Hugging Face hub is named owner/name")
    assert {"e5-small-4bit", "xlmr-base"} <= set(known_models())
    assert list(tmp_path.iterdir()) == []


def test_models_that_cannot_be_grouped_are_one_line(models, bert, tmp_path, capsys):
    untied, other, empty = tmp_path / "untied", tmp_path / "other", tmp_path / "empty"
    for folder in (untied, other, empty):
        folder.mkdir()
    for path in models["bert"].glob("tokenizer*"):
        (untied / path.name).write_bytes(path.read_bytes())
    config = BertForMaskedLM.from_pretrained(models["bert"]).config
    config.tie_word_embeddings = False
    _shaken(BertForMaskedLM(config)).save_pretrained(untied)
    (other / "config.json").write_text(json.dumps({"model_type": "no-such-architecture"}))
    for folder, expected in (
        (untied, "the masked-LM decoder is not tied to the word embeddings; grouping needs one table"),
        (other, "not a checkpoint that can be loaded safely"),
        (empty, "not a checkpoint that can be loaded safely"),
    ):
        said = fails(capsys, "group", folder, "--ratio", 0.5, "--out", tmp_path / "small")
        assert said.startswith(f"{folder}: ") and expected in said
        assert not (tmp_path / "small").exists()


def test_a_decoder_is_refused(tmp_path, capsys):
    from transformers import BloomConfig, BloomForCausalLM

    folder = whole_model("bert", tmp_path / "bloom")
    BloomForCausalLM(BloomConfig(vocab_size=80, hidden_size=16, n_layer=1, n_head=2)).save_pretrained(folder)
    said = fails(capsys, "group", folder, "--ratio", 0.5, "--out", tmp_path / "small")
    assert said == "bloom: 'bloom' is not an encoder of the BERT family, which is what grouping takes"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("group", "m", "--out", "o"), "one of the arguments --ratio --max-size is required"),
        (("group", "m", "--out", "o", "--ratio", 0.1, "--max-size", "1MB"), "not allowed with argument"),
        (("group", "m", "--out", "o", "--max-size", "100"), "'100'; allowed: a number with a unit, such as 100MB"),
        (("group", "m", "--out", "o", "--ratio", 0.1, "--method", "lexicon"), "kmeans-cosine"),
        (("group", "m", "--out", "o", "--ratio", 0.1, "--seed", -1), "allowed: a whole number from 0 on"),
        (("group", "m", "--out", "o", "--ratio", 0.1, "--max-iterations", 0), "allowed: a whole number from 1 on"),
        (("group", "m", "--ratio", 0.1), "required: --out"),
        ((), "required: COMMAND"),
    ],
)
def test_a_command_line_without_sense_is_refused(arguments, said, capsys):
    assert said in refused(capsys, *arguments)
