"""`semantic-tokens show` lists the groups of a word's tokens."""

import pytest

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.tool.group import group_model
from semantic_tokens.tool.show import groups_of_words
from support.command import fails, refused, run
from support.exported import whole_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("show")
    group_model(whole_model("bert", root / "model"), root / "small", ratio=0.4)
    return root / "small"


def test_the_members_are_the_partitions_in_order(folder):
    partition = VocabularyPartition.load(folder / "partition.parquet")
    shared = 0
    for group in groups_of_words(folder, ["Water", "mbwa"]):
        token_id = partition.tokens.index(group.token)
        assert group.group == partition.group_of[token_id]
        members = [partition.tokens.index(token) for token, _ in group.members]
        assert sorted(members) == partition.members()[group.group].tolist() and token_id in members
        cosines = [cosine for _, cosine in group.members]
        assert cosines == sorted(cosines, reverse=True)
        assert cosines == [partition.cosine_to_centroid[i] for i in members]
        shared += len(members) > 1
    assert shared, "groups of one prove nothing"


def test_the_command_prints_a_paragraph_for_each_token(folder):
    done = run("show", folder, "mbwa", "--most", 1)
    assert done.returncode == 0, done.stderr
    groups = list(groups_of_words(folder, ["mbwa"]))
    heads = [line for line in done.stdout.splitlines() if line.startswith("mbwa: ")]
    assert [head.split()[1] for head in heads] == [group.token for group in groups]
    more = [f"  ... and {len(group.members) - 1:,} more (--most)" for group in groups if len(group.members) > 1]
    assert [line for line in done.stdout.splitlines() if "more" in line] == more


def test_a_word_without_a_token_is_refused(folder, capsys):
    assert fails(capsys, "show", folder, " ") == "' ': this model's tokenizer makes no token of it"


def test_a_folder_of_something_else_is_refused(tmp_path, capsys):
    said = fails(capsys, "show", tmp_path, "water")
    assert said.startswith(f"{tmp_path}: no config.json, model.safetensors, partition.parquet, tokenizer.json")
    assert said.endswith("allowed: a folder that `semantic-tokens group` wrote")
    (tmp_path / "none").mkdir()
    assert "WORD" in refused(capsys, "show", tmp_path)
