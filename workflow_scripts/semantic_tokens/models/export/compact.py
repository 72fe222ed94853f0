"""The compact form: |V'| rows, or what they are composed of, and the partition that leads from the tokenizer's ids to
them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, BatchEncoding, PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.export.composed import as_checkpoint
from semantic_tokens.models.recorded import as_recorded

Encode = Callable[..., BatchEncoding]


def load_compact(folder: Path | str, auto_class: Any = AutoModelForMaskedLM) -> tuple[PreTrainedModel, Encode]:
    """(model, encode) of a compact export: `model(**encode(texts, padding=True))`.

    encode takes what the tokenizer takes and gives tensors; input_ids are group ids, offsets and word ids the
    tokenizer's. `auto_class` chooses the head (AutoModel, AutoModelForTokenClassification, ...). A truncated table is
    loaded truncated, so that training cannot fill its zeros, and a composed one composed. InputError where the folder
    is another form of export.
    """
    partition = VocabularyPartition.load(Path(folder) / "partition.parquet")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with as_checkpoint(Path(folder)) as whole:
        model = auto_class.from_pretrained(whole, dtype=torch.float32)
    in_order = tokenizer.convert_tokens_to_ids(list(partition.tokens)) == list(range(len(partition.tokens)))
    if not in_order or model.config.vocab_size != partition.n_groups:
        raise InputError(f"{folder}: not a compact export: partition.parquet does not map its tokenizer to its model")
    group_of = torch.from_numpy(partition.group_of).long()

    def encode(*texts: Any, **options: Any) -> BatchEncoding:
        batch = tokenizer(*texts, return_tensors="pt", **options)
        batch["input_ids"] = group_of[batch["input_ids"]]
        return batch

    return as_recorded(model).eval(), encode
