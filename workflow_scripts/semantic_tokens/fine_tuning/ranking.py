"""What retrieval and reranking share: queries and passages tokenised separately, judgements, negatives, chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template, token_ids
from semantic_tokens.fine_tuning.metrics import expected_ndcg_at_10
from semantic_tokens.fine_tuning.ragged import Ragged, held_ids
from semantic_tokens.fine_tuning.rows import drawn_rows, evaluation_rows, training_rows
from semantic_tokens.fine_tuning.task import Tokens

TABLES, JUDGEMENTS = ("queries", "passages", "qrels", "candidates"), ("qrels", "candidates")
SOURCES = ("miracl", "miracl-corpus")
# Upstream: MIRACL queries in 6 languages, 16 passages in 4.
TEXTS = {"query": Tokens(18, 10), "passage": Tokens(155, 19)}


@dataclass(frozen=True)
class Judgements:
    """What links queries and passages.

    `query_table` and `passage_table` have columns lang, split, id. For query i: `positives[i]` are passages judged
    relevant, `relevances[i]` how much, `negatives[i]` passages judged irrelevant, `candidates[i]` those of the first
    stage by rank; all are passage rows.
    """

    query_table: pa.Table
    passage_table: pa.Table
    positives: Ragged
    relevances: Ragged
    negatives: Ragged
    candidates: Ragged

    @property
    def judged(self) -> np.ndarray:
        """bool [queries]: which have a judgement."""
        return self.positives.lengths + self.negatives.lengths > 0

    def evaluation_rows(self, split: str) -> dict[str, np.ndarray]:
        """Judged query rows of `split` by language."""
        rows = evaluation_rows(self.query_table, split)
        judged = {lang: queries[self.judged[queries]] for lang, queries in rows.items()}
        return {lang: queries for lang, queries in judged.items() if len(queries)}

    def training_rows(self, transfer: str, n: int | None = None, seed: int = 0) -> np.ndarray:
        """Training query rows that have a relevant passage, at most `n` of each language."""
        rows = training_rows(self.query_table, transfer)
        return drawn_rows(self.query_table, rows[self.positives.lengths[rows] > 0], n, seed)

    def relevant(self, query: int) -> np.ndarray:
        """Passage rows that never count as negatives of the query."""
        return self.positives[query]

    def passages_of(self, lang: str) -> np.ndarray:
        """Passage rows of a language."""
        return np.flatnonzero(pc.equal(self.passage_table["lang"], lang))


@dataclass(frozen=True)
class Collection(Judgements):
    """The same with the texts: row i of `queries` and of `passages` is row i of their tables, in model ids, without
    special tokens."""

    queries: Ragged
    passages: Ragged
    template: Template


def encode_collection(
    queries: Iterable[pa.Table],
    passages: Iterable[pa.Table],
    tokenizer: Tokenizer,
    query_length: int,
    passage_length: int,
    query_prefix: str = "",
    passage_prefix: str = "",
) -> Iterator[pa.Table]:
    """Features, one row per query, then one per passage: kind, lang, split (empty for passages), id, input_ids without
    special tokens.

    A passage is read as "title text", one segment. Lengths count the tokens of the prefixes.
    """
    template = Template.of(tokenizer)
    for part in queries:
        texts = pc.binary_join_element_wise(query_prefix, part["text"], "")
        ids = token_ids(tokenizer, texts, query_length)
        yield template.stored_in(_feature_rows("query", part["lang"], part["split"], part["query_id"], ids))
    for part in passages:
        texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(part["title"], part["text"], " "))
        ids = token_ids(tokenizer, pc.binary_join_element_wise(passage_prefix, texts, ""), passage_length)
        yield template.stored_in(_feature_rows("passage", part["lang"], None, part["passage_id"], ids))


def load_collection(features: pq.ParquetFile, tables: Mapping[str, pa.Table], group_of: np.ndarray) -> Collection:
    """Features in the model's ids, with the judgements and candidates of the tables; raises as `load_judgements`."""
    judgements, ids = load_judgements(features, tables), Ragged.read(features, "input_ids", group_of)
    n_queries = len(judgements.query_table)
    return Collection(
        **vars(judgements),
        queries=ids.slice(0, n_queries),
        passages=ids.slice(n_queries, len(ids)),
        template=Template.of_features(features).lookup(group_of),
    )


def load_judgements(features: pq.ParquetFile, tables: Mapping[str, pa.Table]) -> Judgements:
    """The judgements and candidates of the tables, of the features' queries and passages; no text is read.

    Raises InputError for a judgement or candidate of a query or passage that is not there.
    """
    items = features.read(["kind", "lang", "split", "id"])
    n_queries = pc.sum(pc.equal(items["kind"], "query")).as_py()
    queries, passages = items.slice(0, n_queries), items.slice(n_queries)
    qrels, candidates = tables["qrels"], tables["candidates"].sort_by("rank")
    of_query, of_passage = _linked("qrels", qrels, queries, passages)
    relevance = qrels["relevance"].to_numpy()

    def judged(chosen: np.ndarray, values: np.ndarray) -> Ragged:
        return Ragged.from_groups(of_query[chosen], values[chosen], len(queries))

    return Judgements(
        queries,
        passages,
        judged(relevance > 0, of_passage),
        judged(relevance > 0, relevance),
        judged(relevance <= 0, of_passage),
        Ragged.from_groups(*_linked("candidates", candidates, queries, passages), len(queries)),
    )


def negative_pools(collection: Judgements, queries: np.ndarray, judged: bool) -> list[np.ndarray]:
    """For each of these queries the passages that negatives are drawn from: its candidates (and, if `judged`, the
    passages judged irrelevant) without its positives.

    Where that is empty (a query that shares no word with another passage): all its language's other passages.
    """
    pools = []
    for query in queries:
        parts = [collection.candidates[query]] + [collection.negatives[query]] * judged
        pool = np.setdiff1d(np.concatenate(parts), collection.positives[query])
        if not len(pool):
            lang = collection.query_table["lang"][int(query)].as_py()
            pool = np.setdiff1d(collection.passages_of(lang), collection.positives[query])
        if not len(pool):
            raise InputError(f"passages of {lang}: all are relevant to one query, which leaves no negatives")
        pools.append(pool)
    return pools


def draw_groups(
    collection: Judgements, queries: np.ndarray, pools: list[np.ndarray], n_negatives: int, rng: np.random.Generator
) -> np.ndarray:
    """One training group per query: int [queries, 2 + n_negatives]: query row, one of its positives, negatives.

    Negatives are drawn without replacement, with replacement only from a pool that is too small.
    """
    groups = np.empty((len(queries), 2 + n_negatives), np.int64)
    for i, (query, pool) in enumerate(zip(queries, pools, strict=True)):
        negatives = rng.choice(pool, n_negatives, replace=len(pool) < n_negatives)
        groups[i] = [query, rng.choice(collection.positives[query]), *negatives]
    return groups


def ids_of_groups(collection: Collection, queries: np.ndarray, pools: list[np.ndarray]) -> np.ndarray:
    """All ids that groups of these queries may hold, whatever is drawn from their `pools`."""
    passages = np.concatenate([collection.positives.take(queries).values, *pools])
    texts = [(collection.queries, queries), (collection.passages, passages)]
    return held_ids(texts, collection.template.special_ids)


def qrels_by_id(collection: Judgements, queries: np.ndarray) -> dict[str, dict[str, int]]:
    """{query id: {passage id: relevance}} of these queries of one language."""
    return {
        query_id: dict(
            zip(passage_ids(collection, collection.positives[row]), collection.relevances[row].tolist(), strict=True)
        )
        | dict.fromkeys(passage_ids(collection, collection.negatives[row]), 0)
        for row, query_id in zip(queries, query_ids(collection, queries), strict=True)
    }


def query_ids(collection: Judgements, rows: np.ndarray) -> list[str]:
    """The ids of these query rows."""
    return collection.query_table["id"].take(rows).to_pylist()


def passage_ids(collection: Judgements, rows: np.ndarray) -> list[str]:
    """The ids of these passage rows."""
    return collection.passage_table["id"].take(rows).to_pylist()


def chance_ndcg(collection: Judgements, queries: np.ndarray, lists: list[np.ndarray]) -> float:
    """Mean expected nDCG@10 when `lists` (passage rows, one list a query) are put in random order."""
    values = []
    for query, ranked in zip(queries, lists, strict=True):
        relevances = collection.relevances[query]
        listed = float(relevances[np.isin(collection.positives[query], ranked)].sum())
        values.append(expected_ndcg_at_10(relevances, listed, len(ranked)))
    return float(np.mean(values))


def _feature_rows(
    kind: str, lang: pa.ChunkedArray, split: pa.ChunkedArray | None, ids: pa.ChunkedArray, input_ids: Ragged
) -> pa.Table:
    n = len(lang)
    columns = {"kind": pa.array([kind] * n, pa.string()), "lang": lang}
    columns["split"] = pa.array([""] * n, pa.string()) if split is None else split
    return pa.table(columns | {"id": ids, "input_ids": input_ids.to_arrow()})


def _linked(name: str, links: pa.Table, queries: pa.Table, passages: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Query row and passage row of every link (ids are unique within a language)."""
    return _rows(name, links, "query_id", queries), _rows(name, links, "passage_id", passages)


def _rows(name: str, links: pa.Table, column: str, items: pa.Table) -> np.ndarray:
    keys = pc.binary_join_element_wise(links["lang"], links[column], "\t")
    known = pc.binary_join_element_wise(items["lang"], items["id"], "\t").combine_chunks()
    rows = pc.fill_null(pc.index_in(keys, value_set=known), -1).to_numpy()
    if len(rows) and rows.min() < 0:
        row = int(rows.argmin())
        lang, key = links["lang"][row].as_py(), links[column][row].as_py()
        raise InputError(f"table {name}, row {row + 1}: {column} {key!r} of language {lang!r} does not exist")
    return rows
