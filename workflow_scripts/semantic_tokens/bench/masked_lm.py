"""One pretraining step (forward, backward, clipping, AdamW) against the library's model with its full logit matrix.

Both start from the same random weights, read the same batch with the same dropout, and use the same optimizer. The
default size has mBERT's vocabulary over a small encoder, for two CPU cores; BENCH=full has mBERT's shape.
`python -m semantic_tokens.bench.masked_lm ours mlm-step-100` prints the peak memory of one of the two, in MiB.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import torch
import transformers
from transformers import BertConfig, BertForMaskedLM, PreTrainedModel

from semantic_tokens.bench.comparison import Benchmark
from semantic_tokens.peak_memory import peak_resident
from semantic_tokens.pretraining.masking import MaskingVocabulary, mask_rows
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.training import dropout_seed, training_state, training_step

_LENGTH = 128
_SPECIAL, _MASK = (0, 100, 101, 102, 103), 103  # mBERT's
GROUPS = {"mlm-step-100": 119_547, "mlm-step-05": 5_977}
_SEED = 0
_RESIDENT = 4  # weights, gradients and AdamW's two moments


@dataclass(frozen=True)
class Setup:
    vocabulary: int
    dim: int
    layers: int
    batch: int
    device: str


def comparison(name: str, full: bool) -> Benchmark:
    """At mBERT's 100% or 5% of |V|. The result is a step's loss, so every pair compares the steps before it too."""
    setup = _setup(name, full)
    built = [cache(partial(build, setup)) for build in (ours, library)]
    return Benchmark(
        name=name,
        peer=f"transformers {transformers.__version__}, full logit matrix",
        ours=lambda: built[0]()(),
        theirs=lambda: built[1]()(),
        difference=lambda loss, wanted: abs(loss - wanted),
        # bfloat16 rounds the two differently from the second step on.
        allowed=1e-5 if setup.device == "cpu" else 1e-3,
        measures=partial(_peaks, name, full, built),
        work=("steps", 1),
    )


def _setup(name: str, full: bool) -> Setup:
    device = "cuda" if full and torch.cuda.is_available() else "cpu"
    dim, layers = (768, 12) if full else (256, 4)
    return Setup(GROUPS[name], dim, layers, 128 if device == "cuda" else 16, device)


def ours(setup: Setup) -> Callable[[], float]:
    """A function that takes one step and gives its loss."""
    state, batch = training_state(_model(setup), _schedule(setup), _SEED), _batch(setup)
    return lambda: training_step(state, *batch)


def library(setup: Setup) -> Callable[[], float]:
    """The same step as transformers' documentation has it: the loss comes from the model, whole logits included."""
    state = training_state(_model(setup), _schedule(setup), _SEED)  # the same AdamW
    batch = [torch.from_numpy(ids).to(setup.device) for ids in _batch(setup)]

    def step() -> float:
        torch.manual_seed(dropout_seed(_SEED, len(state.losses), 0))
        with torch.autocast(setup.device, torch.bfloat16, enabled=setup.device == "cuda"):
            loss = state.model(input_ids=batch[0], labels=batch[1]).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        state.optimizer.step()
        state.optimizer.zero_grad()
        state.scheduler.step()
        state.losses.append(loss.item())
        return state.losses[-1]

    return step


def _model(setup: Setup) -> PreTrainedModel:
    torch.manual_seed(_SEED)
    config = BertConfig(
        vocab_size=setup.vocabulary, hidden_size=setup.dim, num_hidden_layers=setup.layers,
        num_attention_heads=setup.dim // 64, intermediate_size=4 * setup.dim,
    )  # fmt: skip
    model: torch.nn.Module = BertForMaskedLM(config)
    return model.to(setup.device)  # type: ignore[return-value]


def _schedule(setup: Setup) -> PretrainingSettings:
    return PretrainingSettings(
        steps=25_000, batch_size=setup.batch, sequence_length=_LENGTH, learning_rate=1e-4, checkpoint_every=500
    )


def _batch(setup: Setup) -> tuple[np.ndarray, np.ndarray]:
    ids = np.random.default_rng(_SEED).integers(104, setup.vocabulary, (setup.batch, _LENGTH))
    return mask_rows(ids, MaskingVocabulary(setup.vocabulary, _MASK, _SPECIAL), 0.15, _SEED, 0)


def _peaks(name: str, full: bool, built: list[Any]) -> dict[str, float]:
    """Of fresh processes. Those get the memory of the models timed here, which the caches `built` hold until now."""
    for model in built:
        model.cache_clear()
    torch.cuda.empty_cache()
    return {
        "ours_peak_mib": _peak_of_a_fresh_process("ours", name, full),
        "peer_peak_mib": _peak_of_a_fresh_process("library", name, full),
    }


def _peak_of_a_fresh_process(which: str, name: str, full: bool) -> float:
    command = [sys.executable, "-m", "semantic_tokens.bench.masked_lm", which, name]
    environment = os.environ | {"BENCH": "full" if full else ""}
    return float(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)


def peak_mib(build: Callable[[Setup], Callable[[], float]], setup: Setup) -> float:
    """Peak memory of two steps above weights, gradients and optimizer; of this process, so only in a fresh one."""
    before = peak_resident()
    step = build(setup)
    step()
    step()
    peak = torch.cuda.max_memory_allocated() if setup.device == "cuda" else peak_resident() - before
    weights = sum(parameter.nbytes for parameter in _model(setup).parameters())
    return (peak - _RESIDENT * weights) / 2**20


if __name__ == "__main__":
    print(peak_mib({"ours": ours, "library": library}[sys.argv[1]], _setup(sys.argv[2], os.environ["BENCH"] == "full")))
