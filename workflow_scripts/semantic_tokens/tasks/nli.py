"""Natural language inference: three-way classification of sentence pairs (XNLI), accuracy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from semantic_tokens.resumable import Checkpoint
from semantic_tokens.tables import NLI_LABELS
from semantic_tokens.tasks import ScoreRow, TableParts
from semantic_tokens.tasks.batching import forward, length_grouped_batches, model_inputs, on_device
from semantic_tokens.tasks.encoding import Template, longest_first, token_ids
from semantic_tokens.tasks.metrics import accuracy
from semantic_tokens.tasks.plan import DEFAULT_PLAN, UpdatePlan
from semantic_tokens.tasks.ragged import Ragged
from semantic_tokens.tasks.touched_rows import held_ids
from semantic_tokens.tasks.training import Load, Settings, evaluation_rows, fine_tune, infer, new_model, training_rows
from semantic_tokens.tasks.updates import mean_loss

METRICS = ("accuracy",)
SCORE_TABLES: tuple[str, ...] = ()


def encode(tables: TableParts, tokenizer: Tokenizer, settings: Settings) -> Iterator[pa.Table]:
    """Features, one row a pair: lang, split, label, input_ids, second_start. Pairs are cut from their longer text."""
    template, longest = Template.of(tokenizer), settings.max_length
    for table in tables["nli"]:
        first, second = (token_ids(tokenizer, table[name], longest) for name in ("premise", "hypothesis"))
        limits = longest_first(first.lengths, second.lengths, longest - template.n_pair)
        everything = np.arange(len(table))
        ids, second_start = template.pairs(first.take(everything, limits[0]), second.take(everything, limits[1]))
        columns = {name: table[name] for name in ("lang", "split", "label")}
        columns |= {"input_ids": ids.to_arrow(), "second_start": pa.array(second_start, pa.int32())}
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
    """Fine-tune, then the accuracy of every language in `split`; chance is the majority class of the training rows."""
    table = features.read(["lang", "split", "label", "second_start"])
    train, evaluation = training_rows(table, transfer), evaluation_rows(table, split)
    ids = Ragged.read(features, "input_ids", group_of)
    second_start, labels = table["second_start"].to_numpy(), table["label"].to_numpy().astype(np.int64)
    template = Template.of_features(features).lookup(group_of)
    model = new_model(load, "sequence-classification", len(NLI_LABELS), ids.lengths.max(), seed, device, plan)

    def logits(rows: np.ndarray) -> Tensor:
        inputs = model_inputs(model, ids.take(rows), template.pad, second_start[rows])
        return forward(model, inputs, plan.precision).logits.float()

    def epoch_batches(rng: np.random.Generator) -> list[np.ndarray]:
        return [train[batch] for batch in length_grouped_batches(ids.lengths[train], settings.batch_size, rng)]

    def loss(rows: np.ndarray) -> Tensor:
        return F.cross_entropy(logits(rows), on_device(model, labels[rows]))

    held = held_ids([(ids, train)], template.special_ids)
    fine_tune(model, epoch_batches, mean_loss(loss, plan), settings, seed, "nli", held, checkpoint)
    evaluated = np.concatenate(list(evaluation.values()))
    predicted = np.full(len(labels), -1)
    for rows, outputs in infer(model, evaluated, ids.lengths[evaluated], logits, "nli"):
        predicted[rows] = outputs.argmax(1)
    majority = np.bincount(labels[train], minlength=len(NLI_LABELS)).argmax().item()
    return [
        ScoreRow(lang, "accuracy", accuracy(labels[rows], predicted[rows]), accuracy(labels[rows], majority), len(rows))
        for lang, rows in evaluation.items()
    ]
