import random
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

from semantic_tokens import tables
from semantic_tokens.errors import InputError
from semantic_tokens.world import build as world_build
from semantic_tokens.world import lexicon as world_lexicon
from semantic_tokens.world.articles import knowledge_bases
from semantic_tokens.world.build import WorldSize, build
from semantic_tokens.world.inference import LABELS, claim, draw_form, pair
from semantic_tokens.world.knowledge import topic
from semantic_tokens.world.lexicon import LANGUAGES, read_lexicon
from semantic_tokens.world.names import SPLITS, name_pools

SIZE = WorldSize(
    languages=("en", "ar", "hi", "zh"),
    articles=60,
    passages=100,
    sizes={task: {"train": 30, "dev": 12, "test": 12} for task in ("ner", "nli", "qa", "retrieval")},
    dictionaries={"muse": (0.5, 0.1), "panlex": (0.1, 0.1), "concepticon": (0.5, 0.0), "colexnet": (0.5, 0.0)},
)
FOLDER = Path(world_lexicon.__file__).parent


@pytest.fixture(scope="module")
def world():
    return build(SIZE, seed=3)


@pytest.fixture(scope="module")
def lexicon():
    return read_lexicon()


def rows(world, name, **equal):
    return [row for row in world[name].to_pylist() if all(row[key] == value for key, value in equal.items())]


def test_lexicon_is_as_large_as_promised(lexicon):
    assert len(lexicon.concepts) >= 300
    assert {lang for concept in lexicon.concepts.values() for lang in concept.forms} == set(LANGUAGES)
    forms = [len(words) for concept in lexicon.concepts.values() for words in concept.forms.values()]
    assert sum(forms) / len(forms) >= 3
    assert sum(bool(concept.hypernym) for concept in lexicon.concepts.values()) > 100
    assert sum(bool(concept.antonym) for concept in lexicon.concepts.values()) > 40


def test_every_table_is_valid(world):
    assert set(world) == set(world_build.TABLES)
    for name, table in world.items():
        assert len(table) > 0
        tables.validate(name, table, name, SIZE.languages)


def test_same_seed_same_tables_and_another_seed_others(world):
    again, other = build(SIZE, seed=3), build(SIZE, seed=4)
    assert all(world[name].equals(again[name]) for name in world)
    assert all(not world[name].equals(other[name]) for name in ("corpus", "ner", "nli", "qa", "queries", "word_pairs"))


def test_contexts_and_names_of_the_test_are_unseen_in_training(world, lexicon):
    for lang in SIZE.languages:
        contexts = {split: {row["context"] for row in rows(world, "qa", lang=lang, split=split)} for split in SPLITS}
        assert not contexts["test"] & contexts["train"]
        pools = {split: name_pools(lexicon, lang, split, 3) for split in SPLITS}
        own = {split: {n for kind in ("family", "place") for n in pool[kind]} for split, pool in pools.items()}
        assert not own["train"] & own["test"], "a name is in one split only, even if it is a family and a place name"
        named = {split: set() for split in SPLITS}
        for row in rows(world, "ner", lang=lang):
            named[row["split"]] |= {t for t, tag in zip(row["tokens"], row["tags"]) if tag.endswith(("PER", "LOC"))}
        assert not named["train"] & (own["test"] | own["dev"])
        assert named["test"] & own["test"] and not named["test"] & own["dev"]


def test_answers_lie_where_they_say(world):
    for row in rows(world, "qa"):
        for answer in row["answers"]:
            assert row["context"][answer["start"] :].startswith(answer["text"]) and answer["text"]


@pytest.fixture(scope="module")
def inferences(lexicon):
    """4,000 (label, premise, hypothesis) as facts."""
    knowledge, rng = knowledge_bases(lexicon, 3)["train"], random.Random(0)
    labels = np.arange(4000) % len(LABELS)
    return [(label, *pair(knowledge, rng, claim(knowledge, rng), draw_form(rng, label))) for label in labels]


def test_nli_labels_are_equally_frequent(world):
    counts = Counter(row["label"] for row in rows(world, "nli", lang="en"))
    assert len(counts) == 3 and max(counts.values()) - min(counts.values()) <= 3


def test_nli_labels_follow_from_the_facts(inferences, lexicon):
    for label, premise, hypothesis in inferences:
        said, asked = topic(premise), topic(hypothesis)
        if LABELS[label] != "neutral":
            opposed = lexicon.concepts[said].antonym == asked
            assert opposed or said == asked
            assert (LABELS[label] == "entailment") == (opposed == hypothesis.negated)
        elif lexicon.concepts[said].antonym == asked or said == asked:
            above = {lexicon.concepts[ref.key].hypernym for ref in (hypothesis.subject, hypothesis.object)}
            assert above & {premise.subject.key, premise.object.key}, "the premise speaks of the general only"


def test_the_form_of_an_nli_pair_tells_little_more_than_half_of_the_labels(inferences):
    forms = [
        [hypothesis.negated]
        + [bool(getattr(fact, key)) for fact in (premise, hypothesis) for key in ("modifier", "count", "place", "time")]
        for _, premise, hypothesis in inferences
    ]
    labels = [label for label, _, _ in inferences]
    right = cross_val_score(DecisionTreeClassifier(min_samples_leaf=20, random_state=0), forms, labels).mean()
    assert 0.45 < right < 0.58


def test_every_query_has_a_relevant_passage_and_judged_negatives(world):
    passages = {row["passage_id"] for row in rows(world, "passages")}
    judged = defaultdict(list)
    for row in rows(world, "qrels"):
        judged[row["query_id"]].append(row["relevance"])
        assert row["passage_id"] in passages
    for query in rows(world, "queries"):
        assert 1 in judged[query["query_id"]] and 0 in judged[query["query_id"]]


def test_dictionaries_keep_their_noise_and_coverage(world, lexicon):
    concept_of = {(row["lang"], row["word"]): row["concept"] for row in rows(world, "word_concepts")}
    right = defaultdict(list)
    for row in rows(world, "word_pairs"):
        same = concept_of[row["lang_a"], row["word_a"]] == concept_of[row["lang_b"], row["word_b"]]
        right[row["source"]].append(same)
    share = {source: sum(found) / len(found) for source, found in right.items()}
    assert share["muse"] == pytest.approx(0.9, abs=0.001)
    assert share["concepticon"] == 1
    assert share["colexnet"] < 0.8, "colexification links related concepts too"


def broken(tmp_path, name, change):
    for path in FOLDER.glob("*.tsv"):
        shutil.copy(path, tmp_path)
    lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")
    change(lines)
    (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def set_cell(line, column, value):
    def change(lines):
        cells = lines[line - 1].split("\t")
        cells[lines[0].split("\t").index(column)] = value
        lines[line - 1] = "\t".join(cells)

    return change


def drop_column(column):
    def change(lines):
        at = lines[0].split("\t").index(column)
        lines[:] = ["\t".join(cell for i, cell in enumerate(line.split("\t")) if i != at) for line in lines]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_cell(7, "sw", ""), r"lexicon.tsv:7: empty form in column 'sw'"),
        (set_cell(7, "sw", "paka|"), r"lexicon.tsv:7: empty form"),
        (set_cell(9, "en", "dogs"), r"lexicon.tsv:9: 'dogs' \(en\) already appears on line 6"),
        (set_cell(9, "concept", "dog"), r"lexicon.tsv:9: concept 'dog' already appears on line 6"),
        (set_cell(9, "hypernym", "beast"), r"lexicon.tsv:9: .* unknown concept 'beast'"),
        (set_cell(9, "antonym", "dog"), r"lexicon.tsv:9: the antonym of .* but not the reverse"),
        (set_cell(9, "en", "two words"), r"lexicon.tsv:9: 'two words' .* must be one word"),
        (drop_column("tr"), r"lexicon.tsv:1: column 'tr' is missing"),
    ],
)
def test_a_damaged_lexicon_is_an_error_with_its_line(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        read_lexicon(broken(tmp_path, "lexicon.tsv", change))


def test_damaged_names_are_an_error_with_their_line(tmp_path):
    with pytest.raises(InputError, match=r"names.tsv:3: .*repeated"):
        read_lexicon(broken(tmp_path, "names.tsv", set_cell(3, "names", "Ana|Ana")))
    with pytest.raises(InputError, match="no given names for language 'en'"):
        read_lexicon(broken(tmp_path, "names.tsv", lambda lines: lines.pop(1)))
