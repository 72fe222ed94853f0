"""One epoch of fine-tuning on sentence pairs: our loop, and the one of the library's examples."""

from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerFast,
    get_linear_schedule_with_warmup,
)

from semantic_tokens.bench.inputs import SPECIALS, XNLI, Workload, bert_config, lengths_of_texts, word_tokenizer
from semantic_tokens.fine_tuning.batching import length_grouped_batches
from semantic_tokens.fine_tuning.network import model_inputs, on_device
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.settings import FineTuning
from semantic_tokens.fine_tuning.training import fine_tune
from semantic_tokens.fine_tuning.updates import mean_loss

LABELS = 3
SETTINGS = FineTuning(epochs=1, batch_size=64, learning_rate=1e-4, warmup_ratio=0.1, max_length=XNLI[2])


class Trained(NamedTuple):
    """How many examples and updates one epoch had."""

    examples: int
    updates: int


class EncodedPairs(NamedTuple):
    """Encoded sentence pairs: model ids [pairs], where the second sentence starts, labels."""

    ids: Ragged
    second_start: np.ndarray
    labels: np.ndarray


def pairs_of(sizes: Workload) -> EncodedPairs:
    """Random pairs whose tokens are drawn by their label."""
    rng = np.random.default_rng(1)
    lengths = lengths_of_texts(XNLI, sizes.pairs, 1)
    labels = rng.integers(0, LABELS, sizes.pairs)
    rows = [
        len(SPECIALS) + label + LABELS * rng.integers(0, sizes.words // LABELS, n) for n, label in zip(lengths, labels)
    ]
    return EncodedPairs(Ragged.from_lists(rows), lengths * 2 // 3, labels)


def classifier(sizes: Workload, device: str) -> Any:
    """The same weights at each call, in evaluation mode."""
    torch.manual_seed(0)
    return AutoModelForSequenceClassification.from_config(bert_config(sizes, num_labels=LABELS)).to(device).eval()


def fine_tune_ours(pairs: EncodedPairs, sizes: Workload, device: str) -> Trained:
    """One epoch as the task nli has it, from a new model."""
    model = classifier(sizes, device)
    done = list[int]()

    def batches(rng: np.random.Generator) -> list[np.ndarray]:
        return length_grouped_batches(pairs.ids.lengths, SETTINGS.batch_size, rng)

    def loss(rows: np.ndarray) -> torch.Tensor:
        done.append(len(rows))
        return loss_ours(model, pairs, rows)

    fine_tune(model, batches, mean_loss(loss, UpdatePlan()), SETTINGS, seed=0, what="bench")
    return Trained(sum(done), len(done))


def loss_ours(model: Any, pairs: EncodedPairs, rows: np.ndarray) -> torch.Tensor:
    """Mean loss of these pairs, as the task nli computes it."""
    inputs = model_inputs(model, pairs.ids.take(rows), 0, pairs.second_start[rows])
    return F.cross_entropy(model(**inputs).logits, on_device(model, pairs.labels[rows]))


def fine_tune_plainly(listed: Any, collate: DataCollatorWithPadding, sizes: Workload, device: str) -> Trained:
    """One epoch of a DataLoader that shuffles and a collator that pads, from a new model."""
    model = classifier(sizes, device)
    generator = torch.Generator().manual_seed(0)
    loader = DataLoader(listed, SETTINGS.batch_size, shuffle=True, collate_fn=collate, generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), lr=SETTINGS.learning_rate, betas=(0.9, 0.99))
    schedule = get_linear_schedule_with_warmup(optimizer, round(SETTINGS.warmup_ratio * len(loader)), len(loader))
    model.train()
    n_examples = n_updates = 0
    for batch in loader:
        model(**batch.to(device)).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        n_examples, n_updates = n_examples + len(batch["labels"]), n_updates + 1
    if device == "cuda":
        torch.cuda.synchronize()
    return Trained(n_examples, n_updates)


def examples(pairs: EncodedPairs) -> Any:
    """The pairs as a list of dictionaries, as a data set gives them."""
    types = [(np.arange(len(pairs.ids[i])) >= start).astype(int) for i, start in enumerate(pairs.second_start)]
    return [
        {"input_ids": pairs.ids[i].tolist(), "token_type_ids": types[i].tolist(), "labels": int(label)}
        for i, label in enumerate(pairs.labels)
    ]


def collator(padded: bool) -> DataCollatorWithPadding:
    """To XNLI's longest length, or to the longest of the batch."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=word_tokenizer(0), pad_token="[PAD]")
    if padded:
        return DataCollatorWithPadding(tokenizer, padding="max_length", max_length=XNLI[2])
    return DataCollatorWithPadding(tokenizer)


def first_loss_difference(
    pairs: EncodedPairs, listed: Any, collate: DataCollatorWithPadding, sizes: Workload, device: str
) -> float:
    """How far the losses of one batch are apart before training."""
    model = classifier(sizes, device)
    with torch.no_grad():
        ours = float(loss_ours(model, pairs, np.arange(SETTINGS.batch_size)))
        batch: Any = collate(listed[: SETTINGS.batch_size])
        return abs(ours - float(model(**batch.to(device)).loss))
