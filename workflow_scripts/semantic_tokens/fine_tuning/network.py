"""A model as tasks see it: rows of token ids in, tensors out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm
from transformers import PreTrainedModel

from semantic_tokens.fine_tuning.batching import batches_within
from semantic_tokens.fine_tuning.plan import Precision
from semantic_tokens.fine_tuning.ragged import Ragged

# Tokens of a batch in inference, padding included: few enough for a CPU's cache, enough to fill a GPU.
TOKENS_AT_A_TIME = {"cpu": 2048, "cuda": 65_536}
PROGRESS = {"delay": 2, "mininterval": 2, "leave": False}


@dataclass(frozen=True)
class Network:
    """A model on its device, with the precision of its products; `what` names its task in progress bars."""

    model: PreTrainedModel
    precision: Precision = "float32"
    what: str = ""

    def read(self, rows: Ragged, pad: int, second_start: np.ndarray | None = None) -> Any:
        """The model's outputs on these rows (see `model_inputs`)."""
        return forward(self.model, model_inputs(self.model, rows, pad, second_start), self.precision)

    def tensor(self, array: np.ndarray) -> Tensor:
        """The array on the model's device."""
        return on_device(self.model, array)

    def infer(
        self, rows: np.ndarray, lengths: np.ndarray, outputs_of: Callable[[np.ndarray], Tensor]
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(rows of the batch, `outputs_of(rows)`) in batches of similar `lengths` [rows], in tokens; no dropout, no
        gradients."""
        self.model.eval()
        batches = batches_within(lengths, TOKENS_AT_A_TIME[self.model.device.type])
        for batch in tqdm(batches, desc=f"{self.what} evaluation", **PROGRESS):
            with torch.inference_mode():
                outputs = outputs_of(rows[batch])
            yield rows[batch], outputs.cpu().numpy()


def model_inputs(
    model: PreTrainedModel, rows: Ragged, pad: int, second_start: np.ndarray | None = None
) -> dict[str, torch.Tensor]:
    """Tensors [rows, longest row] on the model's device: ids, attention mask and, for pairs, token types.

    `second_start` is where the second text of each pair starts. Token types are left out for models that know only one.
    """
    inputs = {"input_ids": rows.pad(pad), "attention_mask": rows.mask().astype(np.int64)}
    if second_start is not None and getattr(model.config, "type_vocab_size", 1) > 1:
        columns = np.arange(inputs["input_ids"].shape[1])
        inputs["token_type_ids"] = (columns >= second_start[:, None]) * inputs["attention_mask"]
    return {name: on_device(model, array) for name, array in inputs.items()}


def forward(model: PreTrainedModel, inputs: dict[str, torch.Tensor], precision: Precision) -> Any:
    """What the model makes of `model_inputs`; with "bf16" its products, and so its outputs, are bfloat16 (autocast)."""
    with torch.autocast(model.device.type, torch.bfloat16, enabled=precision == "bf16"):
        return model(**inputs)


def on_device(model: PreTrainedModel, array: np.ndarray) -> torch.Tensor:
    """The array as a tensor beside the model. A GPU copies it from pinned memory while the processor continues."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(model.device, non_blocking=True) if model.device.type == "cuda" else tensor
