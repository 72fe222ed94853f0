"""Two processes on this machine, as a launcher starts them; the collectives are gloo's, on CPU."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from conftest import N_TOKENS
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint
from semantic_tokens.pretraining import processes
from semantic_tokens.pretraining.continual import ContinualPretraining, _run, start
from semantic_tokens.pretraining.token_cache import write_cache
from semantic_tokens.workflow import devices

TWO = "torchrun --standalone --nproc-per-node=$TWO"
SETTINGS = {
    "steps": 8, "batch_size": 6, "micro_batch": 2, "learning_rate": 1e-2, "warmup_ratio": 0.1, "weight_decay": 0.01,
    "mask_probability": 0.3, "language_sampling": 0.7, "checkpoint_every": 5, "sequence_length": 10,
}  # fmt: skip


@pytest.fixture
def single(bert, word_tokenizer, tmp_path) -> ContinualPretraining:
    """A model with dropout and the text to train it on; three micro-batches a step, so one process takes two."""
    rng = np.random.default_rng(0)
    rows = [{"lang": "en", "text": " ".join(f"w{i}" for i in rng.integers(0, 35, 8))} for _ in range(60)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "corpus.parquet")
    write_cache(tmp_path / "corpus.parquet", word_tokenizer, ["en"], 10, tmp_path / "rows.npy", tmp_path / "rows.json")
    word_tokenizer.save(str(tmp_path / "tokenizer.json"))
    checkpoint.save(bert, tmp_path / "start")
    tokens = [word_tokenizer.id_to_token(i) for i in range(N_TOKENS)]
    VocabularyPartition.identity(tokens, (0, 1, 2, 3, 4)).save(tmp_path / "partition.parquet")
    files = {"model": "start", "partition": "partition.parquet", "tokenizer": "tokenizer.json"}
    files |= {"rows": "rows.npy", "index": "rows.json"} | files
    paths = {name: str(tmp_path / file) for name, file in files.items()}
    return ContinualPretraining(
        **paths, settings=SETTINGS, seed=3, device="cpu", code="a", **written(tmp_path / "alone")
    )


def written(folder: Path) -> dict[str, str]:
    folder.mkdir()
    return {"checkpoint": f"{folder}/run.pt", "output": str(folder), "losses": f"{folder}/losses.csv"}


@pytest.mark.slow
def test_two_processes_train_like_one(single, tmp_path, monkeypatch):
    monkeypatch.setenv("TWO", "2")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    start(single, 0, None)
    together = ContinualPretraining(**vars(single) | written(tmp_path / "together"))
    start(together, 0, TWO)
    curves = [pd.read_csv(run.losses)["loss"].to_numpy() for run in (single, together)]
    assert len(curves[0]) == 8 and np.ptp(curves[0]) > 0.1
    np.testing.assert_allclose(curves[1], curves[0], atol=1e-4)
    alone, shared = (checkpoint.load_masked_lm(Path(run.output)).state_dict() for run in (single, together))
    for name, tensor in alone.items():
        torch.testing.assert_close(shared[name], tensor, atol=1e-3, rtol=0, msg=name)
    states = [torch.load(run.checkpoint, weights_only=True) for run in (single, together)]
    assert [state["identity"] for state in states].count(states[0]["identity"]) == 1, (
        "their sums differ in their last bits"
    )


@pytest.mark.slow
def test_sums_and_disagreement(tmp_path):
    script = tmp_path / "member.py"
    script.write_text(
        "import json, sys, torch\n"
        "from semantic_tokens.errors import InputError\n"
        "from semantic_tokens.pretraining import processes\n"
        "with processes.joined('cpu') as device:\n"
        "    rank, size = processes.rank_and_size()\n"
        "    found = torch.tensor([1.0 + rank]), torch.tensor([10.0 * rank])\n"
        "    processes.add_up(found)\n"
        "    processes.require_agreement(5)\n"
        "    try:\n"
        "        processes.require_agreement(5 + rank)\n"
        "        error = ''\n"
        "    except InputError as problem:\n"
        "        error = str(problem)\n"
        "    told = [device, rank, size, found[0].item(), found[1].item(), error]\n"
        "    open(f'{sys.argv[1]}/{rank}.json', 'w').write(json.dumps(told))\n"
        "assert processes.rank_and_size() == (0, 1)\n"
    )
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run([*command, str(script), str(tmp_path)], env=environment, check=True)
    told = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1)]
    assert [one[:5] for one in told] == [["cpu", 0, 2, 3.0, 10.0], ["cpu", 1, 2, 3.0, 10.0]]
    assert all("resume from steps [5, 6]" in one[5] for one in told)


def test_a_failing_process_fails_the_run(single):
    with pytest.raises(subprocess.CalledProcessError):
        start(single, 0, f"{sys.executable} -c 'raise SystemExit(3)'")


def test_a_launcher_is_asked_to_end_when_the_step_must(single, tmp_path):
    """SIGKILL would leave its processes behind, which continue training."""
    told = tmp_path / "told"
    launcher = tmp_path / "launcher.sh"
    launcher.write_text(
        f"trap 'echo ended > {told}; exit 0' TERM\nsleep 1\nkill -ALRM $PPID\nwhile :; do sleep 0.1; done\n"
    )

    def end(*_):
        raise SystemExit

    before = signal.signal(signal.SIGALRM, end)
    try:
        with pytest.raises(SystemExit):
            start(single, 0, f"bash {launcher}")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert told.read_text() == "ended\n"


def test_one_process_a_gpu(single, monkeypatch):
    started, single = [], replace(single, device="cuda")
    monkeypatch.setattr("semantic_tokens.pretraining.continual._run", lambda command, _: started.append(command))
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    start(single, 4, None)
    start(single, 4, "srun torchrun --nnodes=2")
    described = str(Path(single.losses).with_name("run.json"))
    tail = ["-m", "semantic_tokens.pretraining", described]
    assert started == [
        ["torchrun", "--standalone", "--nproc-per-node=4", *tail],
        ["srun", "torchrun", "--nnodes=2", *tail],
    ]
    assert ContinualPretraining(**json.loads(Path(described).read_text(encoding="utf-8"))) == single


@pytest.mark.parametrize(
    ("device", "there", "said"),
    [
        ("cpu", 0, "computes on the CPU: .* at most 1"),
        ("cpu", 4, "computes on the CPU: .* at most 1"),
        ("cuda", 3, "sees 3: .* at most 3"),
    ],
)
def test_several_gpus_that_are_not_there_are_an_error(single, monkeypatch, device, there, said):
    monkeypatch.setattr("semantic_tokens.pretraining.continual._run", lambda *_: pytest.fail("started"))
    monkeypatch.setattr("torch.cuda.device_count", lambda: there)
    with pytest.raises(InputError, match=f"gpu=4 .* {said}"):
        start(replace(single, device=device), 4, None)


def test_a_launcher_keeps_the_gpu_after_a_step_that_was_killed(tmp_path):
    """SIGKILL leaves the launcher and its processes behind, which continue computing on the device."""
    told = tmp_path / "told"
    launcher = ["sh", "-c", f"echo $$ > {told}.part && mv {told}.part {told} && exec sleep 60"]

    def hold_and_launch():
        devices.take(["GPU-0"], 1, tmp_path)
        _run(launcher, dict(os.environ))

    step = multiprocessing.get_context("fork").Process(target=hold_and_launch)
    step.start()
    wait_until(told.exists)
    step.kill()
    step.join()
    assert devices._lock(["GPU-0"], 1, tmp_path) == {}
    os.kill(int(told.read_text()), signal.SIGKILL)
    wait_until(lambda: devices._lock(["GPU-0"], 1, tmp_path))


def wait_until(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("batch", "micro_batch", "size", "lengths"),
    [(10, None, 1, [10]), (10, None, 2, [5, 5]), (10, 4, 1, [3, 3, 4]), (10, 4, 3, [3, 3, 4]), (4, 9, 1, [4])],
)
def test_micro_batches_cover_the_batch_once(monkeypatch, batch, micro_batch, size, lengths):
    monkeypatch.setattr(processes, "rank_and_size", lambda: (0, size))
    parts = processes.micro_batches(batch, micro_batch)
    assert [part.stop - part.start for part in parts] == lengths
    assert np.concatenate([np.arange(batch)[part] for part in parts]).tolist() == list(range(batch))


@pytest.mark.parametrize(("batch", "micro_batch"), [(10, 5), (2, None), (2, 1)])
def test_too_few_micro_batches_for_the_processes(monkeypatch, batch, micro_batch):
    monkeypatch.setattr(processes, "rank_and_size", lambda: (0, 3))
    with pytest.raises(InputError, match="3 processes share a batch_size of"):
        processes.micro_batches(batch, micro_batch)
