"""What an upstream run downloads: what its studies need, and nothing else."""

import yaml

from semantic_tokens.config.loading import load, units
from semantic_tokens.workflow.upstream import Upstream
from support import ROOT

CONDITION = "mbert/d768/none/full/none"


def upstream(conditions=(CONDITION,), tasks=("ner",), transfer="in-language"):
    given = yaml.safe_load((ROOT / "configs/paper.yaml").read_text())
    study = {"conditions": list(conditions), "tasks": list(tasks), "transfer": transfer, "seeds": [0]}
    scratch = [name for name, backbone in given["backbones"].items() if backbone["kind"] == "scratch"]
    assert not scratch, "a from-scratch backbone needs text whatever the studies ask for"
    config = load({**given, "studies": {"x": study}, "exports": []})
    return Upstream(config, config.data, list(units(config)))


def test_a_task_brings_its_own_source_and_no_other():
    assert upstream().sources == {"masakhaner"}
    assert upstream().tables == ["corpus", "word_pairs", "ner"]


def test_text_is_read_for_continual_pretraining_and_for_languages_of_tokens():
    corpus = set(upstream().data.corpus.sources)
    assert corpus and not corpus & upstream().sources
    for condition in ("mbert/d768/none/full/mlm", "mbert/d768/none/random-stratified-r05/none"):
        assert corpus <= upstream([condition]).sources


def test_dictionaries_are_read_for_alignment():
    words = set(upstream().data.dictionaries)
    assert words and not words & upstream().sources
    assert words <= upstream(["mbert/d768/clsa-all/full/none"]).sources


def test_retrieval_reads_the_collection_and_ms_marco_only_where_it_trains_on_it():
    assert "msmarco" not in upstream(tasks=["retrieval"]).sources
    trained = upstream(tasks=["retrieval"], transfer="ms-marco")
    assert "msmarco" in trained.sources and trained.of_collection[-1] == "msmarco"
    assert set(trained.tables) == {"corpus", "word_pairs", "queries", "qrels", "passages"}


def test_tables_of_one_task_have_one_source():
    assert upstream().of_tables["ner"] == ("masakhaner",)
    assert not {"queries", "passages", "qrels", "candidates"} & set(upstream().of_tables)
