"""Reranking of the first stage's candidates with a cross-encoder (MIRACL), nDCG@10.

monoBERT (Nogueira et al. 2019) reads query and passage as a pair; trained by softmax over groups of one relevant
passage and negatives (listwise cross entropy).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field
from tokenizers import Tokenizer

from semantic_tokens.config.types import IntegerFromText
from semantic_tokens.fine_tuning.batching import length_grouped_batches
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.metrics import ndcg_at_10
from semantic_tokens.fine_tuning.prepared import Prepared
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.ranking import (
    JUDGEMENTS,
    SOURCES,
    TABLES,
    TEXTS,
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
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import FineTuning, TrainExamples
from semantic_tokens.fine_tuning.task import Data, TableParts, Task

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network


class Reranking(FineTuning):
    """A batch has `batch_size` groups."""

    group_size: Annotated[int, Field(ge=2), IntegerFromText] = Field(
        description="Passages compared in one listwise loss: one relevant, the rest not."
    )
    train_examples: TrainExamples = None

    records: ClassVar[tuple[str, ...]] = ("train_examples",)

    @property
    def item_tokens(self) -> int:
        return self.group_size * self.max_length


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Reranking) -> Iterator[pa.Table]:
    """Features of all queries, cut to half of a pair, and of the passages that are judged or candidates.

    The keys of these are held, about a hundred bytes each; the passages are not.
    """
    needed = {key for name in ("qrels", "candidates") for part in tables[name] for key in _keys(part)}
    passages = (
        part.filter(pa.array([key in needed for key in _keys(part)], pa.bool_())) for part in tables["passages"]
    )
    room = settings.max_length - Template.of(tokenizer).n_pair
    return encode_collection(tables["queries"], passages, tokenizer, room // 2, room)


class Groups(Prepared):
    """Queries with candidates. An item of a batch is a group: a query, a relevant passage and negatives."""

    def __init__(self, data: Data, settings: Reranking) -> None:
        """Raises InputError where there are no rows to train on or to score, and as `load_collection`."""
        self.collection = load_collection(data.features, data.tables, data.group_of)
        self.train = self.collection.training_rows(data.transfer, settings.train_examples, data.seed)
        self.evaluation = self.collection.evaluation_rows(data.split)
        self.pools = negative_pools(self.collection, self.train, judged=False)
        self.settings = settings

    @property
    def longest(self) -> int:
        texts = self.collection.queries.lengths.max() + self.collection.passages.lengths.max()
        return int(min(texts + self.collection.template.n_pair, self.settings.max_length))

    def held_ids(self) -> np.ndarray:
        return ids_of_groups(self.collection, self.train, self.pools)

    def batches(self, rng: np.random.Generator) -> list[np.ndarray]:
        groups = draw_groups(self.collection, self.train, self.pools, self.settings.group_size - 1, rng)
        passages = self.collection.passages.lengths[groups[:, 1:]].max(1)
        lengths = self.collection.queries.lengths[groups[:, 0]] + passages
        return [groups[batch] for batch in length_grouped_batches(lengths, self.settings.batch_size, rng)]

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        return listwise_loss(self._logits(network, as_pairs(items)).view(len(items), -1))

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """nDCG@10 over all judged queries: a relevant passage that the first stage missed is missed. Chance: a random
        order of the candidates."""
        collection = self.collection
        pairs = candidate_pairs(collection, np.concatenate(list(self.evaluation.values())))
        lengths = collection.queries.lengths[pairs[:, 0]] + collection.passages.lengths[pairs[:, 1]]
        lengths = np.minimum(lengths + collection.template.n_pair, self.settings.max_length)
        values = np.empty(len(pairs), np.float32)
        everything = np.arange(len(pairs))
        for rows, outputs in network.infer(everything, lengths, lambda rows: self._logits(network, pairs[rows])):
            values[rows] = outputs
        return [_language_score(collection, lang, rows, pairs, values) for lang, rows in self.evaluation.items()]

    def _logits(self, network: Network, pairs: np.ndarray) -> Tensor:
        ids, second_start = pair_rows(self.collection, pairs, self.settings.max_length)
        return network.read(ids, self.collection.template.pad, second_start).logits[:, 0].float()


def listwise_loss(scores: Tensor) -> Tensor:
    """Softmax cross entropy over groups; `scores` [groups, group size], the relevant passage first."""
    import torch

    return torch.nn.functional.cross_entropy(scores, scores.new_zeros(len(scores), dtype=torch.long))


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
    return ScoreRow(lang, TASK.metric, value, chance, len(queries))


def _keys(table: pa.Table) -> list[str]:
    """Passages are identified by language and id."""
    return pc.binary_join_element_wise(table["lang"], table["passage_id"], "\t").to_pylist()


TASK = Task(
    name="rerank",
    title="Reranking",
    about="Reranking of BM25 candidates.",
    place=4,
    metrics={"ndcg_at_10": "nDCG@10"},
    head="sequence-classification",
    n_labels=1,
    tables=TABLES,
    score_tables=JUDGEMENTS,
    sources=SOURCES,
    items="retrieval",
    settings=Reranking,
    encode=encode,
    prepare=Groups,
    texts=TEXTS,
)
