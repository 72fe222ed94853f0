"""Give an encoder, with its masked-LM head or without, a new vocabulary: one row for each group of a partition.

A head's decoder must be tied to the word embeddings. The tensors to replace are found by what they share memory with,
not by their names.
"""

import copy

import numpy as np
import torch
from torch.nn import functional
from transformers import PretrainedConfig, PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import pooler
from semantic_tokens.models.composition import PARTS_KEY, require_equal_parts
from semantic_tokens.models.parts import decoder, word_embeddings
from semantic_tokens.models.positions import require_same_padding
from semantic_tokens.models.truncation import TRUNCATED_KEY, widened

SPECIAL_ID_KEYS = ("pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id", "mask_token_id")
_ROWS_AT_ONCE = 4_096  # in float64


def group_vocabulary(
    model: PreTrainedModel,
    partition: VocabularyPartition,
    embeddings: torch.Tensor,
    semantic_embedding: str = "mean",
    weights: torch.Tensor | None = None,
) -> PreTrainedModel:
    """A new model over the groups of `partition`; everything but the vocabulary is `model`'s (paper, section 2.1).

    embeddings: [V, d] float32, the table to group: the model's own, or aligned, or truncated. A truncated one gets
    zeros up to the full width, and the config its dimension, as in a checkpoint: `recorded.as_recorded` cuts it.
    Where nothing is merged the new model takes it as it is.
    semantic_embedding: the kind of row that groups get unless their method or variant names another (`group_rows`).
    weights: float64 [V], positive: what each token counts in a `weighted-mean`; no other kind looks at them.
    Raises InputError where the decoder is not tied, where the table does not fit the model, or where another padding id
    would shift its positions.
    """
    _refuse_unfit(model, partition, embeddings)
    group_of = torch.from_numpy(partition.group_of.astype(np.int64))
    kind, seed = semantic_embedding_of(partition, semantic_embedding), partition.details.get("seed", 0)
    table = _rows_of(partition, embeddings, kind, seed, weights)
    bias = group_bias(output_bias(model), group_of, partition.n_groups)
    config, full_dim = _grouped_config(model, partition), word_embeddings(model).embedding_dim
    if embeddings.shape[1] < full_dim:
        setattr(config, TRUNCATED_KEY, embeddings.shape[1])
    if partition.codes is not None:
        setattr(config, PARTS_KEY, partition.codes.shape[1])
    return with_vocabulary(model, config, widened(table, full_dim), bias)


def with_vocabulary(
    model: PreTrainedModel, config: PretrainedConfig, table: torch.Tensor, bias: torch.Tensor
) -> PreTrainedModel:
    """A new model of `config` in evaluation mode, with the word embeddings `table` [V', D] and the output bias `bias`
    [V'] as they are; all other weights are copies of `model`'s."""
    with torch.device("meta"):  # random weights of a large vocabulary would take time, and memory, for nothing
        changed = pooler.like(model, config)
    changed.load_state_dict(_replaced_state(model, table, bias), strict=True, assign=True)
    for name, buffer in model.named_buffers():  # some are in no state dict
        changed.get_submodule(name.rpartition(".")[0])._buffers[name.rpartition(".")[2]] = buffer.clone()
    changed.tie_weights()
    return changed.eval()


def semantic_embedding_of(partition: VocabularyPartition, configured: str) -> str:
    """The kind of row of a partition's groups: that of its variant or method (the random controls), else the
    config's."""
    return partition.details.get("semantic_embedding", configured)


def _rows_of(
    partition: VocabularyPartition, embeddings: torch.Tensor, kind: str, seed: int, weights: torch.Tensor | None
) -> torch.Tensor:
    """[V', d]: `group_rows`; where rows are compositions, those of the codes of each part, side by side."""
    group_of = torch.from_numpy(partition.group_of.astype(np.int64))
    if partition.codes is None:
        return group_rows(embeddings, group_of, partition.n_groups, kind, seed, weights)
    require_equal_parts(embeddings.shape[1], partition.codes.shape[1])
    made, codes = [], torch.from_numpy(partition.codes.astype(np.int64))
    for part, code in zip(embeddings.chunk(codes.shape[1], dim=1), codes.unbind(dim=1), strict=True):
        made.append(group_rows(part, code[group_of], int(code.max()) + 1, kind, seed, weights)[code])
    return torch.cat(made, dim=1)


def group_rows(
    embeddings: torch.Tensor,
    group_of: torch.Tensor,
    n_groups: int,
    semantic_embedding: str,
    seed: int = 0,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """[V', D]: the rows of the groups.

    mean           the mean of the members' unnormalised rows; summed in float64, so order hardly matters
    weighted-mean  the same, each row as many times as `weights` [V] says
    renorm         the mean at the members' mean norm
    member         the row of one member, drawn by `seed`: rows as long and as far apart as the table's own
    A group of one keeps its row exactly; if all groups are, in order, the mean rows are `embeddings` itself. Tokens
    with group -1 (dropped by First-k) are left out. Besides the two tables, a few thousand rows are held in float64.
    InputError for a weighted mean without weights.
    """
    weighted = semantic_embedding == "weighted-mean"
    if weighted and weights is None:
        raise InputError("semantic_embedding 'weighted-mean' needs the counts of the tokens in a text; none were given")
    if semantic_embedding in ("mean", "weighted-mean") and torch.equal(group_of, torch.arange(len(embeddings))):
        return embeddings
    if semantic_embedding == "member":
        return embeddings[_drawn_members(group_of, seed)]
    order = torch.argsort(group_of, stable=True)[int((group_of < 0).sum()) :]  # the tokens group by group
    sizes = torch.bincount(group_of[order], minlength=n_groups)
    starts = [0, *sizes.cumsum(0).tolist()]
    table = embeddings.new_empty(n_groups, embeddings.shape[1])
    for first in range(0, n_groups, _ROWS_AT_ONCE):
        groups = slice(first, min(first + _ROWS_AT_ONCE, n_groups))
        tokens, size = order[starts[groups.start] : starts[groups.stop]], sizes[groups].unsqueeze(1)
        sums = torch.zeros(len(size), embeddings.shape[1], dtype=torch.float64)
        norms, totals = (torch.zeros(len(size), 1, dtype=torch.float64) for _ in range(2))
        for part in tokens.split(_ROWS_AT_ONCE):
            rows, place = embeddings[part].double(), group_of[part] - first
            if weights is not None and weighted:
                rows *= weights[part].unsqueeze(1)
                totals.index_add_(0, place, weights[part].unsqueeze(1))
            sums.index_add_(0, place, rows)
            if semantic_embedding == "renorm":
                norms.index_add_(0, place, rows.norm(dim=1, keepdim=True))
        mean = sums.div_(totals if weighted else size)
        table[groups] = functional.normalize(mean, dim=1) * norms / size if semantic_embedding == "renorm" else mean
    return table


def _drawn_members(group_of: torch.Tensor, seed: int) -> torch.Tensor:
    """int64 [V']: for each group one token id, each member as likely as the others."""
    order = np.random.default_rng(seed).permutation(np.flatnonzero(group_of.numpy() >= 0))
    _, first = np.unique(group_of.numpy()[order], return_index=True)
    return torch.from_numpy(order[first])


def norm_shrinkage(embeddings: torch.Tensor, partition: VocabularyPartition) -> float:
    """Mean norm of the group rows (`mean`, each counted once a member) over the mean norm of their members [V, d].

    1 where members share a vector, and less the further they point apart. Groups of one are left out; 1 if all are.
    """
    group_of = torch.from_numpy(partition.group_of.astype(np.int64))
    merged = torch.from_numpy(partition.group_sizes() > 1)[group_of] & (group_of >= 0)
    if not merged.any():
        return 1.0
    norms = group_rows(embeddings, group_of, partition.n_groups, "mean").norm(dim=1)
    lengths = torch.cat([rows.norm(dim=1) for rows in embeddings.split(_ROWS_AT_ONCE)])
    return float(norms[group_of[merged]].mean() / lengths[merged].mean())


def group_bias(bias: torch.Tensor, group_of: torch.Tensor, n_groups: int) -> torch.Tensor:
    """[V']: logsumexp of the members' biases.

    The probability of a group is then exactly the sum of its members' probabilities when they share a vector.
    """
    kept = group_of >= 0
    bias, groups = bias.detach().double()[kept], group_of[kept]
    largest = torch.full((n_groups,), -torch.inf, dtype=torch.float64).scatter_reduce_(0, groups, bias, "amax")
    total = torch.zeros(n_groups, dtype=torch.float64).index_add_(0, groups, (bias - largest[groups]).exp())
    return (largest + total.log()).float()


def output_bias(model: PreTrainedModel) -> torch.Tensor:
    """The decoder's bias over the vocabulary, [V]; zeros where the decoder has none."""
    output = decoder(model)
    return torch.zeros(len(word_embeddings(model).weight)) if output is None or output.bias is None else output.bias


def is_tied(model: PreTrainedModel) -> bool:
    """Do the decoder and the word embeddings share one table?"""
    output = decoder(model)
    return output is not None and output.weight.data_ptr() == word_embeddings(model).weight.data_ptr()


def _refuse_unfit(model: PreTrainedModel, partition: VocabularyPartition, embeddings: torch.Tensor) -> None:
    name, shape = model.config.name_or_path or type(model).__name__, tuple(word_embeddings(model).weight.shape)
    if decoder(model) is not None and not is_tied(model):
        raise InputError(f"{name}: the masked-LM decoder is not tied to the word embeddings; grouping needs one table")
    if not len(embeddings) == len(partition.group_of) == shape[0] or embeddings.shape[1] > shape[1]:
        raise InputError(
            f"{name}: the model has word embeddings of shape {shape}, but the table has {tuple(embeddings.shape)} "
            f"and the partition covers {len(partition.group_of)} tokens"
        )
    if model.config.pad_token_id is not None:
        require_same_padding(model, int(partition.group_of[model.config.pad_token_id]), name)


def _grouped_config(model: PreTrainedModel, partition: VocabularyPartition) -> PretrainedConfig:
    config = copy.deepcopy(model.config)
    config.vocab_size = partition.n_groups
    for key in SPECIAL_ID_KEYS:
        token = getattr(config, key, None)
        if token is not None and 0 <= token < len(partition.group_of):
            setattr(config, key, int(partition.group_of[token]))
    return config


def _replaced_state(model: PreTrainedModel, table: torch.Tensor, bias: torch.Tensor) -> dict[str, torch.Tensor]:
    """The state dict with every alias of the word embeddings and of the output bias replaced.

    `tie_weights` alone is not enough: some heads keep a second name for the bias and would silently take the first V'
    entries of the old one.
    """
    old_table = word_embeddings(model).weight.data_ptr()
    replacement = {old_table: table, output_bias(model).data_ptr(): bias}
    state = model.state_dict().items()
    return {
        name: tensor.clone() if (new := replacement.get(tensor.data_ptr())) is None else new for name, tensor in state
    }
