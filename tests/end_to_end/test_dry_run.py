"""What would run, and what is refused before anything runs."""

import re

import pytest
import yaml

from support.running import copy_project, jobs, snakemake


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


def test_the_default_lists_its_jobs_each_shared_prefix_once(project):
    done = snakemake(project, "-n", mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert found["pretrain_backbone"] == 1, "tiny-xlmr is configured but wanted by no condition"
    assert found["fetch_backbone"] == found["inspect_groups"] == 1, "the real encoder, whose groups are inspected"
    assert found["extract_embeddings"] == 2 and found["align"] == 2
    assert found["group"] == 6 + 3, "5% with and without pretraining share their groups"
    assert found["build_model"] == 6 and found["continue_pretraining"] == 6, "what is inspected needs no model"
    assert found["measure_geometry"] == 2, "of the real table, before and after alignment"
    assert found["score"] == 7 * 2
    assert found["tokenize_corpus"] == 3, "a tokenizer for the groupings of a backbone, one more for First-k"


def test_without_its_section_nothing_is_inspected_or_downloaded(project, tmp_path):
    given = yaml.safe_load((project / "config.yaml").read_text())
    del given["inspection"]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(given))
    done = snakemake(project, "-n", "--configfile", str(tmp_path / "config.yaml"), mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert not {"fetch_backbone", "inspect_groups", "measure_geometry"} & set(found)
    assert found["write_report"] == 1 and found["score"] == 7 * 2


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("data", "generate_world"),
        ("backbones", "pretrain_backbone"),
        ("alignment", "align"),
        ("groups", "group"),
        ("pretrain", "continue_pretraining"),
        ("scores", "collect_scores"),
        ("table5", "make_table5"),
        ("main", "draw_study"),
        ("report", "write_report"),
        ("claims", "judge_claims"),
    ],
)
def test_named_targets(project, target, rule):
    done = snakemake(project, "-n", target)
    assert done.returncode == 0, done.stdout
    assert rule in jobs(done.stdout)


def test_a_target_for_one_task_of_one_condition_asks_for_no_other_task(project):
    target = "results/mini/conditions/tiny-bert/d32/none/full/none/scores/ner@in-language#0.parquet"
    done = snakemake(project, "-n", target)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert found["score"] == 1 and "retrieve_candidates" not in found
    assert {rule for rule in found if rule.startswith("tokenize_")} == {"tokenize_corpus", "tokenize_ner"}


def test_a_target_whose_section_the_config_lacks_ends_with_one_line(project):
    failed = snakemake(project, "-n", "geometry")
    assert failed.returncode != 0 and "the config has no section `geometry`: add" in failed.stdout
    assert "Traceback" not in failed.stdout and "rules/" not in failed.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("figure33",), "figure33: no rule makes it; near: figure3"),
        (("--omit-from", "gruop"), "gruop: no rule makes it; near: groups"),
        (
            ("results/demo/conditions/tiny-bert/d999/none/kmeans-cosine-r05/mlm/model.safetensors",),
            "d999 must be at most backbones.tiny-bert.dim = 128",
        ),
        (
            ("results/demo/conditions/tiny-bert/d128/none/kmeans-cosine-r5/mlm/model.safetensors",),
            "near in this config: tiny-bert/d128/none/kmeans-cosine-r05/mlm",
        ),
    ],
)
def test_what_cannot_be_made_is_named_before_anything_runs_with_what_is_near(project, arguments, expected):
    failed = snakemake(project, *arguments, mini=False)
    assert failed.returncode != 0 and expected in failed.stdout, failed.stdout
    assert "Building DAG" not in failed.stdout and "Traceback" not in failed.stdout


def test_a_config_file_stands_alone(project):
    found = jobs(snakemake(project, "-n").stdout)
    assert found["score"] == 4 + 2, "the conditions of config.yaml must not be merged in"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("run={name: mini, seed: -1}", r"run.seed = -1: must be at least 0"),
        ("surprise=1", r"surprise: unknown key"),
        ("compute={device: tpu, threads_pretraining: 1, threads: 1, bundles: [[nli]]}", r"compute.device = 'tpu'"),
        (
            "studies={a: {conditions: [tiny-bert/d8/none/odd-r05/mlm], tasks: [ner], transfer: zero-shot, seeds: [0]}}",
            r"unknown method 'odd'",
        ),
    ],
)
def test_bad_config_is_one_clear_error_before_anything_runs(project, override, message):
    failed = snakemake(project, "--config", override)
    assert failed.returncode != 0
    assert re.search(message, failed.stdout), failed.stdout
    assert "Traceback" not in failed.stdout
    assert not (project / "results").exists()


def test_numbers_inside_an_override_are_numbers(project):
    assert snakemake(project, "-n", "--config", "run={name: mini, seed: 4}").returncode == 0


@pytest.mark.parametrize(("name", "scores"), [("paper", 405), ("figure3", 18 * 3), ("quick", 5 * 3)])
def test_the_paper_and_its_shorter_versions_list_without_network(project, name, scores):
    done = snakemake(project, "-n", "--configfile", f"configs/{name}.yaml", mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    searched = found.get("search_passages", 0)  # which scores retrieval where it is encoded in shards
    assert found["score"] + searched == scores
    assert searched == found.get("train_retriever", 0) == found.get("encode_passages", 0) / 8
    assert (searched > 45) == (name == "paper")
    assert found["fetch_backbone"] == (4 if name == "paper" else 1)
    assert found["read_task"] == 3
    assert found.get("read_corpus", 0) == (name != "quick"), "no method there asks in which language a token occurs"


def test_local_files_are_asked_for_by_name(project, tmp_path):
    local = ("--configfile", "configs/local.yaml")
    for arguments, message in (
        (local, r"data.languages = \['all'\]: must be listed, unless local_dir is set"),
        ((*local, "--config", "local_dir=nowhere"), r"local_dir = 'nowhere': must be a folder"),
    ):
        failed = snakemake(project, "-n", *arguments, mini=False)
        assert failed.returncode != 0 and re.search(message, failed.stdout), failed.stdout
    for folder in ("masakhane-ner/data/hau", "text", "bert_multi_cased"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bert_multi_cased/vocab.txt").touch()
    (tmp_path / "masakhane-ner/data/hau/train.txt").write_text("Kano B-LOC\n\n" * 500, encoding="utf-8")
    failed = snakemake(project, "-n", *local, "--config", f"local_dir={tmp_path}", mini=False)
    assert failed.returncode != 0 and "found no dictionary under local_dir" in failed.stdout
    (tmp_path / "dictionaries").mkdir()
    listed = snakemake(project, "-n", *local, "--config", f"local_dir={tmp_path}", mini=False)
    assert listed.returncode == 0 and jobs(listed.stdout)["read_word_pairs"] == 1
    assert jobs(listed.stdout)["obtain_source"] == 3, "text, dictionaries and the one task that has data"


def test_a_study_is_a_target_and_asks_for_its_own_conditions_alone(project):
    found = jobs(snakemake(project, "-n", "english").stdout)
    assert found["score"] == 2 and found["draw_study"] == 1
    taken = snakemake(project, "-n", "--config", "studies={report: {conditions: [tiny-bert/d32/none/full/none], "
                      "tasks: [ner], transfer: in-language, seeds: [0]}}")  # fmt: skip
    assert taken.returncode != 0 and "studies.report: there is another target of this name" in taken.stdout


def test_an_error_of_the_config_names_what_was_read(project):
    """Whichever file it is, one of several, or the command line; never a fixed one."""
    (project / "own.yaml").write_text((project / "config.yaml").read_text().replace("seed: 0", "seed: first", 1))
    (project / "over.yaml").write_text("tasks: {nli: {epochs: 0}}\n")
    for options, expected in (
        (("--configfile", "own.yaml"), "own.yaml: run.seed = 'first': must be an integer"),
        (("--configfile", "config.yaml", "over.yaml"), "over.yaml: tasks.nli.epochs = 0: must be at least 1"),
        (("--configfile", "configs/quick.yaml", "--config", "seed=1"), "--config: seed: unknown key"),
    ):
        failed = snakemake(project, "-n", *options, mini=False)
        assert failed.returncode != 0 and f"\n{expected}" in failed.stdout, failed.stdout
