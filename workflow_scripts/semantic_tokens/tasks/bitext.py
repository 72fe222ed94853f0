"""Finding translations (NTREX-128; Federmann et al. 2022): the nearest sentence of another language.

Nothing is trained: the vectors are the model's as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field
from tokenizers import Tokenizer

from semantic_tokens.config.types import Count
from semantic_tokens.fine_tuning.encoding import Template, token_ids
from semantic_tokens.fine_tuning.prepared import Scorable
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.rows import evaluation_rows, shared_items
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import Compared
from semantic_tokens.fine_tuning.task import Data, TableParts, Task, Tokens
from semantic_tokens.fine_tuning.vectors import Reading, encode_rows

if TYPE_CHECKING:
    from semantic_tokens.fine_tuning.network import Network


class Bitext(Compared):
    prefix: str = Field("", description="Put before every sentence; it counts in the length.")
    test_examples: Count | None = Field(
        None, description="Sentences scored, the same in every language, drawn by `run.seed`; absent: all."
    )

    encodes: ClassVar[tuple[str, ...]] = ("max_length", "prefix")
    records: ClassVar[tuple[str, ...]] = (*Compared.records, "prefix", "test_examples")
    batch_size: ClassVar[int] = 1  # of no update; `memory` asks


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Bitext) -> Iterator[pa.Table]:
    """Features, one row a sentence: lang, split, sentence_id, input_ids without special tokens."""
    template = Template.of(tokenizer)
    for part in tables["bitext"]:
        texts = pc.binary_join_element_wise(settings.prefix, part["text"], "")
        ids = token_ids(tokenizer, texts, settings.max_length - template.n_sequence)
        columns = {name: part[name] for name in ("lang", "split", "sentence_id")}
        yield template.stored_in(pa.table(columns | {"input_ids": ids.to_arrow()}))


class Sentences(Scorable):
    """The same sentences in every language, in one order."""

    def __init__(self, data: Data, settings: Bitext) -> None:
        """Raises InputError for one language alone, and where no sentence is there in all."""
        table = data.features.read(["lang", "split", "sentence_id"])
        self.template = Template.of_features(data.features).lookup(data.group_of)
        self.how = Reading(settings.pooling, settings.similarity)
        self.how.check(self.template, TASK.name)
        self.texts = Ragged.read(data.features, "input_ids", data.group_of)
        self.rows = aligned_rows(table, data.split, settings.test_examples, data.seed)

    @property
    def longest(self) -> int:
        return int(self.texts.lengths.max()) + self.template.n_sequence

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """Accuracy of the nearest neighbour in each other language, their mean. Chance: any of its sentences."""
        vectors = {
            lang: encode_rows(network, self.template, self.texts, rows, self.how) for lang, rows in self.rows.items()
        }
        scores = []
        for lang, own in vectors.items():
            n, own_place = len(own), np.arange(len(own))
            found = [np.mean((own @ other.T).argmax(1) == own_place) for key, other in vectors.items() if key != lang]
            scores.append(ScoreRow(lang, TASK.metric, float(np.mean(found)), 1 / n, n, n))
        return scores


def aligned_rows(table: pa.Table, split: str, n: int | None, seed: int) -> dict[str, np.ndarray]:
    """Rows of `split` by language, of the sentences that all languages have, `n` of them, in one order."""
    found = evaluation_rows(table, split)
    row_of = {
        lang: dict(zip(table["sentence_id"].take(rows).to_pylist(), rows.tolist(), strict=True))
        for lang, rows in found.items()
    }
    kept = shared_items(row_of, TASK.name, "sentence", split, n, seed)
    return {lang: np.array([own[key] for key in kept]) for lang, own in row_of.items()}


TASK = Task(
    name="bitext",
    title="Translations",
    about="A sentence's translation among the sentences of another language, by a model that is not fine-tuned.",
    trained=False,
    metrics={"accuracy": "accuracy"},
    head="encoder",
    tables=("bitext",),
    sources=("ntrex",),
    items="bitext",
    settings=Bitext,
    encode=encode,
    prepare=Sentences,
    texts={"bitext": Tokens(41, 11)},  # upstream: NTREX, 23 languages, XLM-R's vocabulary
)
