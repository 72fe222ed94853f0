"""Round-Trip pairs: words that are nearest to each other before alignment, a regulariser (paper, appendix B).

The paper says no more than "the pair of word that are the nearest neighbors to each other in the embedding space". Here
the space is the whole table to be aligned, and the words are all tokens that are words, whatever their language: a
shared vocabulary does not say it, and "each other" needs no second language. The pairs form a language pair by
themselves, which takes its share of every batch and is never held out, since it holds no translations."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize
from tqdm import tqdm

from semantic_tokens.alignment.pairs import TokenPairs
from semantic_tokens.alignment.words import SingleSubwords
from semantic_tokens.conditions import ROUND_TRIP


def with_round_trip(pairs: TokenPairs, embeddings: Tensor, tokenizer: Tokenizer) -> TokenPairs:
    """`pairs` and behind them the Round-Trip pairs of `embeddings` [V, d], in the pair of languages (round-trip,
    round-trip)."""
    a, b = mutual_neighbours(embeddings, SingleSubwords(tokenizer).word_ids())
    row = {"lang_a": ROUND_TRIP, "lang_b": ROUND_TRIP, "given": len(a), "kept": len(a)}
    return replace(
        pairs,
        a=np.concatenate([pairs.a, a]),
        b=np.concatenate([pairs.b, b]),
        language_pair=np.concatenate([pairs.language_pair, np.full(len(a), len(pairs.names))]),
        names=(*pairs.names, (ROUND_TRIP, ROUND_TRIP)),
        coverage=pa.concat_tables([pairs.coverage, pa.Table.from_pylist([row], pairs.coverage.schema)]),
    )


def mutual_neighbours(embeddings: Tensor, ids: np.ndarray, block: int = 4096) -> tuple[np.ndarray, np.ndarray]:
    """int64 [n], twice: the pairs among the rows `ids` (ascending) of `embeddings` [V, d] whose nearest other row, by
    cosine, is each other's; a < b, ascending. Exact; of rows equally near the first counts.

    Needs memory for block x block cosines. Each block serves both its rows and its columns, which halves the work and
    gives both directions the same cosine.
    """
    index = torch.from_numpy(ids).to(embeddings.device)
    best = torch.full((len(ids),), -torch.inf, device=embeddings.device)
    nearest = torch.full((len(ids),), -1, device=embeddings.device)

    def update(rows: slice, others: slice, cosine: Tensor) -> None:
        found = cosine.argmax(dim=1)
        value = cosine.gather(1, found[:, None])[:, 0]
        closer = value > best[rows]
        best[rows] = torch.where(closer, value, best[rows])
        nearest[rows] = torch.where(closer, found + others.start, nearest[rows])

    blocks = [slice(start, min(start + block, len(ids))) for start in range(0, len(ids), block)]
    for number, rows in enumerate(tqdm(blocks, desc="nearest neighbours", unit="block", delay=5)):
        one = normalize(embeddings[index[rows]], dim=1)
        for others in blocks[number:]:
            cosine = one @ normalize(embeddings[index[others]], dim=1).T
            if others == rows:
                cosine.fill_diagonal_(-torch.inf)
            else:
                update(others, rows, cosine.T)
            update(rows, others, cosine)
    chosen = nearest.cpu().numpy()
    a = np.flatnonzero((chosen >= 0) & (np.arange(len(ids)) < chosen))
    a = a[chosen[chosen[a]] == a]
    return ids[a], ids[chosen[a]]
