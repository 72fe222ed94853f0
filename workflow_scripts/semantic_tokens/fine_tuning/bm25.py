"""First stage of ranking: BM25 candidates for every query, within its language.

Memory: one language at a time, its terms as numbers and its index, not its text. That is 1.5 GiB for a million passages
of a hundred words (measured: 0.29 GiB for 200,000), so below 2 GiB up to a million passages per language, but some 50
GiB for the 33 million of English MIRACL. `bm25s` can map a finished index from disk, but builds it in memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from semantic_tokens.fine_tuning.segmentation import search_terms

K1, B = 0.9, 0.4  # Anserini's, with which MIRACL's baseline was made


def candidates(queries: pa.Table, passages: Callable[[str], Iterable[pa.Table]], depth: int) -> pa.Table:
    """Canonical table `candidates`: up to `depth` passages per query, best first (rank 1), score above 0 only.

    `passages(lang)` gives the passages of a language in parts. A passage is indexed as "title text". Ties go to the
    smaller passage id. A query that shares no term with any passage of its language gets no rows.
    """
    languages = sorted(pc.unique(queries["lang"]).to_pylist())
    parts = [
        _language_candidates(lang, queries.filter(pc.equal(queries["lang"], lang)), passages(lang), depth)
        for lang in languages
    ]
    return pa.concat_tables(parts)


def short_of(queries: pa.Table, found: pa.Table, depth: int) -> str:
    """A line for the log: how many queries have fewer than `depth` candidates, because fewer passages share a term."""
    full = int(pc.sum(pc.equal(found["rank"], depth)).as_py() or 0)
    return f"{len(queries) - full} of {len(queries)} queries share a term with fewer than {depth} passages"


def best(scores: np.ndarray, depth: int) -> np.ndarray:
    """Positions of the `depth` best positive scores, best first, equal ones in their order."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > depth:
        threshold = np.partition(scores[positive], -depth)[-depth]
        positive = positive[scores[positive] >= threshold]
    return positive[np.argsort(-scores[positive], kind="stable")][:depth]


def _language_candidates(lang: str, queries: pa.Table, passages: Iterable[pa.Table], depth: int) -> pa.Table:
    import bm25s
    from bm25s.tokenization import Tokenizer

    tokenizer = Tokenizer(lower=False, splitter=search_terms, stopwords=None)
    id_parts: list[pa.Array] = []
    terms: list[array[int]] = []
    for part in passages:
        id_parts += part["passage_id"].chunks
        texts = pc.binary_join_element_wise(part["title"], part["text"], " ").to_pylist()
        terms += (array("i", ids) for ids in tokenizer.streaming_tokenize(texts, allow_empty=False))
    passage_ids = pa.chunked_array(id_parts, pa.string())
    by_id = pc.sort_indices(passage_ids).to_numpy().astype(np.int64)  # the order in which ties are broken
    found = [np.empty(0, np.int64)] * len(queries)
    if any(terms):
        index = bm25s.BM25(k1=K1, b=B, method="lucene", csc_backend="scipy")
        index.index((terms, tokenizer.get_vocab_dict()), show_progress=False)
        del terms
        texts = queries["text"].to_pylist()
        for i, text in enumerate(tqdm(texts, desc=f"BM25 {lang}", delay=2, mininterval=2)):
            scores = index.get_scores_from_ids(index.get_tokens_ids(search_terms(text)))
            found[i] = by_id[best(scores[by_id], depth)]
    counts = [len(rows) for rows in found]
    rows = np.concatenate([np.empty(0, np.int64), *found])
    return pa.table(
        {
            "lang": pa.array([lang] * len(rows), pa.string()),
            "query_id": queries["query_id"].take(np.repeat(np.arange(len(queries)), counts)),
            "passage_id": passage_ids.take(rows),
            "rank": pa.array(np.concatenate([np.empty(0), *(np.arange(1, n + 1) for n in counts)]), pa.int32()),
        }
    )
