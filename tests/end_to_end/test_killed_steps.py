"""Fine-tuning steps, killed without warning at any moment and called again, write the scores of an uninterrupted
one."""

import json
import os
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import torch

from semantic_tokens import tables
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.tasks import nli, qa
from support import ROOT, STEPS
from support.toy_examples import nli_tables, qa_tables
from support.toy_tasks import encoded, saved_backbone, settings, values_of, wordpiece

WILDCARDS = {
    "backbone": "toy", "dim": "32", "alignment": "none", "grouping": "full", "pretraining": "none",
    "transfer": "in-language", "seed": "3", "tasks": "nli+qa",
}  # fmt: skip
TEXTS = (("nli", "premise"), ("nli", "hypothesis"), ("qa", "question"), ("qa", "context"))
# Writes a checkpoint at each update, and dies at the call of the kind `KILL` names.
RUN = """
import json, os, runpy, signal, sys
from pathlib import Path
from types import SimpleNamespace
from semantic_tokens import resumable
from semantic_tokens.fine_tuning import network, training

class Named(dict):
    __getattr__ = dict.__getitem__

def die_at(module, name, call):
    calls, own = [], getattr(module, name)

    def dying(*given, **named):
        calls.append(1)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return own(*given, **named)

    setattr(module, name, dying)

resumable.SECONDS = 0
kind, call = json.loads(sys.argv[1])
if kind == "update":
    die_at(training, "clip_gradients", call)
elif kind == "writing":  # the new file is there under its temporary name, the old one not yet replaced
    die_at(Path, "replace", call)
elif kind == "evaluation":
    die_at(network, "batches_within", call)
step, parts = json.load(open("job.json"))
fake = {name: Named(values) for name, values in parts.items()}
runpy.run_path(step, {"snakemake": SimpleNamespace(rule="toy", log=["log"], resources=Named(), **fake)})
"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The files that `score` reads, in a folder."""
    folder = tmp_path_factory.mktemp("inputs")
    toys = {"nli": (nli, nli_tables(30)), "qa": (qa, qa_tables(20))}
    texts = [toys[name][1][name][column] for name, column in TEXTS]
    tokenizer = wordpiece(text for column in texts for text in column.to_pylist())
    for name, (task, toy) in toys.items():
        tables.write(name, toy[name], folder / f"{name}.parquet")
        features = encoded(task, toy, tokenizer, settings(max_length=24)).read()
        pq.write_table(features, folder / f"{name}_features.parquet")
    n = tokenizer.get_vocab_size()
    VocabularyPartition.identity([tokenizer.id_to_token(i) for i in range(n)]).save(folder / "partition.parquet")
    torch.manual_seed(0)
    saved_backbone("bert", folder / "model", n)
    return folder


def run(inputs, folder, kind="", call=0, code="of the test"):
    """The step in a separate process, in `folder`; returns its exit status."""
    folder.mkdir(exist_ok=True)
    names = ("nli_features", "qa_features", "nli", "qa", "partition")
    files = {name: str(inputs / f"{name}.parquet") for name in names}
    files |= {"config": str(inputs / "model/config.json"), "model": str(inputs / "model/model.safetensors")}
    chosen = settings(epochs=2, max_length=24)
    params = {
        "settings": {task.TASK.name: values_of(chosen, task) for task in (nli, qa)},
        "split": "test", "seed": 0, "device": "cpu", "precision": "float32",
        "host_memory": 8e9, "threads": 1, "checkpoints": "checkpoints/here", "code": code,
    }  # fmt: skip
    job = {"input": files, "output": {"scores": "out/scores.parquet"}, "params": params, "wildcards": WILDCARDS}
    (folder / "job.json").write_text(json.dumps([str(STEPS["score"]), job]))
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    command = [sys.executable, "-c", RUN, json.dumps([kind, call])]
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


@pytest.fixture(scope="module")
def expected(inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    assert run(inputs, folder) == 0, (folder / "log").read_text()
    assert pq.read_table(folder / "out/scores.parquet").num_rows == 8
    return (folder / "out/scores.parquet").read_bytes()


# Of the 14 updates the first 8 are the first task's, of which 4 make an epoch.
@pytest.mark.parametrize(
    "moments",
    [
        [("update", 6)],
        [("writing", 12)],
        [("evaluation", 2)],
        [("update", 2), ("writing", 3), ("update", 3), ("evaluation", 1)],
    ],
    ids=str,
)
def test_a_killed_step_resumes_to_the_same_scores(moments, inputs, expected, tmp_path):
    for kind, call in moments:
        assert run(inputs, tmp_path, kind, call) == -signal.SIGKILL
        assert list((tmp_path / "checkpoints/here").glob("*.pt"))
        assert not (tmp_path / "out/scores.parquet").exists()
    assert run(inputs, tmp_path) == 0, (tmp_path / "log").read_text()
    assert (tmp_path / "out/scores.parquet").read_bytes() == expected
    assert (tmp_path / "log").read_text().count("resumed after") >= len(moments)
    assert not (tmp_path / "checkpoints/here").exists()


def test_a_checkpoint_of_other_code_is_not_taken_up(inputs, expected, tmp_path):
    assert run(inputs, tmp_path, "update", 6, "before an edit") == -signal.SIGKILL
    assert torch.load(tmp_path / "checkpoints/here/nli.pt", weights_only=True)["schedule"]["last_epoch"] == 5
    assert run(inputs, tmp_path) == 0
    assert "belongs to another run" in (tmp_path / "log").read_text()
    assert (tmp_path / "out/scores.parquet").read_bytes() == expected
