"""The whole workflow at toy size: it ends at the page, repeats itself byte for byte, and reruns what it must."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

from semantic_tokens import csv_rows, tables
from support.running import MINI, copy_project, jobs, snakemake

pytestmark = pytest.mark.slow
CONDITIONS = "results/mini/conditions"


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("finished"))
    done = snakemake(project)
    assert done.returncode == 0, done.stdout
    return project


def test_scores_are_whole_and_valid(finished):
    scores = tables.read("scores", finished / "results/mini/tables/scores.parquet")
    rows = scores.to_pylist()
    assert {row["task"] for row in rows} == {"ner", "nli", "qa", "retrieval", "rerank"}
    assert {row["grouping"] for row in rows} == {"full", "kmeans-cosine", "first", "random-stratified"}
    transferred = [row for row in rows if row["study"] == ["english"]]
    assert {(row["backbone"], row["transfer"], row["dim"], row["seed"]) for row in transferred} == {
        ("tiny-xlmr", "zero-shot", 16, seed) for seed in (0, 1)
    }
    assert all(0 <= row["value"] <= 1 and 0 <= row["chance"] <= 1 and row["n"] > 0 for row in rows)
    assert len({row["lang"] for row in rows}) == 3


def test_page_and_tables_are_there(finished):
    page = (finished / "results/mini/report/index.html").read_text()
    assert "does not replicate the paper" in page and "<svg" in page
    assert (finished / "results/mini/tables/table5.csv").stat().st_size > 500
    assert json.loads((finished / "results/mini/manifest.json").read_text())["config"]["run"]["name"] == "mini"


def test_the_command_on_the_page_makes_the_scores_of_its_row(finished, tmp_path):
    page = (finished / "results/mini/report/index.html").read_text()
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
    condition = "tiny-xlmr/d16/clsa-two/kmeans-cosine-r20/mlm"
    program, *words = shlex.split(data["rows"][f"{condition}@zero-shot"]["command"])
    assert program.endswith("snakemake") and words[0].startswith("results/") and words[1] == "--configfile"
    planned = snakemake(copy_project(tmp_path), *words, "-n", mini=False)
    assert planned.returncode == 0 and jobs(planned.stdout)["score"] == 2
    assert "Fine-tune and score nli: tiny-xlmr d16 clsa-two kmeans-cosine-r20 mlm" in planned.stdout
    assert snakemake(finished, *words, mini=False).returncode == 0
    found = csv_rows.read(finished / words[0])
    scores = csv_rows.read(finished / "results/mini/tables/scores.csv")
    assert found == [row for row in scores if row["study"] == "english"]


def test_the_page_opens_with_the_groups_that_are_inspected(finished, tmp_path):
    project, config = shutil.copytree(finished, tmp_path / "copy"), tmp_path / "inspection.yaml"
    conditions = "tiny-xlmr/d16/{none,clsa-two}/kmeans-cosine-r20/none"
    inspection = f"inspection: {{conditions: ['{conditions}'], keywords: [dog, tomahto]}}\n"
    config.write_text(MINI.read_text() + inspection, encoding="utf-8")
    done = snakemake(project, "--configfile", str(config), mini=False)
    assert done.returncode == 0, done.stdout
    results = project / "results/mini"
    page, rows = (results / "report/index.html").read_text(), csv_rows.read(results / "tables/keywords.csv")
    assert "Semantic tokens of tiny-xlmr" in page
    assert {row["keyword"] for row in rows} == {"dog"} and len({row["condition"] for row in rows}) == 2
    assert "not one token" in page
    whole = [row for row in csv_rows.read(results / "tables/translated_words.csv") if not row["lang"]]
    assert len(whole) == 2 and all(int(row["translatable"]) > 0 for row in whole)
    scores = "results/mini/tables/scores.csv"
    assert (project / scores).read_bytes() == (finished / scores).read_bytes(), "they are not scored"


def test_backbones_are_ordinary_checkpoints(finished):
    for name, unknown in (("tiny-bert", "[UNK]"), ("tiny-xlmr", "<unk>")):
        folder = finished / f"results/mini/backbones/{name}"
        tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder)
        assert len(tokenizer) == model.config.vocab_size and tokenizer.unk_token == unknown
        assert tokenizer.pad_token_id == model.config.pad_token_id
        ids = tokenizer("the dog is an animal.", return_tensors="pt")
        assert model(**ids).logits.shape[-1] == len(tokenizer)


def test_grouped_models_are_as_large_as_their_groups(finished):
    for condition, groups in (("kmeans-cosine-r20/none", 600), ("first-r20/mlm", 600), ("full/mlm", 3000)):
        model = AutoModel.from_pretrained(finished / CONDITIONS / "tiny-bert/d32/none" / condition)
        assert model.get_input_embeddings().num_embeddings == groups


def test_a_finished_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in snakemake(finished, "-n").stdout


def test_comments_and_time_stamps_rerun_nothing(finished, tmp_path):
    project = shutil.copytree(finished, tmp_path / "copy")
    source = project / "workflow_scripts/semantic_tokens/grouping/kmeans/spherical_kmeans.py"
    source.write_text(source.read_text() + "\n# a remark\n")
    for path in project.glob("workflow_scripts/semantic_tokens/world/*.tsv"):
        path.touch()
    assert "Nothing to be done" in snakemake(project, "-n").stdout


def test_an_edited_method_reruns_the_conditions_that_use_it_and_no_other(finished, tmp_path):
    project = shutil.copytree(finished, tmp_path / "copy")
    source = project / "workflow_scripts/semantic_tokens/grouping/methods/random_stratified.py"
    source.write_text(source.read_text().replace("default_rng(inputs.seed)", "default_rng(inputs.seed + 1)"))
    printed = snakemake(project, "-n").stdout
    assert "Group the vocabulary: tiny-bert d32 none random-stratified-r20" in printed
    assert "kmeans-cosine-r20" not in printed and "Pretrain tiny-bert" not in printed


def test_another_title_of_a_task_makes_the_tables_and_the_page_anew(finished, tmp_path):
    project = shutil.copytree(finished, tmp_path / "copy")
    source = project / "workflow_scripts/semantic_tokens/tasks/nli.py"
    source.write_text(source.read_text().replace('title="NLI"', 'title="Inference"'))
    planned = jobs(snakemake(project, "-n").stdout)
    assert {"make_table5", "draw_study", "judge_claims", "write_report"} <= set(planned)
    assert not {"pretrain_backbone", "group", "tokenize_qa"} & set(planned)


def test_one_more_task_in_a_study_scores_that_task_alone(finished):
    done = snakemake(finished, "-n", "scores", "--config", "studies={english: {tasks: [nli, qa]}}")
    assert done.returncode == 0, done.stdout
    assert jobs(done.stdout)["score"] == 2, "a seed each"
    assert set(re.findall(r"Fine-tune and score (\S+):", done.stdout)) == {"qa"}


def test_checkpoints_go_when_their_job_has_succeeded(finished):
    assert not list((finished / "results/mini").rglob("checkpoints/**/*.pt"))


def test_a_second_fresh_run_gives_the_same_bytes(finished, tmp_path):
    again = copy_project(tmp_path)
    target = "results/mini/tables/scores.csv"
    done = snakemake(again, target, "--cores", "1")
    assert done.returncode == 0, done.stdout
    assert (again / target).read_bytes() == (finished / target).read_bytes()


def test_a_damaged_table_stops_the_step_that_reads_it_with_one_line(finished, tmp_path):
    project = shutil.copytree(finished, tmp_path / "copy")
    path = project / "results/mini/data/nli.parquet"
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["hypothesis"]), path)
    features = "results/mini/tokens/tiny-bert/full/nli.parquet"
    failed = snakemake(project, features, "--forcerun", features, "--rerun-triggers", "input")
    assert failed.returncode != 0
    assert "failed:" in failed.stdout and "hypothesis" in failed.stdout
    assert "full traceback: results/mini/logs/tokenize_task/tiny-bert-full-nli.log" in failed.stdout
    assert not (project / features).exists()


def test_snakemakes_report_has_captions_categories_and_labels(finished, tmp_path):
    done = snakemake(finished, "--report", str(tmp_path / "report.html"))
    assert done.returncode == 0, done.stdout
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    categories = json.loads(re.search(r"var categories = (\{.*\});", html)[1])
    assert set(categories) == {"Pages", "Scores", "Studies", "Groups", "Claims", "Run"}
    figure = "results/mini/studies/main/figure.svg"
    assert figure in categories["Studies"]["Other"]
    results = json.loads(re.search(r"var results = (\{\".*\});", html)[1])
    assert results[figure]["labels"] == {"study": "main", "what": "figure"}
    assert "Study <strong>main</strong>: the share of the oracle" in results[figure]["caption"]
    assert all(result["caption"] for result in results.values()), "every output that is shown says what it is"
    assert "Run <strong>mini</strong> merges the subwords" in html
