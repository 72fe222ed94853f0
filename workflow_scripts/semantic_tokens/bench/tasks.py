"""Fine-tuning and encoding against sentence-transformers and plain loops over transformers; small unless mBERT's size
is asked for.

What a user sets up once (tokenizer, data set, collator) is set up before the timing; a new model for each epoch of
fine-tuning is part of it on both sides.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import numpy as np
import torch

from semantic_tokens.bench import encoding, fine_tuning
from semantic_tokens.bench.comparison import Benchmark
from semantic_tokens.bench.fine_tuning import Trained
from semantic_tokens.bench.inputs import MBERT, SMALL, Workload

SAME = 1e-4  # of a loss, and of a number of a vector


def comparison(name: str, full: bool) -> Benchmark:
    """The row finetune-nli-* (one epoch over pairs) or encode-* (passages, from text to vectors) of this name."""
    sizes = MBERT if full else SMALL
    device = "cuda" if full and torch.cuda.is_available() else "cpu"
    build = _fine_tuning if name.startswith("finetune-") else _encoding
    return build(name, sizes, device)


def _fine_tuning(name: str, sizes: Workload, device: str) -> Benchmark:
    padded = name == "finetune-nli-padded"
    longest = "128 tokens" if padded else "their longest"
    pairs, collate = fine_tuning.pairs_of(sizes), fine_tuning.collator(padded)
    listed = fine_tuning.examples(pairs)

    def difference(ours: Trained, theirs: Trained) -> float:
        """Infinite where one side trained on more."""
        if ours != theirs:
            return float("inf")
        return fine_tuning.first_loss_difference(pairs, listed, collate, sizes, device)

    return Benchmark(
        name=name,
        peer=f"plain loop, transformers {version('transformers')}: shuffled batches, padded to {longest}",
        ours=partial(fine_tuning.fine_tune_ours, pairs, sizes, device),
        theirs=partial(fine_tuning.fine_tune_plainly, listed, collate, sizes, device),
        difference=difference,
        allowed=SAME,
        work=("examples", sizes.pairs),
    )


def _encoding(name: str, sizes: Workload, device: str) -> Benchmark:
    encoder, texts = encoding.encoder_of(sizes, device), encoding.texts_of(sizes)
    theirs: Callable[[], np.ndarray]
    if name == "encode-sentence-transformers":
        peer = f"sentence-transformers {version('sentence-transformers')}"
        theirs = partial(encoding.encode_by_library, encoding.library_of(sizes, device), texts)
    else:
        peer = f"plain loop, transformers {version('transformers')}: batches as they come, padded to their longest"
        theirs = partial(encoding.encode_plainly, encoder, texts)
    return Benchmark(
        name=name,
        peer=peer,
        ours=partial(encoding.encode_ours, encoder, texts),
        theirs=theirs,
        difference=lambda ours, theirs: float(np.abs(ours - theirs).max()),
        allowed=SAME,
        work=("passages", sizes.passages),
    )
