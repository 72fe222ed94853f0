"""Exact nearest neighbours by cosine, in blocks: memory does not grow with the number of rows or of queries."""

import numpy as np
from tqdm import tqdm

from semantic_tokens.siblings.geometry.table import BLOCK, EmbeddingTable

QUERIES = 512  # at a time


def nearest_rows(table: EmbeddingTable, queries: np.ndarray, k: int) -> np.ndarray:
    """int64 [q, k]: for each query row (int [q]) the nearest others, nearest first; ties go to the lowest number.

    Every row is compared. Fewer than k columns where the table has fewer other rows.
    """
    norms, k = table.norms(), min(k, len(table.rows) - 1)
    parts = [queries[start : start + QUERIES] for start in range(0, len(queries), QUERIES)]
    progress = tqdm(parts, desc=f"{k} nearest of {len(table.rows):,} rows", unit=f"{QUERIES} queries", delay=5)
    return np.concatenate([_nearest(table, norms, part, k) for part in progress] or [np.empty((0, k), np.int64)])


def _nearest(table: EmbeddingTable, norms: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    unit = table.unit_rows(queries)
    best = np.full((len(queries), k), -np.inf, np.float32)
    ids = np.zeros((len(queries), k), np.int64)
    for start in range(0, len(norms), BLOCK):
        stop = min(start + BLOCK, len(norms))
        cosine = unit @ table.rows[start:stop].T
        cosine /= norms[start:stop]
        inside = np.flatnonzero((queries >= start) & (queries < stop))
        cosine[inside, queries[inside] - start] = -np.inf  # a row is not its own neighbour
        best, ids = _merge(best, ids, cosine, start)
    return ids


def _merge(best: np.ndarray, ids: np.ndarray, cosine: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best of those so far and of a further block [q, b] whose first column is row `start`."""
    k, worst = best.shape[1], best[:, -1]
    if cosine.shape[1] > k:  # at first everything is better than nothing: ask for the block's own k best
        worst = np.maximum(worst, np.partition(cosine, -k, axis=1)[:, -k]) if np.isneginf(worst).any() else worst
    query, column = np.nonzero(cosine >= worst[:, None])
    all_query = np.concatenate([np.repeat(np.arange(len(best)), k), query])
    all_cosine = np.concatenate([best.ravel(), cosine[query, column]])
    all_ids = np.concatenate([ids.ravel(), column + start])
    order = np.lexsort((all_ids, -all_cosine, all_query))
    counts = np.bincount(all_query, minlength=len(best))
    first = np.cumsum(counts) - counts
    chosen = order[first[:, None] + np.arange(k)]
    return all_cosine[chosen], all_ids[chosen]


def nearest_tokens(table: EmbeddingTable, tokens: np.ndarray, rows: np.ndarray, k: int, seed: int) -> list[np.ndarray]:
    """For each token (int [q]) its k nearest others, the nearest first; `rows` int [q, >= k]: the nearest of its row.

    The members of its own group are nearest, at cosine 1, then those of the next row. Members are equally near; a
    seeded shuffle, not the id, says which come first, for ids go by frequency and script.
    """
    members = _shuffled_members(table, seed)
    found = []
    for token, nearest in zip(tokens.tolist(), rows, strict=True):
        own = members[table.row_of[token]]
        near, held = [own[: k + 1][own[: k + 1] != token]], len(own) - 1
        for row in nearest:
            if held >= k:
                break
            near.append(members[row][:k])
            held += len(members[row])
        found.append(np.concatenate(near)[:k])
    return found


def _shuffled_members(table: EmbeddingTable, seed: int) -> list[np.ndarray]:
    """For each row its tokens, in a random order."""
    shuffled = np.random.default_rng(seed).permutation(len(table))
    by_row = shuffled[np.argsort(table.row_of[shuffled], kind="stable")]
    return np.split(by_row, np.cumsum(np.bincount(table.row_of))[:-1])
