"""Fine-tuning and encoding beside plain loops and sentence-transformers; small unless mBERT's size is asked for."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version

import numpy as np
import torch

from semantic_tokens.bench.comparison import Comparison
from semantic_tokens.bench.encoding import encode_by_library, encode_ours, encode_plainly
from semantic_tokens.bench.fine_tuning import fine_tune_ours, fine_tune_plainly, work_difference
from semantic_tokens.bench.inputs import MBERT, SMALL, Sizes


def comparisons(full: bool) -> Iterator[Comparison]:
    """Rows finetune-nli-* (one epoch over pairs) and encode-* (passages, from text to vectors)."""
    sizes = MBERT if full else SMALL
    device = "cuda" if full and torch.cuda.is_available() else "cpu"
    for padded in (True, False):
        longest = "128 tokens" if padded else "their longest"
        yield Comparison(
            name=f"finetune-nli-{'padded' if padded else 'dynamic'}",
            peer=f"plain loop, transformers {version('transformers')}: shuffled batches, padded to {longest}",
            ours=partial(fine_tune_ours, sizes, device),
            theirs=partial(fine_tune_plainly, sizes, device, padded),
            difference=partial(work_difference, sizes, device, padded),
            allowed=1e-4,
            measures=lambda: {"examples": sizes.pairs},
        )
    library = f"sentence-transformers {version('sentence-transformers')}"
    plain = f"plain loop, transformers {version('transformers')}: batches as they come, padded to their longest"
    yield _encoding("encode-sentence-transformers", library, encode_by_library, sizes, device)
    yield _encoding("encode-padded", plain, encode_plainly, sizes, device)


def _encoding(
    name: str, peer: str, theirs: Callable[[Sizes, str], np.ndarray], sizes: Sizes, device: str
) -> Comparison:
    return Comparison(
        name=name,
        peer=peer,
        ours=partial(encode_ours, sizes, device),
        theirs=partial(theirs, sizes, device),
        difference=_largest_difference,
        allowed=1e-4,
        measures=lambda: {"passages": sizes.passages},
    )


def _largest_difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max())
