"""Mixing by hand, and of a random grouping."""

import numpy as np
import pytest

from semantic_tokens.analysis.mixing import measure_mixing, mixed_shares, properties
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.pretraining.token_cache import LanguageRows, TokenCache
from support.toy_groups import CONDITION


def partition(tokens, groups, special=(0,)):
    return VocabularyPartition(np.array(groups, np.int32), tokens, np.ones(len(tokens), np.float32), "x", special)


TOKENS = ("[PAD]", "dog", "cat", "собака", "1990", "##ly", "狗", "##ка")


def test_mixing_by_hand():
    # {[PAD]} {dog cat 1990} {собака ##ly} {狗} {##ка}: digits have no script, so the first group is of one script.
    grouped = partition(TOKENS, [0, 1, 1, 2, 1, 2, 3, 4])
    script, start = measure_mixing(CONDITION, grouped, properties(TOKENS, None), seed=0)
    assert (script.condition, script.property, start.property) == (CONDITION, "script", "word_start")
    assert (script.groups, script.mixed_groups, script.mixed_tokens) == (2, 0.5, pytest.approx(2 / 7))
    assert (start.groups, start.mixed_groups, start.mixed_tokens) == (2, 0.5, pytest.approx(2 / 7))


def test_languages_come_from_the_text_and_tokens_without_one_count_neither_way():
    rows = np.array([[1, 1, 2, 5], [3, 3, 7, 5], [3, 1, 5, 5]], dtype=np.int32)
    text = TokenCache(rows, (LanguageRows("en", 0, 1), LanguageRows("ru", 1, 2)))
    values = properties(TOKENS, text)
    assert list(values) == ["script", "word_start", "language"]
    assert values["language"].tolist() == [-1, 0, 0, 1, -1, 1, -1, 1]  # 5 stands in both, in ru more often
    grouped = partition(TOKENS, [0, 1, 1, 2, 1, 1, 2, 2])
    language = measure_mixing(CONDITION, grouped, values, seed=0)[-1]
    assert (language.groups, language.mixed_groups, language.mixed_tokens) == (2, 0.5, pytest.approx(4 / 7))
    assert language.known_tokens == pytest.approx(5 / 7)  # 1990 and 狗 stand in no text


def test_the_random_grouping_has_the_same_sizes_and_mixes():
    n = 2000
    tokens = ("[PAD]", *("dog" if i % 2 else "狗" for i in range(n)))
    pure = partition(tokens, [0, *(1 + i % 2 + 2 * (i // 10) for i in range(n))])  # groups of 5, each of one script
    script = measure_mixing(CONDITION, pure, properties(tokens, None), seed=3)[0]
    assert (script.groups, script.mixed_groups, script.mixed_tokens) == (400, 0, 0)
    assert script.random_mixed_groups == pytest.approx(1 - 2 / 2**5, abs=0.04)
    assert script.random_mixed_tokens == pytest.approx(script.random_mixed_groups)  # as all groups are of one size
    assert script == measure_mixing(CONDITION, pure, properties(tokens, None), seed=3)[0]


def test_groups_of_one_token_cannot_mix():
    assert mixed_shares(np.arange(4), np.array([0, 1, 2, -1])) == (None, 0)


def test_a_token_without_a_value_does_not_mix_its_group_or_another():
    assert mixed_shares(np.array([0, 0, 1, 1]), np.array([0, 0, 1, -1])) == (0, 0)
