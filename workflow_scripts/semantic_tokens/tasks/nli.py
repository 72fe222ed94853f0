"""Natural language inference: three-way classification of sentence pairs (XNLI), accuracy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from semantic_tokens.tables import NLI_LABELS
from semantic_tokens.tasks import ScoreRow
from semantic_tokens.tasks.batching import length_grouped_batches, model_inputs, on_device
from semantic_tokens.tasks.encoding import Template, longest_first, token_ids
from semantic_tokens.tasks.metrics import accuracy
from semantic_tokens.tasks.ragged import Ragged
from semantic_tokens.tasks.training import Load, Settings, evaluation_rows, fine_tune, infer, new_model, training_rows

METRICS = ("accuracy",)
SLICE = 200_000  # rows assembled at a time: XNLI has six million


def encode(tables: dict[str, pa.Table], tokenizer: Tokenizer, settings: Settings) -> pa.Table:
    """Features, one row a pair: lang, split, label, input_ids, second_start. Pairs are cut from their longer text."""
    table, template = tables["nli"], Template.of(tokenizer)
    slices = [table.slice(start, SLICE) for start in range(0, max(1, len(table)), SLICE)]
    encoded = [_encode_slice(part, tokenizer, template, settings.max_length) for part in slices]
    return template.stored_in(pa.concat_tables(encoded))


def score(
    features: pa.Table,
    tables: dict[str, pa.Table],
    load: Load,
    group_of: np.ndarray,
    settings: Settings,
    transfer: str,
    seed: int,
    split: str,
    device: str = "cpu",
) -> list[ScoreRow]:
    """Fine-tune, then the accuracy of every language in `split`; chance is the majority class of the training rows."""
    train, evaluation = training_rows(features, transfer), evaluation_rows(features, split)
    ids = Ragged.from_arrow(features["input_ids"]).lookup(group_of)
    second_start = features["second_start"].to_numpy()
    labels = features["label"].to_numpy().astype(np.int64)
    pad = Template.of_features(features).lookup(group_of).pad
    model = new_model(load, "sequence-classification", len(NLI_LABELS), ids.lengths.max(), seed, device)

    def logits(rows: np.ndarray) -> Tensor:
        return model(**model_inputs(model, ids.take(rows), pad, second_start[rows])).logits

    def epoch_batches(rng: np.random.Generator) -> list[np.ndarray]:
        return [train[batch] for batch in length_grouped_batches(ids.lengths[train], settings.batch_size, rng)]

    def loss(rows: np.ndarray) -> Tensor:
        return F.cross_entropy(logits(rows), on_device(model, labels[rows]))

    fine_tune(model, epoch_batches, loss, settings, seed, "nli")
    evaluated = np.concatenate(list(evaluation.values()))
    predicted = np.full(len(labels), -1)
    for rows, outputs in infer(model, evaluated, ids.lengths[evaluated], logits, "nli"):
        predicted[rows] = outputs.argmax(1)
    majority = np.bincount(labels[train], minlength=len(NLI_LABELS)).argmax().item()
    return [
        ScoreRow(lang, "accuracy", accuracy(labels[rows], predicted[rows]), accuracy(labels[rows], majority), len(rows))
        for lang, rows in evaluation.items()
    ]


def _encode_slice(table: pa.Table, tokenizer: Tokenizer, template: Template, max_length: int) -> pa.Table:
    premise = token_ids(tokenizer, table["premise"], max_length, "premises")
    hypothesis = token_ids(tokenizer, table["hypothesis"], max_length, "hypotheses")
    limits = longest_first(premise.lengths, hypothesis.lengths, max_length - template.n_pair)
    everything = np.arange(len(table))
    ids, second_start = template.pairs(premise.take(everything, limits[0]), hypothesis.take(everything, limits[1]))
    columns = {name: table[name] for name in ("lang", "split", "label")}
    return pa.table(columns | {"input_ids": ids.to_arrow(), "second_start": pa.array(second_start, pa.int32())})
