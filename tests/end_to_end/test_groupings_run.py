"""Groupings that read text, variants and composed tables, through the workflow: pretrained, scored and exported."""

import json

import pytest
import yaml

from semantic_tokens import csv_rows, tables
from semantic_tokens.grouping.partition import VocabularyPartition
from support.running import MINI, copy_project, snakemake

pytestmark = pytest.mark.slow
CONDITIONS = [
    "tiny-bert/d32/none/kmeans-information+dear-r20/none",
    "tiny-bert/d32/none/random+rows-r20/none",
    "tiny-bert/d32/none/product-quantisation+two-r20/mlm",
]


def test_they_run_from_the_config_to_scores_and_exports(tmp_path):
    given = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    given["grouping"]["variants"] = {
        "dear": {"bit_cost": 2, "weights": "frequency", "semantic_embedding": "weighted-mean"},
        "rows": {"semantic_embedding": "weighted-mean"},
        "two": {"parts": 2},
    }
    study = {"conditions": CONDITIONS, "tasks": ["nli"], "transfer": "in-language", "seeds": [0], "axis": "none"}
    given["studies"] = {"groupings": study}
    config = tmp_path / "groupings.yaml"
    config.write_text(yaml.safe_dump(given), encoding="utf-8")
    project = copy_project(tmp_path)
    results = project / "results/mini"
    export = f"results/mini/exports/{CONDITIONS[2]}/compact/README.md"
    targets = ("groupings", "results/mini/tables/information.csv", export)
    done = snakemake(project, *targets, "--cores", "2", "--configfile", str(config), mini=False)
    assert done.returncode == 0, done.stdout
    scores = tables.read("scores", results / "studies/groupings/scores.parquet").to_pylist()
    assert {row["grouping"] for row in scores} == {"kmeans-information+dear", "random+rows", "product-quantisation+two"}
    dear, rows, composed = (
        VocabularyPartition.load(results / "conditions" / condition.rpartition("/")[0] / "partition.parquet")
        for condition in CONDITIONS
    )
    assert (dear.details["bit_cost"], dear.details["semantic_embedding"]) == (2, "weighted-mean")
    assert rows.details["semantic_embedding"] == "weighted-mean"
    lost = {row["condition"]: float(row["bits_lost"]) for row in csv_rows.read(results / "tables/information.csv")}
    (own,) = (bits for condition, bits in lost.items() if "information" in condition)
    assert own == pytest.approx(dear.details["bits_lost"], abs=1e-6) and own < 0.5
    assert composed.codes.shape == (composed.n_groups, 2)
    exported = json.loads((project / export).with_name("config.json").read_text())
    assert exported["vocab_size"] == composed.n_groups and exported["composed_embedding_parts"] == 2
    assert "codes included" in (project / export).read_text()
