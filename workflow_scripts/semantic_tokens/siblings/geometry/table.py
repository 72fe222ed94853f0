"""The embedding table of a condition, as tokens see it: each token has a row, the members of a group share one.

Special tokens, places that are reserved (`[unused1]`) and tokens that First-k drops have no part in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open

from semantic_tokens.analysis.tokens import ordinary
from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.siblings.vectors import unit_rows

BLOCK = 8_192  # rows that are worked on at a time
_NAMES = ("embeddings", "embeddings.word_embeddings.weight")


@dataclass(frozen=True, eq=False)
class EmbeddingTable:
    """rows float32 [R, d], each the row of one token or more; for N tokens: `tokens`, `row_of` int64 [N], and their ids
    in the backbone's vocabulary of `vocabulary_size`, `ids` int64 [N] ascending."""

    rows: np.ndarray
    row_of: np.ndarray
    tokens: tuple[str, ...]
    ids: np.ndarray
    vocabulary_size: int

    def __len__(self) -> int:
        return len(self.tokens)

    def only(self, keep: np.ndarray) -> "EmbeddingTable":
        """The table of the tokens chosen by `keep`, bool [N]."""
        used, row_of = np.unique(self.row_of[keep], return_inverse=True)
        rows = self.rows if len(used) == len(self.rows) else self.rows[used]
        tokens = tuple(np.array(self.tokens, object)[keep])
        return EmbeddingTable(rows, row_of, tokens, self.ids[keep], self.vocabulary_size)

    def norms(self) -> np.ndarray:
        """float32 [R]; a zero row has norm 1, so that its cosine to anything is 0."""
        norms = np.concatenate([np.linalg.norm(block, axis=1) for block in blocks(self.rows)])
        return np.where(norms > 0, norms, 1).astype(np.float32)

    def unit_rows(self, rows: np.ndarray) -> np.ndarray:
        """float32 [n, d]: the chosen rows (int [n]) at length 1."""
        return unit_rows(self.rows[rows])


def of_most_members(table: EmbeddingTable, values: np.ndarray) -> np.ndarray:
    """int [R]: of each row the value (int [N], from -1 on) of most of its tokens; ties go to the lowest."""
    votes = np.zeros((len(table.rows), values.max() + 2), np.int32)
    np.add.at(votes, (table.row_of, values + 1), 1)
    return votes.argmax(axis=1) - 1


def blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]


def read_table(model: Path, partition: Path | None, tokenizer: Path, dim: int) -> EmbeddingTable:
    """The table of a model over the groups of a partition, or of a backbone that has none (partition None), whose rows
    are then those of its tokenizer. A truncated table is padded in the file: its first `dim` columns count.

    Raises InputError where the file holds no word embeddings, or not one row per group.
    """
    if partition is None:
        vocabulary = read_vocabulary(tokenizer)
        groups = VocabularyPartition.identity(vocabulary.tokens, vocabulary.special_ids)
    else:
        groups = VocabularyPartition.load(partition)
    weights = _word_embeddings(model)[:, :dim]
    if len(weights) != groups.n_groups:
        raise InputError(f"{model}: {len(weights)} rows of word embeddings; expected one for each of {groups.n_groups}")
    free = ordinary(groups)
    size = len(groups.tokens)
    return EmbeddingTable(weights, groups.group_of.astype(np.int64), groups.tokens, np.arange(size), size).only(free)


def reader(
    conditions: Sequence[str],
    models: Sequence[Path],
    tokenizers: Sequence[Path],
    with_partition: Sequence[str],
    partitions: Sequence[Path],
) -> Callable[[Condition], EmbeddingTable]:
    """Reads the table of any of the conditions; `models` and `tokenizers` are in their order, `partitions` in that of
    the conditions that have one."""
    files = {name: pair for name, *pair in zip(conditions, models, tokenizers, strict=True)}
    groups = dict(zip(with_partition, partitions, strict=True))

    def read(condition: Condition) -> EmbeddingTable:
        model, tokenizer = files[str(condition)]
        return read_table(model, groups.get(str(condition)), tokenizer, condition.dim)

    return read


def _word_embeddings(path: Path) -> np.ndarray:
    with safe_open(path, framework="numpy") as file:
        names = [name for name in file.keys() if name.endswith(_NAMES)]  # noqa: SIM118, it is no dict
        if len(names) != 1:
            raise InputError(f"{path}: {len(names)} tensors of word embeddings; expected one, {' or '.join(_NAMES)}")
        return file.get_tensor(names[0])
