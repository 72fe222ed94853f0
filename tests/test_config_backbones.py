"""Backbones in a config: one origin each, and conditions on masked LMs alone."""

import json
from pathlib import Path

import pytest
import yaml

from semantic_tokens.config import load
from semantic_tokens.errors import InputError

QUICK = yaml.safe_load((Path(__file__).parent.parent / "configs/quick.yaml").read_text(encoding="utf-8"))


def checkpoint(folder, **described):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(described))
    return str(folder)


def loaded(**changes):
    """configs/quick.yaml with another mbert."""
    backbone = {key: value for key, value in (QUICK["backbones"]["mbert"] | changes).items() if value is not None}
    return load(QUICK | {"backbones": {"mbert": backbone}})


def refusal(**changes):
    with pytest.raises(InputError) as error:
        loaded(**changes)
    return str(error.value)


def test_a_folder_needs_no_model_of_the_registry(tmp_path):
    folder = checkpoint(tmp_path / "own", architectures=["BertForMaskedLM"])
    assert loaded(model=None, folder=folder).backbones["mbert"].folder == folder


def test_exactly_one_of_model_and_folder_is_given(tmp_path):
    folder = checkpoint(tmp_path / "own", architectures=["BertForMaskedLM"])
    one = "must have either a model or a folder"
    assert f"backbones.mbert.folder = {folder!r}: a hub backbone {one}" in refusal(folder=folder)
    assert f"backbones.mbert.folder = None: a hub backbone {one}" in refusal(model=None)
    assert "backbones.mbert.model = 'gpt-9': must be 'mbert', 'xlmr-base'" in refusal(model="gpt-9")


@pytest.mark.parametrize("content", [None, "not JSON", "[]"])
def test_a_folder_without_a_checkpoint_is_named(tmp_path, content):
    folder = tmp_path / "own"
    folder.mkdir()
    if content is not None:
        (folder / "config.json").write_text(content)
    rule = "must be a folder with a checkpoint's config.json"
    assert f"backbones.mbert.folder = {str(folder)!r}: {rule}" in refusal(model=None, folder=str(folder))


@pytest.mark.parametrize("model", ["mt5-base", "bloom-560m"])
def test_conditions_on_a_model_without_a_masked_lm_head_are_refused(model):
    message = refusal(model=model)
    rule = "backbones.mbert has no masked-LM head, which truncation, grouping and pretraining need"
    assert f"studies.quick.conditions = 'mbert/d768/none/full/none': {rule}" in message
    assert message.count(rule) == 18, "one line a condition"


def test_a_backbone_that_no_condition_starts_from_may_be_any(tmp_path):
    gpt = {
        "kind": "hub",
        "folder": checkpoint(tmp_path / "gpt", architectures=["GPT2LMHeadModel"]),
        "vocabulary": 50257,
    }
    others = {
        "bloom": {"kind": "hub", "model": "bloom-560m", "vocabulary": 250880, "dim": 1024, "max_length": 2048},
        "gpt": gpt | {"dim": 768, "max_length": 1024},
    }
    assert set(load(QUICK | {"backbones": QUICK["backbones"] | others}).backbones) == {"mbert", "bloom", "gpt"}


@pytest.mark.parametrize(
    ("architectures", "refused"),
    [
        (["BertForPreTraining"], False),
        (None, False),
        (["BloomForCausalLM"], True),
        (["MT5ForConditionalGeneration"], True),
    ],
)
def test_the_config_of_a_folder_tells_whether_it_has_the_head(tmp_path, architectures, refused):
    folder = checkpoint(tmp_path / "own", architectures=architectures)
    if refused:
        assert "has no masked-LM head" in refusal(model=None, folder=folder)
    else:
        loaded(model=None, folder=folder)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, False),
        ({"collection": "hard-negatives"}, False),
        ({"collection": "sampled", "distractors": 5}, False),
        ({"collection": "sampled"}, True),
        ({"distractors": 5}, True),
        ({"collection": "hard-negatives", "distractors": 5}, True),
    ],
)
def test_a_sampled_collection_says_how_many_and_no_other_does(changes, refused):
    config = QUICK | {"data": QUICK["data"] | changes}
    if refused:
        with pytest.raises(InputError, match=r"data\.distractors.*must be given for `collection: sampled` and"):
            load(config)
    else:
        load(config)
