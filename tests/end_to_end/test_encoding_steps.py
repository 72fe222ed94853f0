"""The steps of retrieval in shards, run one after the other on a toy, give the file of scores of the one step."""

import json
import os
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import torch

from semantic_tokens import tables
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.checkpoint import save
from semantic_tokens.tasks import retrieval
from support import ROOT, STEPS
from support.toy_examples import ranking_tables, ranking_tokenizer
from support.toy_tasks import encoded, loader, settings, values_of

WILDCARDS = {"backbone": "toy", "dim": "32", "alignment": "none", "grouping": "full", "pretraining": "none"}
RUN = """
import json, runpy, sys
from types import SimpleNamespace

class Named(dict):
    __getattr__ = dict.__getitem__

for step, parts in json.load(open("jobs.json")):
    fake = {name: Named(values) for name, values in parts.items()}
    runpy.run_path(step, {"snakemake": SimpleNamespace(rule="toy", log=["log"], resources=Named(), **fake)})
"""


def test_three_steps_write_what_one_writes(tmp_path):
    n_rows = write_inputs(tmp_path)
    chosen = values_of(settings(epochs=2), retrieval) | {"shards": 2, "train_examples": 5}
    common = {name: f"{name}.parquet" for name in ("qrels", "candidates")} | {"retrieval_features": "features.parquet"}
    given = common | {"partition": "partition.parquet", "model": "model/model.safetensors"}
    trained = {"config": "trained/config.json", "model": "trained/model.safetensors"}
    wildcards = WILDCARDS | {"transfer": "in-language", "seed": "0", "tasks": "retrieval"}
    params = {"device": "cpu", "precision": "float32", "threads": 1, "split": "train", "shards": 2, "seed": 3}
    params["reading"] = {name: chosen[name] for name in ("pooling", "similarity")}
    params |= {"checkpoints": "checkpoints/toy", "host_memory": 4e9}
    vectors = ["vectors/0-of-2.npy", "vectors/1-of-2.npy"]
    jobs = [
        ("score", given, {"scores": "one.parquet"}, {"settings": {"retrieval": chosen}}, {}),
        ("train_retriever", given, trained, {"settings": chosen}, {}),
        *(("encode_passages", given | trained, {"vectors": path}, {}, {"shard": i}) for i, path in enumerate(vectors)),
        ("search_passages", common | {"vectors": vectors}, {"scores": "three.parquet"}, {"settings": chosen}, {}),
    ]
    listed = [
        (str(STEPS[step]), {"input": i, "output": o, "params": params | p, "wildcards": wildcards | w})
        for step, i, o, p, w in jobs
    ]
    (tmp_path / "jobs.json").write_text(json.dumps(listed))
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    done = subprocess.run([sys.executable, "-c", RUN], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0, (tmp_path / "log").read_text()
    assert sum(len(np.load(tmp_path / path)) for path in vectors) == n_rows
    one = pq.read_table(tmp_path / "one.parquet")
    assert one["lang"].to_pylist() == ["en", "tr"] and 0 < one["value"][0].as_py() < 1
    assert pq.read_table(tmp_path / "three.parquet").equals(one)


def write_inputs(folder):
    """The files that the steps read, below `folder`; returns the number of queries and passages."""
    toy = ranking_tables()
    for name in ("qrels", "candidates"):
        tables.write(name, toy[name], folder / f"{name}.parquet")
    tokenizer = ranking_tokenizer(toy)
    n = tokenizer.get_vocab_size()
    features = encoded(retrieval, toy, tokenizer, settings())
    with pq.ParquetWriter(folder / "features.parquet", features.schema_arrow) as writer:
        for i in range(features.num_row_groups):
            writer.write_table(features.read_row_group(i))
    VocabularyPartition.identity([tokenizer.id_to_token(i) for i in range(n)]).save(folder / "partition.parquet")
    torch.manual_seed(0)
    save(loader(n)("encoder", 0), folder / "model")
    return features.metadata.num_rows
