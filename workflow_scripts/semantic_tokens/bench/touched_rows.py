"""Fine-tuning over a large vocabulary: the rows of the table that the data holds, against the whole table.

The encoder has the shape of multilingual-e5-small (12 layers, 384 wide, XLM-R's vocabulary) and random weights. Both
sides continue from their last weights, so that every pair compares the updates before it too.
`python -m semantic_tokens.bench.touched_rows ours` prints the peak memory of a side, in MiB.
"""

import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from transformers import PreTrainedModel

from semantic_tokens.bench.comparison import Benchmark
from semantic_tokens.bench.fine_tuning import LABELS, SETTINGS, classifier
from semantic_tokens.bench.inputs import XNLI, Workload, lengths_of_texts
from semantic_tokens.fine_tuning.network import model_inputs
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.training import fine_tune
from semantic_tokens.fine_tuning.updates import mean_loss
from semantic_tokens.peak_memory import peak_resident

Model = weakref.ref[PreTrainedModel]


E5_SMALL = Workload(vocabulary=250_002, dim=384, layers=12, heads=12, passages=0, pairs=64)
HELD = 20_000  # different ids in the data, at most
UPDATES = 2  # of a run
SIDES = ("ours", "whole")


def comparison(name: str, full: bool) -> Benchmark:
    """The row of this name; its size is a real one with and without `full`. On a CPU, whose bits are compared."""
    built = {side: cache(partial(run_of, side, E5_SMALL)) for side in SIDES}
    return Benchmark(
        name=name,
        peer="the same loop, training the whole table",
        ours=lambda: built["ours"]()(),
        theirs=lambda: built["whole"]()(),
        difference=difference,
        allowed=0,
        measures=partial(_peaks, built),
        work=("updates", UPDATES),
    )


def run_of(side: str, sizes: Workload) -> Callable[[], Model]:
    """A function that trains on the data once more and gives the model. Only it holds that."""
    model, lengths = classifier(sizes, "cpu"), lengths_of_texts(XNLI, sizes.pairs, 0)
    rng = np.random.default_rng(0)
    held = rng.choice(sizes.vocabulary, min(HELD, sizes.vocabulary // 2), replace=False)
    rows = Ragged.from_lists([rng.choice(held, length) for length in lengths])

    def loss_of(batch: np.ndarray) -> torch.Tensor:
        logits = model(**model_inputs(model, rows.take(batch), 0)).logits
        return F.cross_entropy(logits, torch.from_numpy(batch % LABELS))

    def batches(_: np.random.Generator) -> list[np.ndarray]:
        return np.split(np.arange(sizes.pairs), UPDATES)

    update, ids = mean_loss(loss_of, UpdatePlan()), held if side == "ours" else None
    return lambda: weakref.ref(fine_tune(model, batches, update, SETTINGS, 0, "bench", ids)[0])


def difference(ours: Model, theirs: Model) -> float:
    """The largest of any weight; NaN counts."""
    weights = [list(model.parameters()) for side in (ours, theirs) if (model := side()) is not None]
    return float(torch.stack([(a.detach() - b.detach()).abs().max() for a, b in zip(*weights, strict=True)]).max())


def _peaks(built: dict[str, Any]) -> dict[str, float]:
    """Of fresh processes, which get the memory of the models timed here."""
    for made in built.values():
        made.cache_clear()
    return {name: _peak(side) for name, side in (("ours_peak_mib", "ours"), ("peer_peak_mib", "whole"))}


def _peak(side: str) -> float:
    command = [sys.executable, "-m", "semantic_tokens.bench.touched_rows", side]
    return float(subprocess.run(command, env=os.environ, check=True, stdout=subprocess.PIPE, text=True).stdout)


def peak_mib(side: str, sizes: Workload) -> float:
    """Peak memory of one run above the weights, in MiB; of this process, so only in a fresh one."""
    before = peak_resident()
    run = run_of(side, sizes)
    model = run()()
    assert model is not None  # `run` holds it
    return (peak_resident() - before - sum(p.nbytes for p in model.parameters())) / 2**20


if __name__ == "__main__":
    print(peak_mib(sys.argv[1], E5_SMALL))
