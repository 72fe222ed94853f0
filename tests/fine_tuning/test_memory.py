"""Tokenising, and loading features to score, take little memory however many rows there are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.tables import SCHEMAS
from support import ROOT, STEPS
from support.toy_tasks import settings, wordpiece

WORDS = ["the", "cat", "dog", "tree", "house", "river", "sees", "likes"]
ROWS = 20_000  # of a part
MIB = 1024  # the kernel counts in KiB

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak of memory is read from Linux's /proc"),
]
# Each runs in a separate process and writes its peak memory before and after.
MEASURE = """
import json, runpy, sys
from pathlib import Path
from types import SimpleNamespace
import semantic_tokens.tasks.nli, semantic_tokens.tasks.rerank
from semantic_tokens.fine_tuning.ragged import Ragged
import numpy as np, pyarrow.parquet as pq

def peak():
    line, = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])

class Named(dict):
    __getattr__ = dict.__getitem__

def tokenize(step, task, settings, *names):
    snakemake = SimpleNamespace(
        rule="tokenize", log=["log"], params=Named(settings={task: json.loads(settings)}, languages=["en"]),
        input=Named({name: f"{name}.parquet" for name in names}, tokenizer="tokenizer.json"),
        output=Named({task: "features.parquet"}), wildcards=Named(), resources=Named(),
    )
    runpy.run_path(step, {"snakemake": snakemake})

def load():
    Ragged.read(pq.ParquetFile("features.parquet"), "input_ids", np.arange(1000, dtype=np.int32))

before = peak()
globals()[sys.argv[1]](*sys.argv[2:])
Path("peak").write_text(f"{before} {peak()}")
"""


def measured(folder, *arguments):
    """Peak of memory before and after, in KiB."""
    command = [sys.executable, "-c", MEASURE, *arguments]
    subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}, check=True)
    return tuple(map(int, (folder / "peak").read_text().split()))


def tokenize(folder, task, *names):
    wordpiece(WORDS).save(str(folder / "tokenizer.json"))
    return measured(folder, "tokenize", str(STEPS["tokenize_tasks"]), task, json.dumps(vars(settings())), *names)


def write(folder, name, parts, schema=None):
    schema = schema or SCHEMAS[name]
    with pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pa.table(part, schema))


def texts(n, length):
    return [" ".join(row) for row in np.random.default_rng(length).choice(WORDS, (n, length))]


def test_two_million_pairs_are_tokenised_in_little_memory(tmp_path):
    part = [["en"] * ROWS, ["train"] * ROWS, texts(ROWS, 3), texts(ROWS, 2), np.arange(ROWS) % 3]
    write(tmp_path, "nli", [part] * 100)
    before, after = tokenize(tmp_path, "nli", "nli")
    assert pq.ParquetFile(tmp_path / "features.parquet").metadata.num_rows == 2_000_000
    assert after < 2048 * MIB
    assert after - before < 200 * MIB


def test_passages_that_are_not_asked_for_take_no_memory(tmp_path):
    ids = np.arange(100 * ROWS).reshape(100, ROWS).astype(str)
    write(tmp_path, "passages", ([["en"] * ROWS, row, [""] * ROWS, texts(ROWS, 20)] for row in ids))
    write(tmp_path, "queries", [[["en"], ["dev"], ["q"], ["cat"]]])
    write(tmp_path, "qrels", [[["en"] * 100, ["dev"] * 100, ["q"] * 100, ids[:, 7], [1] * 100]])
    write(tmp_path, "candidates", [[["en"] * 100, ["q"] * 100, ids[:, 8], np.arange(100)]])
    before, after = tokenize(tmp_path, "rerank", "queries", "passages", "qrels", "candidates")
    features = pq.ParquetFile(tmp_path / "features.parquet").read(["id"])["id"].to_pylist()
    assert sorted(features) == sorted(["q", *ids[:, 7], *ids[:, 8]])
    assert after - before < 200 * MIB


def test_features_are_loaded_in_the_memory_of_their_tokens(tmp_path):
    rows = np.random.default_rng(0).integers(0, 1000, (ROWS, 45), dtype=np.int32)
    tokens = pa.ListArray.from_arrays(np.arange(ROWS + 1, dtype=np.int32) * 45, rows.ravel())
    write(tmp_path, "features", [[tokens]] * 100, pa.schema([("input_ids", tokens.type)]))
    before, after = measured(tmp_path, "load")
    assert after - before < 2_000_000 * (45 * 4 + 3 * 8) / 1024 + 150 * MIB  # ids, offsets and what they are made of
