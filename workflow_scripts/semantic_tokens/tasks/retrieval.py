"""Dense retrieval over all passages of a language (MIRACL): one shared encoder, [CLS], dot product, nDCG@10.

DPR (Karpukhin et al. 2020) with tied encoders: in-batch negatives and one hard negative a query, temperature 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from transformers import PreTrainedModel

from semantic_tokens.resumable import Checkpoint
from semantic_tokens.tasks import ScoreRow, TableParts
from semantic_tokens.tasks.batching import forward, model_inputs, on_device, random_batches
from semantic_tokens.tasks.encoding import Template
from semantic_tokens.tasks.exact_search import best
from semantic_tokens.tasks.metrics import ndcg_at_10
from semantic_tokens.tasks.plan import DEFAULT_PLAN, Precision, UpdatePlan
from semantic_tokens.tasks.ragged import Ragged
from semantic_tokens.tasks.ranking import (
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
from semantic_tokens.tasks.training import Load, Settings, fine_tune, infer, new_model
from semantic_tokens.tasks.updates import gradient_cache, micro_batches

METRICS = ("ndcg_at_10",)
SCORE_TABLES = ("qrels", "candidates")
TOP = 10
BLOCK = 50_000  # passages whose vectors are held at a time
Vectors = Callable[[np.ndarray], np.ndarray]  # rows of a table -> their vectors, float32 [rows, dim]


class RetrievalSettings(Settings, Protocol):
    """`query_length` and `max_length`: tokens of a query and of a passage, special tokens included."""

    query_length: int


def encode(tables: TableParts, tokenizer: Tokenizer, settings: RetrievalSettings) -> Iterator[pa.Table]:
    """Features of all queries and passages (see `ranking.encode_collection`)."""
    specials = Template.of(tokenizer).n_sequence
    lengths = settings.query_length - specials, settings.max_length - specials
    return encode_collection(tables["queries"], tables["passages"], tokenizer, *lengths)


def score(
    features: pq.ParquetFile,
    tables: dict[str, pa.Table],
    load: Load,
    group_of: np.ndarray,
    settings: RetrievalSettings,
    transfer: str,
    seed: int,
    split: str,
    device: str = "cpu",
    plan: UpdatePlan = DEFAULT_PLAN,
    checkpoint: Checkpoint | None = None,
) -> list[ScoreRow]:
    """Fine-tune, then score in the same process (see `train` and `evaluate`)."""
    collection = load_collection(features, tables, group_of)
    model = train(collection, load, settings, transfer, seed, device, plan, checkpoint)
    of_queries, of_passages = (
        partial(encode_rows, model, collection.template, texts, precision=plan.precision)
        for texts in (collection.queries, collection.passages)
    )
    return evaluate(collection, of_queries, of_passages, split)


def train(
    collection: Collection,
    load: Load,
    settings: RetrievalSettings,
    transfer: str,
    seed: int,
    device: str = "cpu",
    plan: UpdatePlan = DEFAULT_PLAN,
    checkpoint: Checkpoint | None = None,
) -> PreTrainedModel:
    """The encoder, fine-tuned on all languages together."""
    queries = collection.training_rows(transfer)
    pools = negative_pools(collection, queries, judged=True)
    longest = max(texts.lengths.max() for texts in (collection.queries, collection.passages))
    model = new_model(load, "encoder", 0, longest + collection.template.n_sequence, seed, device, plan)

    def epoch_batches(rng: np.random.Generator) -> list[np.ndarray]:
        groups = draw_groups(collection, queries, pools, 1, rng)
        return [groups[batch] for batch in random_batches(len(queries), settings.batch_size, rng)]

    update = partial(update_in_batch, model, collection, plan=plan)
    held = ids_of_groups(collection, queries, pools)
    return fine_tune(model, epoch_batches, update, settings, seed, "retrieval", held, checkpoint)[0]


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
        scores.append(ScoreRow(lang, METRICS[0], value, chance, len(rows)))
    return scores


def encode_texts(model: PreTrainedModel, template: Template, texts: Ragged, precision: Precision = "float32") -> Tensor:
    """[CLS] vectors, float32 [texts, dim]."""
    inputs = model_inputs(model, template.sequences(texts), template.pad)
    return forward(model, inputs, precision).last_hidden_state[:, 0].float()


def update_in_batch(model: PreTrainedModel, collection: Collection, groups: np.ndarray, plan: UpdatePlan) -> Tensor:
    """Add the gradient of `in_batch_loss` to those of the parameters; gives the loss, detached.

    In micro-batches the texts go by their length, so that little is padded.
    """
    if plan.micro_batch is None or plan.micro_batch >= len(groups):
        loss = in_batch_loss(model, collection, groups, plan.precision)
        loss.backward()
        return loss.detach()
    texts = texts_of(collection, groups)
    orders = [np.argsort(own.lengths, kind="stable") for own in texts]
    parts = [micro_batches(order, n) for order, n in zip(orders, (plan.micro_batch, 2 * plan.micro_batch), strict=True)]
    encoders = [
        partial(encode_texts, model, collection.template, own.take(part), plan.precision)
        for own, its_parts in zip(texts, parts, strict=True)
        for part in its_parts
    ]

    def loss_of(vectors: list[Tensor]) -> Tensor:
        kinds = vectors[: len(parts[0])], vectors[len(parts[0]) :]
        back = (on_device(model, np.argsort(order)) for order in orders)
        return contrastive_loss(collection, groups, *(torch.cat(own)[i] for own, i in zip(kinds, back, strict=True)))

    return gradient_cache(encoders, loss_of, model.device)


def in_batch_loss(
    model: PreTrainedModel, collection: Collection, groups: np.ndarray, precision: Precision = "float32"
) -> Tensor:
    """`contrastive_loss` of these groups, (query, positive, negative) rows [batch, 3]."""
    texts = texts_of(collection, groups)
    queries, passages = (encode_texts(model, collection.template, own, precision) for own in texts)
    return contrastive_loss(collection, groups, queries, passages)


def contrastive_loss(collection: Collection, groups: np.ndarray, queries: Tensor, passages: Tensor) -> Tensor:
    """Cross entropy of each query's positive against the positives and hard negatives of the whole batch.

    `queries` [batch, dim] and `passages` [2 * batch, dim] are the vectors of the groups' queries and `passage_rows`.
    Passages that are relevant to a query, other than its own positive in this group, do not count as its negatives.
    """
    columns = passage_rows(groups)
    relevant = np.stack([np.isin(columns, collection.positives[query]) for query in groups[:, 0]])
    own = np.arange(len(groups))
    relevant[own, own] = False
    scores = (queries @ passages.T).masked_fill(torch.from_numpy(relevant).to(queries.device), -torch.inf)
    return F.cross_entropy(scores, torch.from_numpy(own).to(queries.device))


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
    blocks = (passages[start : start + BLOCK] for start in range(0, len(passages), BLOCK))
    values, rows = best(of_queries(queries), ((block, of_passages(block)) for block in blocks), TOP)
    found = min(TOP, len(passages))
    return {
        query: dict(zip(passage_ids(judgements, own[:found]), value[:found].tolist(), strict=True))
        for query, own, value in zip(query_ids(judgements, queries), rows, values, strict=True)
    }


def encode_rows(
    model: PreTrainedModel, template: Template, texts: Ragged, rows: np.ndarray, precision: Precision = "float32"
) -> np.ndarray:
    """[CLS] vectors of these rows, float32 [rows, dim]; no dropout."""
    vectors = np.empty((len(rows), model.config.hidden_size), np.float32)

    def encode_batch(batch: np.ndarray) -> Tensor:
        return encode_texts(model, template, texts.take(rows[batch]), precision)

    lengths = texts.lengths[rows] + template.n_sequence
    for batch, outputs in infer(model, np.arange(len(rows)), lengths, encode_batch, "retrieval"):
        vectors[batch] = outputs
    return vectors
