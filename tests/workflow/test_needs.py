"""What a condition is made from: no file and no setting that its steps do not read."""

import os

import pytest
import yaml

from semantic_tokens.conditions import Condition
from semantic_tokens.config.loading import load
from semantic_tokens.workflow.layout import Layout
from semantic_tokens.workflow.needs import Needs, files_below, judged_by_dictionaries
from support import ROOT

LAYOUT = Layout("demo")
KMEANS = Condition.parse("tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm")
FIRST = Condition.parse("tiny-bert/d128/none/first-r05/mlm")


def needs_of(**changes):
    given = yaml.safe_load((ROOT / "config.yaml").read_text())
    for section, values in changes.items():
        given[section] = {**given.get(section, {}), **values}
    return Needs(load(given), LAYOUT)


@pytest.fixture(scope="module")
def needs():
    return needs_of()


def test_groups_look_up_the_shared_cache_and_first_k_reads_its_own(needs):
    assert needs.condition_tokens(KMEANS)["rows"] == "results/demo/tokens/tiny-bert/full/corpus-64.npy"
    assert needs.condition_tokens(FIRST)["rows"] == "results/demo/tokens/tiny-bert/first-r05/corpus-64.npy"
    assert needs.features(FIRST, ["ner"]) == {"ner_features": "results/demo/tokens/tiny-bert/first-r05/ner.parquet"}


def test_scoring_reads_features_and_only_the_tables_that_scores_are_made_of(needs):
    assert set(needs.scored(KMEANS, "ner+nli")) == {"ner_features", "nli_features"}
    assert set(needs.scored(KMEANS, "qa")) == {"qa_features", "qa"}
    assert set(needs.scored(KMEANS, "retrieval")) == {"retrieval_features", "qrels", "candidates"}


def test_features_are_made_of_the_tables_of_their_task(needs):
    assert needs.task_tables("ner") == {"ner": "results/demo/data/ner.parquet"}
    assert set(needs.task_tables("rerank")) == {"queries", "passages", "qrels", "candidates"}


def test_a_grouping_reads_text_or_a_dictionary_only_where_its_method_says_so(needs):
    assert needs.grouping(KMEANS) == {}
    stratified = Condition.parse("tiny-bert/d128/none/random-stratified-r05/mlm")
    assert needs.grouping(stratified) == needs.backbone_tokens("tiny-bert")
    lexicon = Condition.parse("tiny-bert/d128/none/lexicon-all/mlm")
    assert needs.grouping(lexicon) == {"word_pairs": "results/demo/data/word_pairs.parquet"}


VARIANTS = {
    "dear": {"bit_cost": 0.2},
    "counted": {"weights": "frequency"},
    "rows": {"semantic_embedding": "weighted-mean"},
}


def test_a_variant_replaces_settings_of_its_condition_alone():
    needs = needs_of(grouping={"variants": VARIANTS})
    dear, plain = (Condition.parse(f"e5/d384/none/kmeans-information{v}-r05/none") for v in ("+dear", ""))
    assert needs.grouping_settings(dear) == needs.grouping_settings(plain) | {"bit_cost": 0.2}
    assert needs.grouping_settings(plain)["bit_cost"] == 0.05
    rows = Condition.parse("e5/d384/none/random+rows-r05/none")
    assert (needs.own_semantic_embedding(rows), needs.own_semantic_embedding(plain)) == ("weighted-mean", None)


def test_text_is_read_where_a_variant_counts_tokens():
    needs, text = needs_of(grouping={"variants": VARIANTS}), LAYOUT.token_cache("e5", "full", 64)
    counted, rows, plain = (
        Condition.parse(f"e5/d384/none/kmeans-cosine{variant}-r05/none") for variant in ("+counted", "+rows", "")
    )
    assert (needs.grouping(counted), needs.group_rows(counted)) == (text, {})
    assert (needs.grouping(rows), needs.group_rows(rows)) == ({}, text)
    assert (needs.grouping(plain), needs.group_rows(plain)) == ({}, {})
    assert needs.texts([plain]) == {} and needs.texts([rows]) == needs.texts([counted]) == {"e5": text}
    full = Condition.parse("e5/d384/none/full/none")
    assert needs_of(grouping={"semantic_embedding": "weighted-mean"}).group_rows(full) == {}


def test_a_grouping_depends_on_the_settings_of_its_method(needs):
    assert set(needs.grouping_settings(KMEANS)) == {"max_iterations", "backend", "weights"}
    assert needs.grouping_settings(FIRST) == {}
    assert needs.grouping_module("kmeans-cosine-r05") == "semantic_tokens.grouping.methods.kmeans_cosine"


def test_the_control_is_trained_at_the_rate_of_its_alignment(needs):
    shuffled = Condition.parse("tiny-bert/d128/shuffled-all/full/none")
    rate = {"chosen_rate": "results/demo/conditions/tiny-bert/d128/clsa-all/history.csv"}
    assert needs.chosen_rate(shuffled) == rate and needs.chosen_rate(KMEANS) == {}


def test_a_model_is_read_with_its_partition_and_its_own_tokenizer(needs):
    folder = "results/demo/conditions/tiny-bert/d128/none/first-r05"
    assert needs.model(FIRST) == {
        "tokenizer": "results/demo/backbones/tiny-bert/first-r05/tokenizer.json",
        "config": f"{folder}/mlm/config.json",
        "model": f"{folder}/mlm/model.safetensors",
        "partition": f"{folder}/partition.parquet",
    }


def test_a_decoder_is_read_where_it_lies(needs):
    decoder = dict(yaml.safe_load((ROOT / "config.yaml").read_text())["backbones"]["tiny-bert"], architecture="bloom")
    decoder.pop("vocabulary_file", None)
    with_decoder = needs_of(backbones={"decoder": decoder | {"intermediate": 4 * decoder["dim"]}})
    as_it_is = Condition.parse(f"decoder/d{decoder['dim']}/none/full/none")
    assert with_decoder.grouped_model(as_it_is) == LAYOUT.backbone("decoder")


def test_groupings_are_judged_by_what_their_alignment_held_out():
    judged = list(judged_by_dictionaries([KMEANS, FIRST, Condition.parse("tiny-bert/d128/none/full/mlm")]))
    assert judged == [(KMEANS, "all", True), (FIRST, "all", False), (FIRST, "all", True)]
    assert list(judged_by_dictionaries([FIRST])) == [], "no dictionary is read that no alignment asks for"


def test_text_is_read_in_a_backbones_own_tokens_where_a_run_tokenises_it(needs):
    assert needs.texts([KMEANS, FIRST]) == {"tiny-bert": needs.backbone_tokens("tiny-bert")}


def test_a_card_tells_of_pretraining_only_where_there_was_some(needs):
    assert needs.export_card(KMEANS)["pretraining"] is not None
    assert needs.export_card(Condition.parse("tiny-bert/d128/none/full/none"))["pretraining"] is None
    assert needs.export_card(KMEANS)["sources"] == [], "the embedded world is no source"
    assert needs.export_forms(KMEANS) == ["expanded", "compact", "compact-wordpiece"]


def test_files_are_told_by_path_size_and_time(tmp_path):
    assert files_below(tmp_path / "absent") == []
    (tmp_path / "a/b").mkdir(parents=True)
    for name in ("a/b/two", "one"):
        (tmp_path / name).write_text("12")
        os.utime(tmp_path / name, (5, 5))
    assert files_below(tmp_path) == [[str(tmp_path / name), 2, 5] for name in ("a/b/two", "one")]
    assert files_below(tmp_path / "one") == [[str(tmp_path / "one"), 2, 5]]
