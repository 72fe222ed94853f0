"""What the page opens with, from rows of the tables."""

from dataclasses import replace

import pytest

from semantic_tokens.analysis.keywords import Member
from semantic_tokens.analysis.mixing import Mixing
from semantic_tokens.analysis.translated_words import TranslatedWords
from semantic_tokens.conditions import Condition
from semantic_tokens.report import groups
from semantic_tokens.report.pages.opening import NOTHING_INSPECTED, SHOWN, Opening, Value, view
from support.toy_groups import WORDS, partition

KMEANS, RANDOM = (Condition.parse(f"real/d8/none/{method}-r05/none") for method in ("kmeans-cosine", "random"))
MEMBERS = [
    *(Member(KMEANS, "tomato", rank, rank, f"▁tomate{rank}", 0.9) for rank in range(1, SHOWN + 3)),
    Member(RANDOM, "tomato", 1, 1, "▁", 0.2),
]


@pytest.fixture
def measured():
    made = partition([0, 1, 1, 1, 2, 1, 2, 2, 2])
    return [groups.measure(c, made, groups.meanings(WORDS), 0) for c in (KMEANS, RANDOM)]


def opening(**changes):
    translated = [TranslatedWords(KMEANS, lang, 9, 6, n, 0.5, 0.004) for lang, n in (("en", 3), ("", 4))]
    mixing = [Mixing(KMEANS, "script", 1.0, 2, 0.25, 0.3, 0.75, 0.8)]
    names = ("condition", "backbone", "measure", "subject", "value", "chance")
    found = [("real", "", "0.08", "0"), ("real", "x", "9", ""), ("tiny", "", "9", "")]
    rows = [dict(zip(names, (str(KMEANS), backbone, "mean_cosine", *rest))) for backbone, *rest in found]
    made = Opening(
        (KMEANS, RANDOM), ("tomato", "potato"), MEMBERS, translated, mixing, (), [({"mean_cosine": "Mean"}, rows)]
    )
    return replace(made, **changes)


def test_keywords_show_the_size_of_their_group_and_its_first_members(measured):
    (part,) = view(opening(), measured)
    (word, (kmeans, random)), (missing, nothing) = part["keywords"]
    assert (word, missing, nothing) == ("tomato", "potato", [None, None])
    assert kmeans == (SHOWN + 2, [f"tomate{rank}" for rank in range(1, SHOWN + 1)])
    assert random == (1, ["▁"]), "a bare mark stays to be seen"


def test_measures_stand_beside_those_of_random_groups_and_missing_ones_are_nothing(measured):
    (part,) = view(opening(), measured)
    lines = dict(part["lines"])
    assert lines["Groups"] == [Value("3"), Value("3")]
    assert lines["Groups that mix scripts"] == [Value("25.0%", "75.0%"), None]
    assert lines["Words that share a group with a translation (of 4)"] == [Value("50.0%", "0.40%"), None]
    assert lines["Precision: pairs in one group, across languages, that share a concept"][0] == Value("50.0%", "50.0%")
    assert not any("mix languages" in title or "alignment" in title for title in lines), "no row of it in any table"
    assert part["languages"] == [("en", 3, [Value("50.0%", "0.40%"), None])]


def test_siblings_measures_are_those_of_the_backbone_as_a_whole(measured):
    (part,) = view(opening(), measured)
    assert part["tables"] == [{"conditions": [KMEANS], "lines": [("Mean", [Value("0.080", "0.000")])]}]
    assert view(opening(siblings=[]), measured)[0]["tables"] == []


def test_nothing_is_shown_where_nothing_is_inspected(measured):
    assert view(NOTHING_INSPECTED, measured) == []
