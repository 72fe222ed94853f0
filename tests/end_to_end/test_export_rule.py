"""The rule behind the target `exports`: what it refuses, what it writes, when it writes anew."""

import re

import pytest

from support.running import copy_project, snakemake

CONDITION = "tiny-bert/d32/none/kmeans-cosine-r20/none"
FILES = {"README.md", "config.json", "model.safetensors", "partition.parquet"}
FILES |= {"tokenizer.json", "tokenizer_config.json"}
TABLE5 = """\
condition,backbone,dim,alignment,grouping,ratio,pretraining,task,metric,transfer,without,\
languages,seeds,score,std,chance,retained,retained_low,\
retained_high,interval_over,retained_above_chance,retained_by_random
tiny-bert/d32/none/kmeans-cosine-r20/none,tiny-bert,32,none,kmeans-cosine,0.2,none,nli,accuracy,in-language,,en+zh,1,0.5,,0.34,0.875,,,,,0.75
tiny-bert/d32/none/kmeans-cosine-r05/none,tiny-bert,32,none,kmeans-cosine,0.05,none,nli,accuracy,in-language,,en+zh,1,0.4,,0.34,0.7,,,,,0.75
"""


def exporting(pattern):
    return "--config", f'exports=["{pattern}"]'


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


def test_the_target_lists_the_forms_that_suit_the_tokenizer(project):
    done = snakemake(project, "-n", "exports", *exporting("{tiny-bert,tiny-xlmr}/d16/none/first-r20/none"))
    assert done.returncode == 0, done.stdout
    wanted = set(re.findall(r"Export (tiny-\w+) d16 none first-r20 none, ([a-z-]+)", done.stdout))
    xlmr = {("tiny-xlmr", "expanded"), ("tiny-xlmr", "compact")}
    assert wanted == {("tiny-bert", form) for form in ("expanded", "compact", "compact-wordpiece")} | xlmr
    assert "backbones/tiny-bert/first-r20/tokenizer.json" in done.stdout


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("tiny-bert/d64/none/full/none", r"exports = 'tiny-bert/d64/none/full/none': d64 must be at most .*dim = 32"),
        ("other/d32/none/full/none", r"exports = 'other/d32/none/full/none': backbone 'other' must be in backbones"),
        ("tiny-bert/d32/none/full", r"exports\[0\] = .*has 4 parts"),
    ],
)
def test_a_condition_that_cannot_be_is_one_clear_error(project, pattern, message):
    failed = snakemake(project, "-n", "exports", *exporting(pattern))
    assert failed.returncode != 0 and re.search(message, failed.stdout), failed.stdout
    assert "Traceback" not in failed.stdout


@pytest.mark.slow
def test_exports_are_written_once_and_again_when_scores_are_there(project):
    done = snakemake(project, "exports", *exporting(CONDITION))
    assert done.returncode == 0, done.stdout
    root = project / "results/mini/exports" / CONDITION
    for form in ("expanded", "compact", "compact-wordpiece"):
        assert {path.name for path in (root / form).iterdir()} == FILES
        assert "Not measured when this card was written." in (root / form / "README.md").read_text()
    assert "Nothing to be done" in snakemake(project, "-n", "exports", *exporting(CONDITION)).stdout

    table5 = project / "results/mini/tables/table5.csv"
    table5.parent.mkdir(exist_ok=True)
    table5.write_text(TABLE5)
    compact = str((root / "compact/README.md").relative_to(project))
    done = snakemake(project, compact, *exporting(CONDITION))
    assert done.returncode == 0 and "score" not in re.findall(r"^(\w+) +\d+$", done.stdout, re.MULTILINE), done.stdout
    card = (root / "compact/README.md").read_text()
    assert "| nli | accuracy | in-language | 0.500 | 0.340 | 87.5% | 75.0% |" in card and "0.400" not in card
