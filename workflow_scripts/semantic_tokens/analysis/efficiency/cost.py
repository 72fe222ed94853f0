"""What a masked-LM pretraining step costs: parameters, peak memory, steps per second (paper, appendix D, Table 3).

Weights and tokens are random: neither changes the cost of a step. Each measurement needs a separate process, for the
peak of a process's memory never falls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np
import psutil
import torch
from tqdm import trange
from transformers import BertConfig, BertForMaskedLM, BertModel, PreTrainedModel

from semantic_tokens.analysis.efficiency.settings import Load
from semantic_tokens.conditions import Grouping, n_groups
from semantic_tokens.models.shape import Shape
from semantic_tokens.models.truncation import truncate
from semantic_tokens.peak_memory import peak_resident
from semantic_tokens.pretraining.masking import MaskingVocabulary
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.training import training_state, training_step

IMPLEMENTATIONS = ("ours", "library")
_SPECIAL, _MASK = (0, 1, 2, 3, 4), 4
_RATE, _DECAY, _MASKED = 1e-4, 0.01, 0.15  # the paper's rate and share of masked tokens; neither changes the cost
_MIB = 2**20
_STATE = 12  # bytes per parameter: a float32 weight and AdamW's two moments

Step = Callable[[np.ndarray, np.ndarray], float]


MBERT = Shape(119_547, 768, 12, 12, 3072, 512, types=2)  # config.json of bert-base-multilingual-cased


@dataclass(frozen=True)
class StepCost:
    """What a step of one implementation costs.

    parameters        of the encoder as it is published, with its pooler: what Table 3 counts
    peak_mib          most memory held: of the process (CPU), or reserved on the GPU
    above_state_mib   most memory held for the model, above its weights and the two moments of AdamW
    steps_per_second  1 / the median time of a step
    """

    dim: int
    percent: int
    implementation: str
    groups: int
    parameters: int
    peak_mib: float
    above_state_mib: float
    steps_per_second: float


def measure(shape: Shape, load: Load, dim: int, percent: int, implementation: str, seed: int, device: str) -> StepCost:
    """Train a model of `shape`, cut to `dim` dimensions and `percent` of its vocabulary, for a few steps.

    implementation: `ours`, or `library`: the same model as transformers trains it, with all logits, and torch's AdamW.
    On a GPU both multiply in bfloat16.
    """
    groups = n_groups(shape.vocabulary, Grouping("kmeans-cosine", percent) if percent < 100 else Grouping("full"))
    before = psutil.Process().memory_info().rss
    model = masked_lm(shape, groups, dim, seed, device)
    held = _STATE * sum(p.numel() for p in model.parameters())
    step = {"ours": _our_step, "library": _library_step}[implementation](model, load, seed)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    seconds = _timed(step, groups, load, seed)
    if device == "cuda":
        peak, above = torch.cuda.max_memory_reserved(), torch.cuda.max_memory_allocated() - held
    else:
        peak = peak_resident()
        above = peak - before - held
    parameters = encoder_parameters(shape, groups, dim)
    return StepCost(dim, percent, implementation, groups, parameters, peak / _MIB, above / _MIB, 1 / seconds)


def encoder_parameters(shape: Shape, groups: int, dim: int) -> int:
    """Parameters of the encoder with `groups` word embeddings of `dim` dimensions, including the pooler but no head."""
    with torch.device("meta"):
        model = BertModel(_config(shape, groups))
    return sum(p.numel() for p in model.parameters()) - groups * (shape.dim - dim)


def masked_lm(shape: Shape, groups: int, dim: int, seed: int, device: str) -> PreTrainedModel:
    """A model with random weights, its word embeddings cut to `dim` dimensions."""
    torch.manual_seed(seed)
    with torch.device(device):
        return truncate(BertForMaskedLM(_config(shape, groups)), dim)


def _config(shape: Shape, groups: int) -> BertConfig:
    return BertConfig(
        vocab_size=groups,
        hidden_size=shape.dim,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
    )


def _our_step(model: PreTrainedModel, load: Load, seed: int) -> Step:
    schedule = PretrainingSettings(
        steps=load.steps + 1, batch_size=load.batch_size, sequence_length=load.sequence_length, learning_rate=_RATE,
        warmup_ratio=0, weight_decay=_DECAY, mask_probability=_MASKED, checkpoint_every=load.steps + 1,
    )  # fmt: skip
    state = training_state(model, schedule, seed)
    return lambda inputs, labels: training_step(state, inputs, labels)


def _library_step(model: PreTrainedModel, load: Load, seed: int) -> Step:
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=_DECAY)
    device = model.device
    model.train()

    def step(inputs: np.ndarray, labels: np.ndarray) -> float:
        batch = {"input_ids": torch.from_numpy(inputs).to(device), "labels": torch.from_numpy(labels).to(device)}
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return step


def _timed(step: Step, groups: int, load: Load, seed: int) -> float:
    """Median seconds of a step; the first, which sets up memory and kernels, does not count."""
    vocabulary = MaskingVocabulary(groups, _MASK, _SPECIAL)
    seconds = []
    for number in trange(load.steps + 1, desc="steps"):
        rng = np.random.default_rng((seed, number))
        ids = rng.choice(vocabulary.drawable, size=(load.batch_size, load.sequence_length))
        batch = vocabulary.examples(ids, _MASKED, seed, number)
        start = perf_counter()
        step(*batch)  # it ends with the loss on the CPU, so a GPU has done its work
        seconds.append(perf_counter() - start)
    return median(seconds[1:])
