"""First stage of ranking: BM25 candidates for every query, within its language."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from semantic_tokens.tasks.segmentation import search_terms

K1, B = 0.9, 0.4  # Anserini's, with which MIRACL's baseline was made


def candidates(queries: pa.Table, passages: pa.Table, depth: int) -> pa.Table:
    """Canonical table `candidates`: up to `depth` passages a query, best first (rank 1), score above 0 only.

    A passage is indexed as "title text". Ties go to the smaller passage id. A query that shares no term with any
    passage of its language gets no rows.
    """
    languages = sorted(pc.unique(queries["lang"]).to_pylist())
    parts = [
        _language_candidates(
            lang,
            queries.filter(pc.equal(queries["lang"], lang)),
            passages.filter(pc.equal(passages["lang"], lang)),
            depth,
        )
        for lang in languages
    ]
    return pa.concat_tables(parts)


def best(scores: np.ndarray, depth: int) -> np.ndarray:
    """Positions of the `depth` best positive scores, best first, equal ones in their order."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > depth:
        threshold = np.partition(scores[positive], -depth)[-depth]
        positive = positive[scores[positive] >= threshold]
    return positive[np.argsort(-scores[positive], kind="stable")][:depth]


def _language_candidates(lang: str, queries: pa.Table, passages: pa.Table, depth: int) -> pa.Table:
    import bm25s

    passages = passages.sort_by("passage_id")  # the order in which ties are broken
    texts = zip(passages["title"].to_pylist(), passages["text"].to_pylist(), strict=True)
    terms = [search_terms(f"{title} {text}") for title, text in texts]
    found: list[np.ndarray] = []
    if any(terms):
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index(terms, show_progress=False)
        for text in tqdm(queries["text"].to_pylist(), desc=f"BM25 {lang}", delay=2, mininterval=2):
            found.append(best(index.get_scores(search_terms(text) or [""]), depth))
    else:
        found = [np.empty(0, np.int64)] * len(queries)
    counts = [len(rows) for rows in found]
    rows = np.concatenate([np.empty(0, np.int64), *found])
    return pa.table(
        {
            "lang": pa.array([lang] * len(rows), pa.string()),
            "query_id": queries["query_id"].take(np.repeat(np.arange(len(queries)), counts)),
            "passage_id": passages["passage_id"].take(rows),
            "rank": pa.array(np.concatenate([np.empty(0), *(np.arange(1, n + 1) for n in counts)]), pa.int32()),
        }
    )
