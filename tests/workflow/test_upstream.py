"""What an upstream run downloads: what its studies need, and nothing else."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.config.selected import units
from semantic_tokens.errors import InputError
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


def test_what_the_page_says_was_left_out_is_of_what_the_run_reads():
    assert upstream().notes == ["ner"]
    assert upstream(["mbert/d768/clsa-all/full/mlm"], ["nli", "retrieval"]).notes == [
        "corpus", "word_pairs", "nli", "collection",
    ]  # fmt: skip


def test_a_listed_language_that_no_file_is_in_is_refused_and_found_behind_a_link(tmp_path):
    given = yaml.safe_load((ROOT / "configs/paper.yaml").read_text())
    study = {"conditions": [CONDITION], "tasks": ["ner"], "transfer": "in-language", "seeds": [0]}
    data = given["data"] | {"languages": ["sw", "wo"], "dictionaries": ["muse"]}
    for folder in ("real/masakhane-ner/data/swa", "real/muse", "real/wikipedia", "disk/wol"):
        (tmp_path / folder).mkdir(parents=True)
    for path in (tmp_path / "real/masakhane-ner/data/swa/test.txt", tmp_path / "disk/wol/test.txt"):
        path.write_text("Nairobi B-LOC\n")
    changed = {"data": data, "studies": {"x": study}, "exports": [], "local_dir": str(tmp_path / "real")}
    changed["alignment"] = given["alignment"] | {"source_sets": {"all": ["muse"]}}
    changed["grouping"] = {"max_iterations": 9}
    same = {key: given[key] for key in ("run", "backbones", "tasks", "compute", "pretraining")}
    config = load(same | changed)
    asked = Upstream(config, config.data, list(units(config)))
    with pytest.raises(InputError, match=r"data\.languages: no file under local_dir = .* is in wo; found: sw"):
        asked.require_languages()
    (tmp_path / "real/masakhane-ner/data/wol").symlink_to(tmp_path / "disk/wol", target_is_directory=True)
    asked.require_languages()
