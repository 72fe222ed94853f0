"""Reranking of the first stage's candidates with a cross-encoder (MIRACL), nDCG@10.

monoBERT (Nogueira et al. 2019) reads query and passage as a pair; trained by softmax over groups of one relevant
passage and negatives (listwise cross entropy).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from semantic_tokens.resumable import Checkpoint
from semantic_tokens.tasks import ScoreRow, TableParts
from semantic_tokens.tasks.batching import forward, length_grouped_batches, model_inputs
from semantic_tokens.tasks.encoding import Template
from semantic_tokens.tasks.metrics import ndcg_at_10
from semantic_tokens.tasks.plan import DEFAULT_PLAN, UpdatePlan
from semantic_tokens.tasks.ragged import Ragged
from semantic_tokens.tasks.ranking import (
    Collection,
    chance_ndcg,
    draw_groups,
    encode_collection,
    ids_of_groups,
    load_collection,
    negative_pools,
    passage_ids,
    qrels_by_id,
    query_ids,
)
from semantic_tokens.tasks.training import Load, Settings, fine_tune, infer, new_model
from semantic_tokens.tasks.updates import mean_loss

METRICS = ("ndcg_at_10",)
SCORE_TABLES = ("qrels", "candidates")


class RerankSettings(Settings, Protocol):
    """`group_size`: passages a query is trained on at a time, the relevant one included; a batch has `batch_size`
    such groups."""

    group_size: int


def encode(tables: TableParts, tokenizer: Tokenizer, settings: RerankSettings) -> Iterator[pa.Table]:
    """Features of all queries, cut to half of a pair, and of the passages that are judged or candidates.

    The keys of these are held, some hundred bytes each; the passages are not.
    """
    needed = {key for name in ("qrels", "candidates") for part in tables[name] for key in _keys(part)}
    passages = (
        part.filter(pa.array([key in needed for key in _keys(part)], pa.bool_())) for part in tables["passages"]
    )
    room = settings.max_length - Template.of(tokenizer).n_pair
    return encode_collection(tables["queries"], passages, tokenizer, room // 2, room)


def score(
    features: pq.ParquetFile,
    tables: dict[str, pa.Table],
    load: Load,
    group_of: np.ndarray,
    settings: RerankSettings,
    transfer: str,
    seed: int,
    split: str,
    device: str = "cpu",
    plan: UpdatePlan = DEFAULT_PLAN,
    checkpoint: Checkpoint | None = None,
) -> list[ScoreRow]:
    """Fine-tune, then nDCG@10 of every language in `split` over all its judged queries: a relevant passage that the
    first stage missed is missed. Chance: a random order of the candidates."""
    collection = load_collection(features, tables, group_of)
    train, evaluation = collection.training_rows(transfer), collection.evaluation_rows(split)
    pools = negative_pools(collection, train, judged=False)
    longest = collection.queries.lengths.max() + collection.passages.lengths.max() + collection.template.n_pair
    model = new_model(load, "sequence-classification", 1, min(longest, settings.max_length), seed, device, plan)

    def logits(pairs: np.ndarray) -> Tensor:
        ids, second_start = pair_rows(collection, pairs, settings.max_length)
        inputs = model_inputs(model, ids, collection.template.pad, second_start)
        return forward(model, inputs, plan.precision).logits[:, 0].float()

    def epoch_batches(rng: np.random.Generator) -> list[np.ndarray]:
        groups = draw_groups(collection, train, pools, settings.group_size - 1, rng)
        lengths = collection.queries.lengths[groups[:, 0]] + collection.passages.lengths[groups[:, 1:]].max(1)
        return [groups[batch] for batch in length_grouped_batches(lengths, settings.batch_size, rng)]

    def loss(groups: np.ndarray) -> Tensor:
        return listwise_loss(logits(as_pairs(groups)).view(len(groups), -1))

    held = ids_of_groups(collection, train, pools)
    fine_tune(model, epoch_batches, mean_loss(loss, plan), settings, seed, "rerank", held, checkpoint)
    pairs = candidate_pairs(collection, np.concatenate(list(evaluation.values())))
    lengths = collection.queries.lengths[pairs[:, 0]] + collection.passages.lengths[pairs[:, 1]]
    lengths = np.minimum(lengths + collection.template.n_pair, settings.max_length)
    values = np.empty(len(pairs), np.float32)
    everything = np.arange(len(pairs))
    for rows, outputs in infer(model, everything, lengths, lambda rows: logits(pairs[rows]), "rerank"):
        values[rows] = outputs
    return [_language_score(collection, lang, rows, pairs, values) for lang, rows in evaluation.items()]


def listwise_loss(scores: Tensor) -> Tensor:
    """Softmax cross entropy over groups; `scores` [groups, group size], the relevant passage first."""
    return F.cross_entropy(scores, scores.new_zeros(len(scores), dtype=torch.long))


def as_pairs(groups: np.ndarray) -> np.ndarray:
    """(query, passage) rows [groups x size, 2] of groups [groups, 1 + size] that start with their query."""
    passages = groups[:, 1:]
    return np.stack([np.repeat(groups[:, 0], passages.shape[1]), passages.ravel()], 1)


def candidate_pairs(collection: Collection, queries: np.ndarray) -> np.ndarray:
    """(query, candidate) rows [pairs, 2] of all candidates of these queries."""
    candidates = collection.candidates.take(queries)
    return np.stack([np.repeat(queries, candidates.lengths), candidates.values], 1)


def pair_rows(collection: Collection, pairs: np.ndarray, max_length: int) -> tuple[Ragged, np.ndarray]:
    """Model rows of (query, passage) pairs and where the passage starts; the passage gets the room the query leaves."""
    queries = collection.queries.take(pairs[:, 0])
    room = max_length - collection.template.n_pair - queries.lengths
    return collection.template.pairs(queries, collection.passages.take(pairs[:, 1], room))


def _language_score(
    collection: Collection, lang: str, queries: np.ndarray, pairs: np.ndarray, values: np.ndarray
) -> ScoreRow:
    run: dict[str, dict[str, float]] = {}
    for query, query_id in zip(queries, query_ids(collection, queries), strict=True):
        own = pairs[:, 0] == query
        run[query_id] = dict(zip(passage_ids(collection, pairs[own, 1]), values[own].tolist(), strict=True))
    value = ndcg_at_10(qrels_by_id(collection, queries), run)
    chance = chance_ndcg(collection, queries, [collection.candidates[query] for query in queries])
    return ScoreRow(lang, METRICS[0], value, chance, len(queries))


def _keys(table: pa.Table) -> list[str]:
    """Passages are identified by language and id."""
    return pc.binary_join_element_wise(table["lang"], table["passage_id"], "\t").to_pylist()
