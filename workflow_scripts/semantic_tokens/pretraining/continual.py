"""Continual pretraining of a grouped model, from files to files: in this process or in several of a launcher."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.pretraining import processes
from semantic_tokens.pretraining.masking import masking_vocabulary
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import read_cache
from semantic_tokens.pretraining.training import pretrain, write_losses
from semantic_tokens.workflow import devices


@dataclass(frozen=True)
class ContinualPretraining:
    """One run. `model` and `output` are checkpoint folders, `settings` the fields of `PretrainingSettings`; `device` is
    cpu or cuda.

    `code` identifies the code, see `pretrain`.
    """

    model: str
    partition: str
    tokenizer: str
    rows: str
    index: str
    settings: dict[str, Any]
    seed: int
    device: str
    code: str
    checkpoint: str
    output: str
    losses: str


def start(run: ContinualPretraining, gpus: int, launcher: str | None) -> None:
    """Run it: in this process with at most one GPU, in one process per GPU, or in those that `launcher` starts.

    launcher: a command that runs a Python module in each of its processes, such as `torchrun --nnodes=2 ...`;
    environment variables are expanded. Raises InputError if there are fewer than `gpus` GPUs, and CalledProcessError if
    a process fails, which has then printed why.
    """
    if launcher is None and gpus < 2:
        train(run, run.device)
        return
    if launcher is None:
        _require_gpus(run.device, gpus)
    command = launcher or f"torchrun --standalone --nproc-per-node={gpus}"
    described = Path(run.losses).with_name("run.json")
    described.write_text(json.dumps(asdict(run)), encoding="utf-8")
    # Commands that were installed beside this Python come first; progress bars go to a log.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "TQDM_MININTERVAL": "10"}
    words = [os.path.expandvars(word) for word in shlex.split(command)]
    _run([*words, "-m", "semantic_tokens.pretraining", str(described)], environment)


def _require_gpus(device: str, wanted: int) -> None:
    """Processes that share one device, or the processor, would hold its memory several times and gain nothing."""
    there = torch.cuda.device_count() if device == "cuda" else 0
    if there < wanted:
        found = f"sees {there}" if device == "cuda" else "computes on the CPU"
        raise InputError(
            f"continue_pretraining: gpu={wanted} starts a process for each of {wanted} GPUs, but this job {found}: "
            f"set its resource gpu to at most {max(there, 1)}"
        )


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run a launcher to its end; if the step must end earlier, ask it to terminate, so that it ends its processes too.

    It gets the locks on this step's GPUs: it outlives a SIGKILL of the step, and they stay taken until it ends.
    """
    with subprocess.Popen(command, env=environment, pass_fds=devices.held()) as process:
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status:
        raise subprocess.CalledProcessError(status, command)


def train(run: ContinualPretraining, device: str) -> None:
    """Run in this process, alone or among those that it has joined; the first of them writes the output."""
    partition = VocabularyPartition.load(Path(run.partition))
    vocabulary = masking_vocabulary(read_vocabulary(Path(run.tokenizer)), partition.group_of)
    model = checkpoint.load_masked_lm(Path(run.model))
    losses = pretrain(
        model, read_cache(Path(run.rows), Path(run.index)), partition.token_lookup(), vocabulary,
        PretrainingSettings(**run.settings), run.seed, Path(run.checkpoint), device, run.code,
    )  # fmt: skip
    if processes.rank_and_size()[0] == 0:
        checkpoint.save(model, Path(run.output))
        write_losses(losses, Path(run.losses))
