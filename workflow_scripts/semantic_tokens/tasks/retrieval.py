"""Dense retrieval over all passages of a language (MIRACL): one shared encoder, [CLS], dot product, nDCG@10.

DPR (Karpukhin et al. 2020) with tied encoders: in-batch negatives and one hard negative per query, temperature 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field
from tokenizers import Tokenizer

from semantic_tokens.config.types import Count
from semantic_tokens.fine_tuning.batching import random_batches
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.metrics import ndcg_at_10
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.prepared import Prepared
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.ranking import (
    JUDGEMENTS,
    SOURCES,
    TABLES,
    TEXTS,
    Collection,
    Judgements,
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
from semantic_tokens.fine_tuning.settings import FineTuning, Length
from semantic_tokens.fine_tuning.task import Data, TableParts, Task
from semantic_tokens.fine_tuning.vectors import BLOCK, encode_rows, encode_texts

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

TOP = 10
Vectors = Callable[[np.ndarray], np.ndarray]  # rows of a table -> their vectors, float32 [rows, dim]


class Retrieval(FineTuning):
    """`query_length` and `max_length` count special tokens."""

    query_length: Length = Field(description="Longest query in tokens.")
    shards: Count | None = Field(
        default=None, description="Jobs that share encoding the collection; absent: the scoring job encodes it."
    )

    encodes: ClassVar[tuple[str, ...]] = ("max_length", "query_length")
    in_batch: ClassVar[bool] = True

    @property
    def item_tokens(self) -> int:
        return self.query_length + 2 * self.max_length


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Retrieval) -> Iterator[pa.Table]:
    """Features of all queries and passages (see `ranking.encode_collection`)."""
    specials = Template.of(tokenizer).n_sequence
    lengths = settings.query_length - specials, settings.max_length - specials
    return encode_collection(tables["queries"], tables["passages"], tokenizer, *lengths)


class Queries(Prepared):
    """Queries with a collection of passages. An item of a batch is (query, positive, negative)."""

    def __init__(self, data: Data, settings: FineTuning) -> None:
        """Raises InputError where there are no rows to train on, and as `load_collection`."""
        self.collection = load_collection(data.features, data.tables, data.group_of)
        self.train = self.collection.training_rows(data.transfer)
        self.pools = negative_pools(self.collection, self.train, judged=True)
        self.split, self.batch_size = data.split, settings.batch_size

    @property
    def longest(self) -> int:
        texts = (self.collection.queries, self.collection.passages)
        return int(max(own.lengths.max() for own in texts)) + self.collection.template.n_sequence

    def held_ids(self) -> np.ndarray:
        return ids_of_groups(self.collection, self.train, self.pools)

    def batches(self, rng: np.random.Generator) -> list[np.ndarray]:
        groups = draw_groups(self.collection, self.train, self.pools, 1, rng)
        return [groups[batch] for batch in random_batches(len(self.train), self.batch_size, rng)]

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        return in_batch_loss(network, self.collection, items)

    def update(self, network: Network, plan: UpdatePlan) -> Callable[[np.ndarray], Tensor]:
        """Each query is compared with the whole batch, so its parts are not batches of their own: vectors are computed
        part by part, the loss over all of them at once (`updates.gradient_cache`)."""
        whole = super().update(network, UpdatePlan())

        def update(batch: np.ndarray) -> Tensor:
            if plan.micro_batch is None or plan.micro_batch >= len(batch):
                return whole(batch)
            return self._cached_update(network, batch, plan.micro_batch)

        return update

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """As `evaluate`, all vectors computed here."""
        of_queries, of_passages = (
            partial(encode_rows, network, self.collection.template, texts)
            for texts in (self.collection.queries, self.collection.passages)
        )
        return evaluate(self.collection, of_queries, of_passages, self.split)

    def _cached_update(self, network: Network, groups: np.ndarray, size: int) -> Tensor:
        """In micro-batches of `size` queries the texts are sorted by length, so that little is padded."""
        import torch

        from semantic_tokens.fine_tuning.updates import gradient_cache, micro_batches

        texts = texts_of(self.collection, groups)
        orders = [np.argsort(own.lengths, kind="stable") for own in texts]
        parts = [micro_batches(order, n) for order, n in zip(orders, (size, 2 * size), strict=True)]
        encoders = [
            partial(encode_texts, network, self.collection.template, own.take(part))
            for own, its_parts in zip(texts, parts, strict=True)
            for part in its_parts
        ]

        def loss_of(vectors: list[Tensor]) -> Tensor:
            kinds = vectors[: len(parts[0])], vectors[len(parts[0]) :]
            back = (network.tensor(np.argsort(order)) for order in orders)
            in_order = (torch.cat(own)[i] for own, i in zip(kinds, back, strict=True))
            return contrastive_loss(self.collection, groups, *in_order)

        return gradient_cache(encoders, loss_of, network.model.device)


def evaluate(judgements: Judgements, of_queries: Vectors, of_passages: Vectors, split: str) -> list[ScoreRow]:
    """nDCG@10 of every language in `split`, over its judged queries, among all passages of the language.

    Chance: a random order of these passages.
    """
    scores = []
    for lang, rows in judgements.evaluation_rows(split).items():
        passages = judgements.passages_of(lang)
        run = search(judgements, rows, passages, of_queries, of_passages)
        value = ndcg_at_10(qrels_by_id(judgements, rows), run)
        chance = chance_ndcg(judgements, rows, [passages] * len(rows))
        scores.append(ScoreRow(lang, TASK.metric, value, chance, len(rows)))
    return scores


def in_batch_loss(network: Network, collection: Collection, groups: np.ndarray) -> Tensor:
    """`contrastive_loss` of these groups, (query, positive, negative) rows [batch, 3]."""
    queries, passages = (encode_texts(network, collection.template, own) for own in texts_of(collection, groups))
    return contrastive_loss(collection, groups, queries, passages)


def contrastive_loss(collection: Collection, groups: np.ndarray, queries: Tensor, passages: Tensor) -> Tensor:
    """Cross entropy of each query's positive against the positives and hard negatives of the whole batch.

    `queries` [batch, dim] and `passages` [2 * batch, dim] are the vectors of the groups' queries and `passage_rows`.
    Passages that are relevant to a query, other than its own positive in this group, are not among its negatives.
    """
    import torch

    columns = passage_rows(groups)
    relevant = np.stack([np.isin(columns, collection.positives[query]) for query in groups[:, 0]])
    own = np.arange(len(groups))
    relevant[own, own] = False
    scores = (queries @ passages.T).masked_fill(torch.from_numpy(relevant).to(queries.device), -torch.inf)
    return torch.nn.functional.cross_entropy(scores, torch.from_numpy(own).to(queries.device))


def texts_of(collection: Collection, groups: np.ndarray) -> tuple[Ragged, Ragged]:
    """The groups' queries, and their passages as `passage_rows` has them."""
    return collection.queries.take(groups[:, 0]), collection.passages.take(passage_rows(groups))


def passage_rows(groups: np.ndarray) -> np.ndarray:
    """All positives of these groups, then all negatives: [2 * batch]."""
    return groups[:, 1:].T.ravel()


def search(
    judgements: Judgements, queries: np.ndarray, passages: np.ndarray, of_queries: Vectors, of_passages: Vectors
) -> dict[str, dict[str, float]]:
    """Exact search: {query id: {passage id: dot product}} of the ten best of these passages for each query."""
    from semantic_tokens.fine_tuning.exact_search import best

    blocks = (passages[start : start + BLOCK] for start in range(0, len(passages), BLOCK))
    values, rows = best(of_queries(queries), ((block, of_passages(block)) for block in blocks), TOP)
    found = min(TOP, len(passages))
    return {
        query: dict(zip(passage_ids(judgements, own[:found]), value[:found].tolist(), strict=True))
        for query, own, value in zip(query_ids(judgements, queries), rows, values, strict=True)
    }


TASK = Task(
    name="retrieval",
    title="Retrieval",
    about="Dense passage retrieval.",
    place=5,
    embedding=True,
    metrics={"ndcg_at_10": "nDCG@10"},
    head="encoder",
    n_labels=0,
    tables=TABLES,
    score_tables=JUDGEMENTS,
    sources=SOURCES,
    items="retrieval",
    settings=Retrieval,
    encode=encode,
    prepare=Queries,
    texts=TEXTS,
)
