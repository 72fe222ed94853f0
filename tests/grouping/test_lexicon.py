"""Lexicon grouping: the connected components of the subwords that a dictionary links (Table 4)."""

import numpy as np
import pytest
import torch
import yaml

from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.methods.lexicon import links
from semantic_tokens.grouping.vocabulary import Vocabulary
from support import ROOT

WORDS = Vocabulary(tuple(f"t{i}" for i in range(12)), (0, 5), (1, 2), "wordpiece")


def lexicon(*pairs: tuple[int, int]):
    linked = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    table = torch.from_numpy(np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32))
    return group("lexicon-zh", GroupingInputs(table, WORDS, 12, None, 0, linked_tokens=(linked[0], linked[1])))


def test_linked_tokens_are_one_group_also_over_others():
    made = lexicon((3, 9), (9, 11), (4, 6), (6, 4))
    assert [ids.tolist() for ids in made.members()] == [[0], [5], [1, 2], [3, 9, 11], [4, 6], [7], [8], [10]]
    assert made.method == "lexicon" and made.details["largest"] == 3
    assert made.details["share_of_vocabulary"] == 5 / 8


def test_without_links_every_token_is_alone():
    made = lexicon()
    assert made.n_groups == 11 and made.details["largest"] == 1


def test_special_and_unused_tokens_are_never_merged_nor_lead_from_one_token_to_another():
    made = lexicon((0, 3), (0, 4), (2, 7), (2, 8))
    assert [ids.tolist() for ids in made.members()[:3]] == [[0], [5], [1, 2]]
    assert made.group_sizes()[3:].tolist() == [1] * 8


def test_links_within_the_languages():
    a, b, pair = np.array([1, 2, 3, 4]), np.array([5, 6, 7, 8]), np.array([0, 1, 2, 1])
    names = (("de", "en"), ("en", "zh"), ("es", "zh"))
    assert [part.tolist() for part in links(a, b, pair, names, ["en", "zh"])] == [[2, 4], [6, 8]]
    assert [part.tolist() for part in links(a, b, pair, names, None)] == [a.tolist(), b.tolist()]


def test_it_needs_links():
    with pytest.raises(InputError, match="'lexicon' needs the pairs of tokens"):
        group("lexicon-zh", GroupingInputs(torch.ones(12, 2), WORDS, 12, None, 0))


def test_a_condition_names_its_lexicon():
    condition = Condition.parse("tiny-bert/d128/none/lexicon-muse-zh/none")
    assert condition.grouping == Grouping("lexicon-muse-zh") and str(condition).endswith("/lexicon-muse-zh/none")
    assert (condition.grouping.lexicon, methods.name_of(condition.grouping.method)) == ("muse-zh", "lexicon")
    assert (Grouping("kmeans-l2", 5).lexicon, methods.name_of("kmeans-l2")) == (None, "kmeans-l2")
    for text in ("lexicon", "lexicon-", "lexicon-Zh"):
        with pytest.raises(InputError, match="full, lexicon-<name>, <method>"):
            Grouping.parse(text)


def config(**lexicons):
    content = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    content["grouping"]["lexicons"] = lexicons
    content["studies"]["table4"] = {
        "conditions": ["tiny-bert/d128/none/lexicon-zh/none"], "tasks": ["nli"], "transfer": "in-language", "seeds": [0]
    }  # fmt: skip
    return load(content)


def test_lexicons_of_the_config():
    made = config(zh={"sources": ["muse"], "languages": ["en", "zh"]}).grouping.lexicons["zh"]
    assert (made.sources, made.languages) == (["muse"], ["en", "zh"])


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ({"other": {"sources": ["muse"]}}, "lexicon 'zh' must be in grouping.lexicons: other"),
        ({"zh": {"sources": ["dictionaries"]}}, "grouping.lexicons.zh.sources = 'dictionaries': must be in data.dict"),
        (
            {"zh": {"sources": ["muse"], "languages": ["en", "de"]}},
            "zh.languages = 'de': must be in data.lang",
        ),
        ({"zh": {"sources": ["muse"], "languages": ["zh"]}}, "must have at least 2 entries"),
    ],
)
def test_lexicons_that_cannot_be(lexicon, message):
    with pytest.raises(InputError, match=message):
        config(**lexicon)
