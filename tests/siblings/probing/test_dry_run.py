"""What `snakemake probing` would run, and what it says where a config does not ask for it."""

import pytest
import yaml

from support.running import MINI, copy_project, jobs, snakemake

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


def listed(project, path, **sections):
    """What `snakemake -n probing` says of the small config with one study and these sections."""
    config = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    config["studies"] = {"main": config["studies"]["main"]}
    path.write_text(yaml.safe_dump(config | sections), encoding="utf-8")
    return snakemake(project, "-n", "probing", "--configfile", str(path), mini=False)


def test_every_model_is_read_and_probed_and_nothing_is_fine_tuned(project, tmp_path):
    patterns = ["tiny-bert/d32/none/{full,first-r20}/none", "tiny-xlmr/d16/none/full/none"]
    done = listed(project, tmp_path / "probing.yaml", probing={"conditions": patterns})
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert found["read_hidden_states"] == found["probe_hidden_states"] == 3
    assert found["generate_parallel"] == found["choose_probe_items"] == found["draw_probing"] == 1
    assert found["reduce_tokenizer"] == 1, "First-k has a tokenizer of its own"
    assert "score" not in found and "tokenize_ner" not in found


def test_all_analyses_of_the_default_config(project):
    targets = ("geometry", "probing", "transfer", "before_after")
    done = snakemake(project, "-n", *targets, "--configfile", "config.yaml", mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    per_condition = ("measure_geometry", "read_hidden_states", "probe_hidden_states", "measure_transfer")
    assert [found[name] for name in per_condition] == [12, 8, 8, 8]
    once = ("compare_geometry", "project_geometry", "draw_geometry", "draw_probing", "draw_transfer")
    assert [found[name] for name in (*once, "measure_polysemy", "write_before_after")] == [1] * 7


def test_a_config_without_the_section_gets_one_clear_message(project, tmp_path):
    failed = listed(project, tmp_path / "none.yaml")
    assert failed.returncode != 0
    assert "the config has no section `probing`: add `probing: {conditions: [...]}`" in failed.stdout
    assert "Traceback (most recent call last)" not in failed.stdout


@pytest.mark.parametrize("name", ["paper", "figure3", "quick"])
def test_real_models_read_ntrex_or_a_folder(project, name, tmp_path):
    config = ("--configfile", f"configs/{name}.yaml")
    found = jobs(snakemake(project, "-n", "probing", *config, mini=False).stdout)
    assert found["read_parallel"] == 1 and found["obtain_source"] >= 2, "NTREX and the dictionaries"
