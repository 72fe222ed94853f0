"""Retrieval across languages (XQuAD-R of LAReQA, Roy et al. 2020): find a question's paragraph in another language.

The same questions and paragraphs are there in every language. A merge that joins languages without meaning need not
lose anything as long as question and paragraph share a language. Here they do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import Field
from tokenizers import Tokenizer

from semantic_tokens.config.types import Count
from semantic_tokens.fine_tuning.bi_encoder import TOP, BiEncoder, Vectors
from semantic_tokens.fine_tuning.encoding import Template, token_ids
from semantic_tokens.fine_tuning.metrics import expected_ndcg_at_10, ndcg_at_10
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.ranking import Collection
from semantic_tokens.fine_tuning.rows import shared_items
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import Embedding, Length
from semantic_tokens.fine_tuning.task import Data, TableParts, Task, Tokens

if TYPE_CHECKING:
    from semantic_tokens.fine_tuning.network import Network

ACROSS, WITHIN, POOL = "ndcg_at_10_across", "ndcg_at_10_within", "ndcg_at_10_pool"


class CrossLingual(Embedding):
    """`query_length` and `max_length` count special tokens."""

    query_length: Length = Field(description="Longest question in tokens.")
    test_examples: Count | None = Field(
        None, description="Questions scored, the same in every language, drawn by `run.seed`; absent: all."
    )

    encodes: ClassVar[tuple[str, ...]] = ("max_length", "query_length", "query_prefix", "passage_prefix")
    records: ClassVar[tuple[str, ...]] = (*Embedding.records, "test_examples")
    in_batch: ClassVar[bool] = True

    @property
    def item_tokens(self) -> int:
        return self.query_length + self.max_length


def encode(tables: TableParts, tokenizer: Tokenizer, settings: CrossLingual) -> Iterator[pa.Table]:
    """Features, one row a question, then one a paragraph: kind, lang, split, id, passage_id (the question's paragraph),
    input_ids without special tokens. The paragraphs are held, each once."""
    template, passages = Template.of(tokenizer), dict[tuple[str, str, str], str]()
    question, passage = (n - template.n_sequence for n in (settings.query_length, settings.max_length))
    for part in tables["clir"]:
        ids = token_ids(tokenizer, pc.binary_join_element_wise(settings.query_prefix, part["question"], ""), question)
        about = {"lang": part["lang"], "split": part["split"], "id": part["query_id"], "passage_id": part["passage_id"]}
        yield template.stored_in(_rows("query", about, ids))
        keys = zip(*(part[name].to_pylist() for name in ("lang", "split", "passage_id")), strict=True)
        passages |= zip(keys, part["passage"].to_pylist(), strict=True)
    texts = pa.chunked_array([pa.array([settings.passage_prefix + text for text in passages.values()], pa.string())])
    columns = zip(*passages, strict=True) if passages else ((), (), ())
    about = dict(zip(("lang", "split", "id"), (pa.array(column, pa.string()) for column in columns), strict=True))
    yield template.stored_in(
        _rows("passage", about | {"passage_id": about["id"]}, token_ids(tokenizer, texts, passage))
    )


@dataclass(frozen=True)
class Paragraphs(Collection):
    """`same`: for each paragraph a number that its translations share. None of them is a negative of its question."""

    same: np.ndarray

    def relevant(self, query: int) -> np.ndarray:
        return np.flatnonzero(self.same == self.same[self.positives[query][0]])


def load_collection(features: pq.ParquetFile, group_of: np.ndarray) -> Paragraphs:
    """Questions and paragraphs in the model's ids; relevant to a question is its paragraph in its own language."""
    items = features.read(["kind", "lang", "split", "id", "passage_id"])
    n = pc.sum(pc.equal(items["kind"], "query")).as_py()
    queries, passages = items.slice(0, n), items.slice(n)
    keys = [
        pc.binary_join_element_wise(part["lang"], part["split"], part["passage_id"], "\t")
        for part in (queries, passages)
    ]
    own = pc.index_in(keys[0], value_set=keys[1].combine_chunks()).to_numpy()
    ids, nothing = Ragged.read(features, "input_ids", group_of), Ragged.repeat([], n)
    same = pc.binary_join_element_wise(passages["split"], passages["id"], "\t").combine_chunks().dictionary_encode()
    return Paragraphs(
        queries, passages, Ragged(own.astype(np.int32), np.arange(n + 1)), Ragged.repeat([1], n),
        nothing, nothing,
        queries=ids.slice(0, n), passages=ids.slice(n, len(ids)),
        template=Template.of_features(features).lookup(group_of), same=same.indices.to_numpy(),
    )  # fmt: skip


class Questions(BiEncoder):
    """Questions, to be found: their paragraphs. Trained within a language, on in-batch negatives alone."""

    def __init__(self, data: Data, settings: CrossLingual) -> None:
        """Raises InputError as `BiEncoder` and `shared_items`."""

        def no_pools(train: np.ndarray) -> list[np.ndarray]:
            return [np.empty(0, np.int64)] * len(train)

        collection = load_collection(data.features, data.group_of)
        super().__init__(TASK.name, collection, data, settings, 0, no_pools)
        self.asked = chosen_questions(collection, data.split, settings.test_examples, data.seed)

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """As `evaluate`, with vectors computed here."""
        return evaluate(self.collection, self.asked, *self.vectors(network), self.split)


def chosen_questions(collection: Collection, split: str, n: int | None, seed: int) -> dict[str, np.ndarray]:
    """Query rows of `split` by language: of `n` questions, the same in every language."""
    found = collection.evaluation_rows(split)
    ids = {lang: np.array(collection.query_table["id"].take(rows).to_pylist()) for lang, rows in found.items()}
    kept = shared_items(ids, TASK.name, "question", split, n, seed)
    return {lang: rows[np.isin(ids[lang], kept)] for lang, rows in found.items()}


def evaluate(
    collection: Collection, asked: dict[str, np.ndarray], of_queries: Vectors, of_passages: Vectors, split: str
) -> list[ScoreRow]:
    """Three rows a language of questions: nDCG@10 among the paragraphs of each other language, their mean; among those
    of its own; and among those of all languages together, where its paragraph counts in every language.

    Chance: a random order of the paragraphs.
    """
    table = collection.passage_table
    of_split = np.flatnonzero(pc.equal(table["split"], split))
    vectors, names = of_passages(of_split), np.array(table["id"].take(of_split).to_pylist())
    where = {lang: np.flatnonzero(pc.equal(table["lang"].take(of_split), lang)) for lang in asked}
    everywhere = np.concatenate(list(where.values()))
    scores = []
    for lang, rows in asked.items():
        queries, wanted = of_queries(rows), names[np.searchsorted(of_split, collection.positives.take(rows).values)]

        def found(places: np.ndarray, own: np.ndarray = queries, ids: np.ndarray = wanted) -> tuple[float, float]:
            return _ndcg(own, ids, vectors[places], names[places])

        others = np.array([found(places) for other, places in where.items() if other != lang])
        size = round(np.mean([len(places) for other, places in where.items() if other != lang]))
        for metric, (value, chance), searched in (
            (ACROSS, others.mean(0), size),
            (WITHIN, found(where[lang]), len(where[lang])),
            (POOL, found(everywhere), len(everywhere)),
        ):
            scores.append(ScoreRow(lang, metric, float(value), float(chance), len(rows), searched))
    return scores


def _ndcg(queries: np.ndarray, wanted: np.ndarray, vectors: np.ndarray, names: np.ndarray) -> tuple[float, float]:
    """nDCG@10 of the queries among these paragraphs, and of chance; relevant are all with the name that is wanted."""
    from semantic_tokens.fine_tuning.exact_search import best

    values, places = best(queries, [(np.arange(len(vectors)), vectors)], TOP)
    relevant = [np.flatnonzero(names == name) for name in wanted]
    qrels = {str(i): dict.fromkeys(map(str, own.tolist()), 1) for i, own in enumerate(relevant)}
    run = {
        str(i): {str(place): value for place, value in zip(own, value_row, strict=True) if place >= 0}
        for i, (own, value_row) in enumerate(zip(places.tolist(), values.tolist(), strict=True))
    }
    chance = [expected_ndcg_at_10(np.ones(len(own)), len(own), len(vectors)) for own in relevant]
    return ndcg_at_10(qrels, run), float(np.mean(chance))


def _rows(kind: str, about: dict[str, pa.Array], ids: Ragged) -> pa.Table:
    return pa.table({"kind": pa.array([kind] * len(ids), pa.string()), **about, "input_ids": ids.to_arrow()})


TASK = Task(
    name="clir",
    title="Retrieval across languages",
    about="A question's paragraph among those of another language.",
    metrics={ACROSS: "nDCG@10 across", WITHIN: "nDCG@10 within", POOL: "nDCG@10 in the pool of all"},
    head="encoder",
    tables=("clir",),
    sources=("lareqa",),
    training_sources=("tydiqa",),
    items="clir",
    settings=CrossLingual,
    encode=encode,
    prepare=Questions,
    texts={
        "question": Tokens(19, 9),
        "paragraph": Tokens(222, 24),
    },  # upstream: XQuAD-R, 8 languages, XLM-R's vocabulary
)
