"""The inputs of every grouping method, and the rules that all methods share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import Vocabulary

if TYPE_CHECKING:  # methods are imported for their traits alone, without torch
    import torch


@dataclass(frozen=True, eq=False)
class GroupingInputs:
    """What a method groups; its settings are passed beside it.

    embeddings       float32 tensor [V, d]; K-Means runs on its device
    vocabulary       the tokens, in the order of the rows
    n_groups         |V'|: all groups, those of the special and unused tokens included
    token_languages  int array [V]: language in which a token is relatively most frequent, -1 = unknown, or None;
                     only methods with `needs_languages` get it
    seed
    token_counts     int array [languages, V]: how often each token occurs in the text of each language, or None; only
                     methods with `needs_languages`, and K-Means weighted by frequency, get it
    checkpoint       file from which K-Means resumes after a kill, or None
    code             identifies the code: a checkpoint written by other code is not used
    devices          GPUs over which K-Means splits its search, the embeddings' own first; empty for one device
    linked_tokens    (int array [m], int array [m]): token ids that a dictionary links; only lexicon reads it
    """

    embeddings: "torch.Tensor"
    vocabulary: Vocabulary
    n_groups: int
    token_languages: np.ndarray | None
    seed: int
    token_counts: np.ndarray | None = None
    checkpoint: Path | None = None
    code: str = ""
    devices: "tuple[torch.device, ...]" = ()
    linked_tokens: tuple[np.ndarray, np.ndarray] | None = None

    def __post_init__(self) -> None:
        from semantic_tokens.grouping.kmeans.lloyd import not_finite

        size = len(self.vocabulary)
        if self.embeddings.ndim != 2 or len(self.embeddings) != size:
            raise InputError(
                f"embedding table of shape {tuple(self.embeddings.shape)} for a vocabulary of {size} tokens"
            )
        if self.token_languages is not None and self.token_languages.shape != (size,):
            raise InputError(
                f"token_languages has shape {self.token_languages.shape}; the vocabulary has {size} tokens"
            )
        if self.token_counts is not None and self.token_counts.shape[1:] != (size,):
            raise InputError(f"token_counts has shape {self.token_counts.shape}; the vocabulary has {size} tokens")
        bad = not_finite(self.embeddings).tolist()
        if bad:
            token = self.vocabulary.tokens[bad[0]]
            raise InputError(f"embedding table: row {bad[0]} ({token!r}) is not finite ({len(bad)} such rows in all)")


def possible_groups(vocabulary: Vocabulary) -> tuple[int, int]:
    """The least and the largest |V'|: special and unused tokens have their groups, and no group is empty."""
    reserved = _n_reserved(vocabulary)
    return reserved + 1, reserved + len(vocabulary.clusterable_ids)


def n_clusters(inputs: GroupingInputs) -> int:
    """k: the number of groups left for clusterable tokens, after those of special and unused tokens."""
    vocabulary, reserved = inputs.vocabulary, _n_reserved(inputs.vocabulary)
    k, (least, most) = inputs.n_groups - reserved, possible_groups(vocabulary)
    if inputs.n_groups < least:
        raise InputError(
            f"the ratio leaves fewer groups than special tokens: {inputs.n_groups} groups of {len(vocabulary)} "
            f"tokens, but special and unused tokens take {reserved}; at least {least} groups are needed"
        )
    if inputs.n_groups > most:
        raise InputError(
            f"{inputs.n_groups} groups, {reserved} of them for special and unused tokens, leave {k} clusters "
            f"for {most - reserved} tokens; at most {most} groups are possible"
        )
    return k


def assemble(inputs: GroupingInputs, clusters: np.ndarray, method: str, **details: Any) -> VocabularyPartition:
    """The partition in which clusterable token i (in id order) is in `clusters[i]`.

    Group ids: special tokens first, in token-id order (XLM-R's pad stays 1), then one group of the unused tokens, then
    the clusters by their smallest token id.
    """
    vocabulary = inputs.vocabulary
    group_of = np.empty(len(vocabulary), dtype=np.int32)
    group_of[list(vocabulary.special_ids)] = np.arange(len(vocabulary.special_ids))
    group_of[list(vocabulary.unused_ids)] = len(vocabulary.special_ids)
    _, first, label = np.unique(clusters, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    group_of[vocabulary.clusterable_ids] = _n_reserved(vocabulary) + order[label]
    cosine = cosine_to_group(inputs.embeddings, group_of)
    return VocabularyPartition(
        group_of, vocabulary.tokens, cosine, method, vocabulary.special_ids, {"seed": inputs.seed, **details}
    )


def cosine_to_group(embeddings: "torch.Tensor", group_of: np.ndarray) -> np.ndarray:
    """float32 [V]: cosine of each row [V, d] to the sum of its group's unit rows; 0 for zero rows."""
    import torch

    group = torch.from_numpy(group_of).long().to(embeddings.device)
    unit = torch.nn.functional.normalize(embeddings, dim=1)
    sums = unit.new_zeros(int(group.max()) + 1, unit.shape[1]).index_add_(0, group, unit)
    direction = torch.nn.functional.normalize(sums, dim=1)
    blocks = zip(unit.split(4096), group.split(4096), strict=True)
    return torch.cat([(x * direction[i]).sum(dim=1) for x, i in blocks]).cpu().numpy()


def _n_reserved(vocabulary: Vocabulary) -> int:
    return len(vocabulary.special_ids) + bool(vocabulary.unused_ids)
