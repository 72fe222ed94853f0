"""One encoder for queries and passages: contrastive training, and exact search of what it encodes.

DPR (Karpukhin et al. 2020) with tied encoders: each query's passage against those of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from semantic_tokens.conditions import AS_IS
from semantic_tokens.fine_tuning.batching import random_batches
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.prepared import Prepared
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.ranking import (
    Collection,
    Judgements,
    draw_groups,
    ids_of_groups,
    passage_ids,
    query_ids,
)
from semantic_tokens.fine_tuning.settings import Embedding
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.fine_tuning.vectors import BLOCK, CLS_DOT, Reading, encode_rows, encode_texts

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

TOP = 10
Vectors = Callable[[np.ndarray], np.ndarray]  # rows of a table -> their vectors, float32 [rows, dim]


class BiEncoder(Prepared):
    """Queries with passages. An item of a batch is a group: a query, a relevant passage and `negatives` others, drawn
    from `pools`, an array of passage rows for each training query."""

    def __init__(
        self,
        task: str,
        collection: Collection,
        data: Data,
        settings: Embedding,
        negatives: int,
        pools_of: Callable[[np.ndarray], list[np.ndarray]],
    ) -> None:
        """Raises InputError where there are no rows to train on, unless nothing is trained; and for a pooling that the
        tokenizer has no token for."""
        self.collection, self.split, self.batch_size = collection, data.split, settings.batch_size
        self.how, self.temperature = Reading(settings.pooling, settings.similarity), settings.temperature
        self.how.check(collection.template, task)
        self.is_trained = data.transfer != AS_IS
        self.train = np.empty(0, np.int64)
        if self.is_trained:
            self.train = collection.training_rows(data.transfer, settings.train_examples, data.seed)
        self.negatives, self.pools = negatives, pools_of(self.train)

    @property
    def longest(self) -> int:
        texts = (self.collection.queries, self.collection.passages)
        return int(max(own.lengths.max() for own in texts)) + self.collection.template.n_sequence

    def held_ids(self) -> np.ndarray:
        return ids_of_groups(self.collection, self.train, self.pools)

    def batches(self, rng: np.random.Generator) -> list[np.ndarray]:
        groups = draw_groups(self.collection, self.train, self.pools, self.negatives, rng)
        return [groups[batch] for batch in random_batches(len(self.train), self.batch_size, rng)]

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        return in_batch_loss(network, self.collection, items, self.how, self.temperature)

    def update(self, network: Network, plan: UpdatePlan) -> Callable[[np.ndarray], Tensor]:
        """Each query is compared with the whole batch, so its parts are not batches of their own: vectors are computed
        part by part, the loss over all of them at once (`updates.gradient_cache`)."""
        whole = super().update(network, UpdatePlan())

        def update(batch: np.ndarray) -> Tensor:
            if plan.micro_batch is None or plan.micro_batch >= len(batch):
                return whole(batch)
            return self._cached_update(network, batch, plan.micro_batch)

        return update

    def vectors(self, network: Network) -> tuple[Vectors, Vectors]:
        """What gives the vectors of query rows, and of passage rows."""
        of_queries, of_passages = (
            partial(encode_rows, network, self.collection.template, texts, how=self.how)
            for texts in (self.collection.queries, self.collection.passages)
        )
        return of_queries, of_passages

    def _cached_update(self, network: Network, groups: np.ndarray, size: int) -> Tensor:
        """In micro-batches of `size` queries the texts are sorted by length, so that little is padded."""
        import torch

        from semantic_tokens.fine_tuning.updates import gradient_cache, micro_batches

        texts = texts_of(self.collection, groups)
        orders = [np.argsort(own.lengths, kind="stable") for own in texts]
        sizes = (size, (1 + self.negatives) * size)
        parts = [micro_batches(order, n) for order, n in zip(orders, sizes, strict=True)]
        encoders = [
            partial(encode_texts, network, self.collection.template, own.take(part), self.how)
            for own, its_parts in zip(texts, parts, strict=True)
            for part in its_parts
        ]

        def loss_of(vectors: list[Tensor]) -> Tensor:
            kinds = vectors[: len(parts[0])], vectors[len(parts[0]) :]
            back = (network.tensor(np.argsort(order)) for order in orders)
            queries, passages = (torch.cat(own)[i] for own, i in zip(kinds, back, strict=True))
            return contrastive_loss(self.collection, groups, queries, passages, self.temperature)

        return gradient_cache(encoders, loss_of, network.model.device)


def in_batch_loss(
    network: Network, collection: Collection, groups: np.ndarray, how: Reading = CLS_DOT, temperature: float = 1.0
) -> Tensor:
    """`contrastive_loss` of these groups, rows [batch, 2 + negatives]."""
    queries, passages = (encode_texts(network, collection.template, own, how) for own in texts_of(collection, groups))
    return contrastive_loss(collection, groups, queries, passages, temperature)


def contrastive_loss(
    collection: Collection, groups: np.ndarray, queries: Tensor, passages: Tensor, temperature: float = 1.0
) -> Tensor:
    """Cross entropy of each query's positive against the positives and negatives of the whole batch.

    `queries` [batch, dim] and `passages` [(1 + negatives) * batch, dim] are the vectors of the groups' queries and
    `passage_rows`. Passages that are relevant to a query, other than its own positive in this group, are not among its
    negatives.
    """
    import torch

    columns = passage_rows(groups)
    relevant = np.stack([np.isin(columns, collection.relevant(query)) for query in groups[:, 0]])
    own = np.arange(len(groups))
    relevant[own, own] = False
    scores = (queries @ passages.T / temperature).masked_fill(torch.from_numpy(relevant).to(queries.device), -torch.inf)
    return torch.nn.functional.cross_entropy(scores, torch.from_numpy(own).to(queries.device))


def texts_of(collection: Collection, groups: np.ndarray) -> tuple[Ragged, Ragged]:
    """The groups' queries, and their passages as `passage_rows` has them."""
    return collection.queries.take(groups[:, 0]), collection.passages.take(passage_rows(groups))


def passage_rows(groups: np.ndarray) -> np.ndarray:
    """All positives of these groups, then all negatives: [(1 + negatives) * batch]."""
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
