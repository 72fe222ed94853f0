"""Backbones in a config: one origin each, and conditions on masked LMs alone."""

import json

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.config.published_sizes import published_sizes
from semantic_tokens.errors import InputError
from support import ROOT

HEAD = {"steps": 2, "batch_size": 4, "sequence_length": 64, "learning_rate": 1e-3, "checkpoint_every": 5}
QUICK = yaml.safe_load((ROOT / "configs/quick.yaml").read_text(encoding="utf-8"))


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
def test_conditions_on_a_model_that_is_not_an_encoder_are_refused(model):
    message = refusal(model=model)
    rule = "backbones.mbert is a decoder or encoder-decoder; truncation and grouping need an encoder"
    assert f"studies.quick.conditions = 'mbert/d768/none/full/none': {rule}" in message
    assert message.count(rule) == 5, "one line a condition"


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
        (["BertModel"], False),
        (["BloomForCausalLM"], True),
        (["MT5ForConditionalGeneration"], True),
    ],
)
def test_the_config_of_a_folder_tells_whether_it_can_be_grouped(tmp_path, architectures, refused):
    kind = {"BertModel": "bert"}.get((architectures or [""])[0])
    folder = checkpoint(tmp_path / "own", architectures=architectures, model_type=kind)
    if refused:
        assert "is a decoder or encoder-decoder" in refusal(model=None, folder=folder)
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
        with pytest.raises(InputError, match=r"data\.distractors.*is required with `collection: sampled`, and"):
            load(config)
    else:
        load(config)


@pytest.mark.parametrize("own", [True, False])
def test_an_encoder_without_its_head_is_grouped_but_not_pretrained_further(tmp_path, own):
    folder = checkpoint(tmp_path / "own", architectures=["BertModel"], model_type="bert") if own else None
    changes = {"model": None if own else "e5-small-4bit", "folder": folder}
    assert loaded(**changes, vocabulary=250037, dim=768).backbones["mbert"].vocabulary == 250037
    study = {"conditions": ["mbert/d768/none/full/mlm"], "tasks": ["ner"], "transfer": "in-language", "seeds": [0]}
    backbone = QUICK["backbones"]["mbert"] | {"vocabulary": 250037} | changes
    with pytest.raises(InputError) as error:
        load(QUICK | {"backbones": {"mbert": backbone}, "studies": {"x": study}})
    rule = "backbones.mbert has no masked-LM head, which continual pretraining (mlm) needs; "
    rule += "backbones.mbert.masked_lm_head makes one"
    assert f"studies.x.conditions = 'mbert/d768/none/full/mlm': {rule}" in str(error.value)
    head = {"masked_lm_head": HEAD}
    assert load(QUICK | {"backbones": {"mbert": backbone | head}, "studies": {"x": study}}).studies["x"].tasks == [
        "ner"
    ]


def test_a_head_is_made_only_for_an_encoder_that_has_none(tmp_path):
    key, has = (
        "backbones.mbert.masked_lm_head: must be absent: ",
        "the checkpoint has a masked-LM head, or its config.json",
    )
    assert key + has in refusal(masked_lm_head=HEAD)
    folder = checkpoint(tmp_path / "unnamed", model_type="bert")
    assert key + has in refusal(model=None, folder=folder, masked_lm_head=HEAD)
    others = QUICK["backbones"] | {"bloom": {"kind": "hub", "model": "bloom-560m", "masked_lm_head": HEAD}}
    with pytest.raises(InputError, match="masked_lm_head: must be absent: only an encoder can get a masked-LM head"):
        load(QUICK | {"backbones": others})


def test_the_sequences_that_a_head_is_trained_on_fit_the_encoder(tmp_path):
    too_long = HEAD | {"sequence_length": 513}
    rule = "sequence_length must be at most max_length = 512"
    assert rule in refusal(model="e5-small", vocabulary=None, dim=None, masked_lm_head=too_long)


def test_the_sizes_of_a_checkpoint_need_not_be_typed(tmp_path):
    bert = loaded(vocabulary=None, dim=None, max_length=None).backbones["mbert"]
    assert (bert.vocabulary, bert.dim, bert.max_length) == (119547, 768, 512)
    sizes = {"vocab_size": 250002, "hidden_size": 768, "max_position_embeddings": 514, "pad_token_id": 1}
    folder = checkpoint(tmp_path / "own", architectures=["XLMRobertaForMaskedLM"], model_type="xlm-roberta", **sizes)
    found = loaded(model=None, folder=folder, vocabulary=None, dim=None, max_length=None).backbones["mbert"]
    assert (found.vocabulary, found.dim, found.max_length) == (250002, 768, 512), "positions begin after the padding's"


@pytest.mark.parametrize(
    ("model_type", "pad_token_id", "positions"),
    [("bert", 0, 514), ("mpnet", 1, 512), ("camembert", 1, 512), ("roberta", None, 512), ("xmod", 0, 513)],
)
def test_the_longest_input_leaves_out_positions_that_no_token_has(tmp_path, model_type, pad_token_id, positions):
    told = {"model_type": model_type, "pad_token_id": pad_token_id, "max_position_embeddings": 514}
    assert published_sizes(None, checkpoint(tmp_path / "own", **told))["max_length"] == positions


def test_a_size_that_the_checkpoint_does_not_tell_must_be_given(tmp_path):
    folder = checkpoint(tmp_path / "own", architectures=["BertForMaskedLM"], vocab_size=400)
    message = refusal(model=None, folder=folder, vocabulary=None, dim=None)
    assert "backbones.mbert.dim: is missing" in message and "backbones.mbert.vocabulary" not in message


def test_no_row_may_be_longer_than_the_positions_of_the_checkpoint(tmp_path):
    assert "backbones.mbert.max_length = 513: must be at most 512, the positions" in refusal(max_length=513)
    told = {"model_type": "roberta", "pad_token_id": 1, "max_position_embeddings": 514}
    folder = checkpoint(tmp_path / "own", architectures=["RobertaForMaskedLM"], **told)
    assert "max_length = 514: must be at most 512" in refusal(model=None, folder=folder, max_length=514)
    assert loaded(model=None, folder=folder, max_length=512).backbones["mbert"].max_length == 512
