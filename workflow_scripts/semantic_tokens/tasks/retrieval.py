"""Dense retrieval over all passages of a language (MIRACL): one shared encoder, nDCG@10.

In-batch negatives and one hard negative per query; in the paper [CLS] vectors, dot products and temperature 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field
from tokenizers import Tokenizer

from semantic_tokens.config.types import Count
from semantic_tokens.fine_tuning.bi_encoder import BiEncoder, Vectors, search
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.metrics import ndcg_at_10
from semantic_tokens.fine_tuning.ranking import (
    JUDGEMENTS,
    SOURCES,
    TABLES,
    TEXTS,
    Judgements,
    chance_ndcg,
    encode_collection,
    load_collection,
    negative_pools,
    qrels_by_id,
)
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import Embedding, Length
from semantic_tokens.fine_tuning.task import Data, TableParts, Task

if TYPE_CHECKING:
    from semantic_tokens.fine_tuning.network import Network


class Retrieval(Embedding):
    """`query_length` and `max_length` count special tokens."""

    query_length: Length = Field(description="Longest query in tokens.")
    shards: Count | None = Field(
        default=None, description="Jobs that share encoding the collection; absent: the scoring job encodes it."
    )

    encodes: ClassVar[tuple[str, ...]] = ("max_length", "query_length", "query_prefix", "passage_prefix")
    in_batch: ClassVar[bool] = True

    @property
    def item_tokens(self) -> int:
        return self.query_length + 2 * self.max_length


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Retrieval) -> Iterator[pa.Table]:
    """Features of all queries and passages (see `ranking.encode_collection`)."""
    specials = Template.of(tokenizer).n_sequence
    lengths = settings.query_length - specials, settings.max_length - specials
    prefixes = settings.query_prefix, settings.passage_prefix
    return encode_collection(tables["queries"], tables["passages"], tokenizer, *lengths, *prefixes)


class Queries(BiEncoder):
    """Queries with a collection of passages; one negative a query, of its candidates or judged irrelevant."""

    def __init__(self, data: Data, settings: Embedding) -> None:
        """Raises InputError as `BiEncoder` and `load_collection`."""
        collection = load_collection(data.features, data.tables, data.group_of)

        def pools_of(train: np.ndarray) -> list[np.ndarray]:
            return negative_pools(collection, train, judged=True)

        super().__init__(TASK.name, collection, data, settings, 1, pools_of)

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """As `evaluate`, all vectors computed here."""
        return evaluate(self.collection, *self.vectors(network), self.split)


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
        scores.append(ScoreRow(lang, TASK.metric, value, chance, len(rows), len(passages)))
    return scores


TASK = Task(
    name="retrieval",
    title="Retrieval",
    about="Dense passage retrieval.",
    place=5,
    metrics={"ndcg_at_10": "nDCG@10"},
    head="encoder",
    tables=TABLES,
    score_tables=JUDGEMENTS,
    sources=SOURCES,
    items="retrieval",
    settings=Retrieval,
    encode=encode,
    prepare=Queries,
    texts=TEXTS,
)
