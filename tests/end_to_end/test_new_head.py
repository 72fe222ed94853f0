"""A tiny encoder without a masked-LM head gets one: the full vocabulary, groups and a cut, to scores and exports."""

import csv
import json
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, BertConfig, BertModel

from semantic_tokens.backbones.tokenizers import train_wordpiece
from semantic_tokens.world.build import WorldSize, build
from support.running import MINI, copy_project, jobs, snakemake

HEAD = "make_masked_lm_head"
TRAINING = {"steps": 30, "batch_size": 16, "sequence_length": 24, "learning_rate": 1e-2, "checkpoint_every": 20}
GROUPINGS = ("full", "first-r20")
EXPORTED = "own/d16/clsa-two/kmeans-cosine-r20/mlm"


def headless(folder: Path, config: dict) -> None:
    """A random BERT over pieces of the world's texts, its body alone."""
    data = config["data"]
    sources = {name: (source["coverage"], source["noise"]) for name, source in data["dictionaries"].items()}
    size = WorldSize(data["languages"], data["articles"], data["passages"], data["sizes"], sources)
    folder.mkdir()
    texts = build(size, 5)["corpus"]["text"].to_pylist()
    train_wordpiece(lambda: texts, 2000, folder, 96)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
    BertModel(BertConfig(vocab_size=2000, max_position_embeddings=96, pad_token_id=0, **shape)).save_pretrained(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("head"))
    config = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    headless(project / "own", config)
    whole = [f"own/d32/none/{grouping}/mlm" for grouping in GROUPINGS]
    study = {
        "conditions": [*whole, EXPORTED],
        "tasks": ["ner"],
        "transfer": "in-language",
        "seeds": [0],
        "axis": "none",
    }
    config |= {"backbones": {"own": {"kind": "hub", "folder": "own", "masked_lm_head": TRAINING}}}
    config |= {"studies": {"head": study}, "exports": [EXPORTED], "claims": {}, "expect_claims": []}
    for section in ("efficiency", "inspection", "geometry", "probing", "transfer"):
        config.pop(section, None)
    (project / "own.yaml").write_text(yaml.safe_dump(config))
    done = run(project, "scores", "exports")
    assert done.returncode == 0, done.stdout
    return project


def run(project: Path, *arguments: str):
    return snakemake(project, "--cores", "2", *arguments, "--configfile", "own.yaml", mini=False)


def losses(path: Path) -> list[float]:
    return [float(row["loss"]) for row in csv.DictReader(path.open(encoding="utf-8"))]


@pytest.mark.slow
def test_one_head_is_made_and_the_encoder_stays_as_published(project):
    folder = project / "results/mini/backbones/own"
    published, with_head = (load_file(path / "model.safetensors") for path in (folder, folder / "masked-lm"))
    assert {f"bert.{name}" for name in published} < {*with_head}
    for name, tensor in published.items():
        assert torch.equal(with_head[f"bert.{name}"], tensor), name
    assert {name for name in with_head if not name.startswith("bert.")}
    assert json.loads((folder / "masked-lm/config.json").read_text())["architectures"] == ["BertForMaskedLM"]


@pytest.mark.slow
def test_the_losses_of_both_phases_are_on_record(project):
    head = losses(project / "results/mini/backbones/own/masked-lm/losses.csv")
    assert len(head) == TRAINING["steps"]
    for grouping in GROUPINGS:
        assert len(losses(project / f"results/mini/conditions/own/d32/none/{grouping}/mlm/losses.csv")) == 12


@pytest.mark.slow
def test_every_condition_starts_from_it_and_trains_all(project):
    conditions = project / "results/mini/conditions/own/d32/none"
    made = load_file(project / "results/mini/backbones/own/masked-lm/model.safetensors")
    name = "cls.predictions.transform.dense.weight"
    for grouping in GROUPINGS:
        before, after = (load_file(conditions / grouping / kind / "model.safetensors") for kind in ("none", "mlm"))
        assert torch.equal(before[name], made[name]), grouping
        assert not torch.equal(after[name], made[name]), grouping
        body = "bert.encoder.layer.0.attention.self.query.weight"
        assert torch.equal(before[body], made[body]) and not torch.equal(after[body], made[body]), grouping


@pytest.mark.slow
@pytest.mark.parametrize("form", ["expanded", "compact"])
def test_exports_have_the_head_and_the_card_says_that_it_was_made(project, form):
    folder = project / "results/mini/exports" / EXPORTED / form
    model, info = AutoModelForMaskedLM.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"]
    trained = load_file(project / "results/mini/conditions" / EXPORTED / "model.safetensors")
    name = "cls.predictions.transform.dense.weight"
    assert torch.equal(model.get_parameter(name), trained[name])
    assert "It has no masked-LM head; one was made and trained for 30 steps" in (folder / "README.md").read_text()


@pytest.mark.slow
def test_another_training_of_the_head_groups_nothing_again(project):
    assert "Nothing to be done" in run(project, "-n", "scores", "exports").stdout
    config = (project / "own.yaml").read_text()
    (project / "own.yaml").write_text(config.replace("steps: 30", "steps: 31"))
    counted = jobs(run(project, "-n", "scores").stdout)
    (project / "own.yaml").write_text(config)
    n = len(GROUPINGS) + 1
    assert counted[HEAD] == 1 and counted["build_model"] == counted["continue_pretraining"] == n
    assert not {"fetch_backbone", "extract_embeddings", "align", "group", "tokenize_corpus"} & {*counted}
