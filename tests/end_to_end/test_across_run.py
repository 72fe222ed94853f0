"""Tasks across languages in a run of the embedded world: as they are, and fine-tuned."""

import json

import pytest
import yaml

from semantic_tokens import tables
from support.running import MINI, copy_project, snakemake

pytestmark = pytest.mark.slow
FULL, GROUPED = (f"tiny-bert/d32/none/{grouping}/none" for grouping in ("full", "random-stratified-r20"))


def test_scores_across_languages(tmp_path):
    project = copy_project(tmp_path)
    given = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    trained = given["tasks"]["retrieval"]
    across = {"pooling": "mean", "similarity": "cosine"}
    tasks = {
        "clir": trained | across | {"temperature": 0.1},
        "bitext": {"max_length": 64, "pooling": "mean", "similarity": "cosine"},
    }
    given |= {"tasks": given["tasks"] | tasks}
    given["data"]["sizes"] |= {name: {"train": 12, "dev": 6, "test": 8} for name in tasks}
    given["compute"]["bundles"] += [["clir"], ["bitext"]]
    study = {"conditions": [FULL, GROUPED], "axis": "none", "seeds": [0]}
    given["studies"] = {
        "untrained": study | {"tasks": ["clir", "bitext", "retrieval"], "transfer": "as-is"},
        "trained": study | {"conditions": [FULL], "tasks": ["clir"], "transfer": "in-language"},
    }
    config = tmp_path / "across.yaml"
    config.write_text(json.dumps(given), encoding="utf-8")
    done = snakemake(project, "results/mini/tables/scores.csv", "--configfile", str(config), "--cores", "2", mini=False)
    assert done.returncode == 0, done.stdout
    rows = tables.read("scores", project / "results/mini/tables/scores.parquet").to_pylist()
    found = {(row["task"], row["transfer"], row["metric"]) for row in rows}
    assert {metric for task, transfer, metric in found if (task, transfer) == ("clir", "as-is")} == {
        "ndcg_at_10_across", "ndcg_at_10_within", "ndcg_at_10_pool",
    }  # fmt: skip
    assert ("clir", "in-language", "ndcg_at_10_across") in found and ("bitext", "as-is", "accuracy") in found
    searched = {(row["task"], row["metric"]): row["passages"] for row in rows}
    assert searched["clir", "ndcg_at_10_across"] == 8 and searched["clir", "ndcg_at_10_pool"] == 24
    assert searched["retrieval", "ndcg_at_10"] == 40 and searched["bitext", "accuracy"] == 8
    assert {row["settings"] for row in rows if row["task"] == "clir"} == {
        "pooling=mean; similarity=cosine; temperature=0.1"
    }
    assert {row["settings"] for row in rows if row["task"] == "retrieval"} == {
        "pooling=cls; similarity=dot; temperature=1.0"
    }
