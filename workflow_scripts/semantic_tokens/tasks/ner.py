"""Named entity recognition: one tag a word, read at its first subword (MasakhaNER), entity F1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch.nn.functional as F
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from semantic_tokens.resumable import Checkpoint
from semantic_tokens.tables import NER_TAGS as TAGS
from semantic_tokens.tasks import ScoreRow, TableParts
from semantic_tokens.tasks.batching import forward, length_grouped_batches, model_inputs, on_device
from semantic_tokens.tasks.encoding import Template, encodings
from semantic_tokens.tasks.metrics import entity_f1
from semantic_tokens.tasks.plan import DEFAULT_PLAN, UpdatePlan
from semantic_tokens.tasks.ragged import Ragged
from semantic_tokens.tasks.touched_rows import held_ids
from semantic_tokens.tasks.training import Load, Settings, evaluation_rows, fine_tune, infer, new_model, training_rows
from semantic_tokens.tasks.updates import mean_loss

METRICS = ("f1",)
SCORE_TABLES: tuple[str, ...] = ()
IGNORED = -100  # cross entropy leaves these tokens out
CHANCE_ROWS = 2_000  # training sentences on which the best constant tag is chosen


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Settings) -> Iterator[pa.Table]:
    """Features, one row a sentence: lang, split, input_ids; for each word its tag's index in `labels` and the position
    of its first subword in `first_subword`, -1 where `max_length` cut it off or the tokenizer makes nothing of it."""
    template = Template.of(tokenizer)
    limit = settings.max_length - template.n_sequence
    index = {tag: i for i, tag in enumerate(TAGS)}
    for table in tables["ner"]:
        texts, first_subword = [], []
        labels = [[index[tag] for tag in tags] for tags in table["tags"].to_pylist()]
        for tags, encoding in zip(labels, encodings(tokenizer, table["tokens"]), strict=True):
            texts.append(encoding.ids[:limit])
            first_subword.append(_first_subwords(encoding, len(tags), limit, len(template.prefix)))
        columns = {
            "lang": table["lang"],
            "split": table["split"],
            "input_ids": template.sequences(Ragged.from_lists(texts)).to_arrow(),
            "first_subword": Ragged.from_lists(first_subword).to_arrow(),
            "labels": Ragged.from_lists(labels).to_arrow(),
        }
        yield template.stored_in(pa.table(columns))


def score(
    features: pq.ParquetFile,
    tables: dict[str, pa.Table],
    load: Load,
    group_of: np.ndarray,
    settings: Settings,
    transfer: str,
    seed: int,
    split: str,
    device: str = "cpu",
    plan: UpdatePlan = DEFAULT_PLAN,
    checkpoint: Checkpoint | None = None,
) -> list[ScoreRow]:
    """Fine-tune, then the entity F1 of every language in `split`; words without a subword are predicted O.

    Chance: every word gets the one tag that scores best on the training rows.
    """
    table = features.read(["lang", "split"])
    train, evaluation = training_rows(table, transfer), evaluation_rows(table, split)
    ids = Ragged.read(features, "input_ids", group_of)
    first_subword, labels = Ragged.read(features, "first_subword"), Ragged.read(features, "labels")
    targets = token_labels(ids, first_subword, labels)
    template = Template.of_features(features).lookup(group_of)
    model = new_model(load, "token-classification", len(TAGS), ids.lengths.max(), seed, device, plan)

    def logits(rows: np.ndarray) -> Tensor:
        return forward(model, model_inputs(model, ids.take(rows), template.pad), plan.precision).logits.float()

    def epoch_batches(rng: np.random.Generator) -> list[np.ndarray]:
        return [train[batch] for batch in length_grouped_batches(ids.lengths[train], settings.batch_size, rng)]

    def n_labels(rows: np.ndarray) -> int:
        return int(np.count_nonzero(targets.take(rows).values != IGNORED))

    def loss(rows: np.ndarray) -> Tensor:
        target = on_device(model, targets.take(rows).pad(IGNORED)).flatten()
        total = F.cross_entropy(logits(rows).flatten(0, 1), target, ignore_index=IGNORED, reduction="sum")
        return total / max(1, n_labels(rows))

    held = held_ids([(ids, train)], template.special_ids)
    fine_tune(model, epoch_batches, mean_loss(loss, plan, n_labels), settings, seed, "ner", held, checkpoint)
    evaluated = np.concatenate(list(evaluation.values()))
    predicted: dict[int, np.ndarray] = {}
    for rows, tags in infer(model, evaluated, ids.lengths[evaluated], lambda rows: logits(rows).argmax(2), "ner"):
        for row, token_tags in zip(rows, tags, strict=True):
            first = first_subword[row]
            predicted[row] = np.where(first >= 0, token_tags[first], 0)
    constant = best_constant_tag(tag_names(labels, train[:: -(-len(train) // CHANCE_ROWS)]))
    scores = []
    for lang, rows in evaluation.items():
        gold = tag_names(labels, rows)
        value = entity_f1(gold, [[TAGS[i] for i in predicted[row]] for row in rows])
        scores.append(ScoreRow(lang, "f1", value, entity_f1(gold, constant_tags(gold, constant)), len(rows)))
    return scores


def token_labels(ids: Ragged, first_subword: Ragged, labels: Ragged) -> Ragged:
    """The label of every token: its word's at first subwords, `IGNORED` elsewhere; shaped as `ids`."""
    targets = np.full(len(ids.values), IGNORED, np.int32)
    kept = first_subword.values >= 0
    positions = np.repeat(ids.offsets[:-1], first_subword.lengths) + first_subword.values
    targets[positions[kept]] = labels.values[kept]
    return Ragged(targets, ids.offsets)


def tag_names(labels: Ragged, rows: np.ndarray) -> list[list[str]]:
    """The tags of these sentences as strings."""
    return [[TAGS[i] for i in labels[row]] for row in rows]


def constant_tags(sentences: Sequence[Sequence[str]], tag: str) -> list[list[str]]:
    """Sentences of the same lengths, every word tagged `tag`."""
    return [[tag] * len(sentence) for sentence in sentences]


def best_constant_tag(sentences: Sequence[Sequence[str]]) -> str:
    """The tag that has the best entity F1 on these sentences when every word gets it; the first in `TAGS` of equals."""
    return max(TAGS, key=lambda tag: entity_f1(sentences, constant_tags(sentences, tag)))


def _first_subwords(encoding: Encoding, n_words: int, limit: int, shift: int) -> list[int]:
    """Position of the first subword of every word, `shift` special tokens in; -1 for words with none below `limit`."""
    first = [-1] * n_words
    for position, word in enumerate(encoding.word_ids[:limit]):
        if word is not None and first[word] < 0:
            first[word] = position + shift
    return first
