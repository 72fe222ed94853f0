"""VocabularyPartition, the central value: which group each token of a vocabulary belongs to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError

SCHEMA = pa.schema(
    [
        ("token_id", pa.int32()),
        ("token", pa.string()),
        ("group_id", pa.int32()),
        ("cosine_to_centroid", pa.float32()),
    ]
)


@dataclass(frozen=True, eq=False)
class VocabularyPartition:
    """Every token of a vocabulary in one group, or dropped.

    group_of            int32 [V]: group of each token id; -1 = dropped (First-k alone drops tokens)
    tokens              the V tokens in id order
    cosine_to_centroid  float32 [V]: cosine of a token's embedding to the mean direction of its group; NaN when dropped
    method              the grouping method, hyphenated ("kmeans-cosine"); "full" for the identity
    special_ids         token ids that must be alone in their group
    details             how it was made (seed, iterations, ...): JSON values, kept in the file
    codes               int32 [n_groups, m]: the code of each group in each of m parts, from 0 on without a gap, where
                        rows are compositions (`models.composition`); None where each group has a row of its own

    InputError when a group is empty, ids are out of range, lengths differ or a special token shares its group.
    """

    group_of: np.ndarray
    tokens: tuple[str, ...]
    cosine_to_centroid: np.ndarray
    method: str
    special_ids: tuple[int, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    codes: np.ndarray | None = None

    def __post_init__(self) -> None:
        shape = (len(self.tokens),)
        if self.group_of.shape != shape or self.cosine_to_centroid.shape != shape:
            raise InputError(
                f"partition of {shape[0]} tokens: group_of has shape {self.group_of.shape}, "
                f"cosine_to_centroid {self.cosine_to_centroid.shape}"
            )
        if self.group_of.dtype != np.int32 or self.group_of.min(initial=0) < -1:
            raise InputError(
                f"group_of is {self.group_of.dtype}, least id {self.group_of.min()}; allowed: int32, >= -1"
            )
        sizes = self.group_sizes()
        empty = np.flatnonzero(sizes == 0)
        if self.n_groups == 0 or empty.size:
            raise InputError(f"group ids must cover 0 to {self.n_groups - 1}; without a token: {empty[:5].tolist()}")
        if self.codes is not None and (self.codes.ndim != 2 or len(self.codes) != self.n_groups):
            raise InputError(f"codes of shape {self.codes.shape} for {self.n_groups} groups; allowed: one row a group")
        for token_id in self.special_ids:
            group = self.group_of[token_id]
            if group < 0 or sizes[group] != 1:
                raise InputError(f"special token {self.tokens[token_id]!r} (id {token_id}) is not alone in its group")

    @classmethod
    def identity(cls, tokens: Sequence[str], special_ids: tuple[int, ...] = ()) -> "VocabularyPartition":
        """The full vocabulary: every token its own group, ids as they are."""
        size = len(tokens)
        return cls(np.arange(size, dtype=np.int32), tuple(tokens), np.ones(size, np.float32), "full", special_ids)

    @property
    def n_groups(self) -> int:
        return int(self.group_of.max(initial=-1)) + 1

    def group_sizes(self) -> np.ndarray:
        """int64 [n_groups]: tokens in each group, special and unused groups included."""
        return np.bincount(self.group_of[self.group_of >= 0], minlength=self.n_groups)

    def members(self) -> list[np.ndarray]:
        """For each group its token ids, ascending."""
        kept = np.flatnonzero(self.group_of >= 0)
        by_group = kept[np.argsort(self.group_of[kept], kind="stable")]
        return np.split(by_group, np.cumsum(self.group_sizes())[:-1])

    def ranked(self, group: int) -> np.ndarray:
        """The token ids of a group by cosine to its direction, the nearest first; ties go to the lower id."""
        members = np.flatnonzero(self.group_of == group)
        return members[np.argsort(-self.cosine_to_centroid[members], kind="stable")]

    def token_lookup(self) -> np.ndarray:
        """int32: the model's id of each id that the condition's tokenizer emits.

        That is `group_of`, except where tokens are dropped: a text is then tokenised with the kept tokens alone, whose
        ids are the group ids already.
        """
        return self.group_of if self.group_of.min() >= 0 else np.arange(self.n_groups, dtype=np.int32)

    def save(self, path: Path) -> None:
        """Write Parquet: `token_id, token, group_id, cosine_to_centroid`, and `codes` where rows are compositions; the
        rest in the schema's metadata."""
        metadata = {"method": self.method, "special_ids": self.special_ids, "details": self.details}
        columns = [np.arange(len(self.tokens)), list(self.tokens), self.group_of, self.cosine_to_centroid]
        schema = SCHEMA
        if self.codes is not None:
            schema = schema.append(pa.field("codes", pa.list_(pa.int32(), self.codes.shape[1])))
            columns.append(list(self.codes[self.group_of]))
        arrays = [pa.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)]
        schema = schema.with_metadata({"partition": json.dumps(metadata, sort_keys=True, allow_nan=False)})
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")

    @classmethod
    def load(cls, path: Path) -> "VocabularyPartition":
        """Read what `save` wrote; InputError names the file and what is wrong with it."""
        table, codes = pq.read_table(path), None
        if "codes" in table.column_names:
            of_token = table["codes"].combine_chunks()
            codes = of_token.flatten().to_numpy().reshape(len(table), -1)
            table = table.drop_columns("codes")
        if not table.schema.equals(SCHEMA) or b"partition" not in (table.schema.metadata or {}):
            raise InputError(f"{path}: not a saved partition; columns {table.schema.names}, allowed {SCHEMA.names}")
        metadata = json.loads(table.schema.metadata[b"partition"])
        token_id, group_of, cosine = (
            table[name].to_numpy().copy() for name in ("token_id", "group_id", "cosine_to_centroid")
        )
        if not np.array_equal(token_id, np.arange(len(table))):
            raise InputError(f"{path}: token_id must count 0 to {len(table) - 1} in order")
        if codes is not None:
            _, first = np.unique(group_of, return_index=True)
            codes = codes[first]
        tokens, special = tuple(table["token"].to_pylist()), tuple(metadata["special_ids"])
        try:
            return cls(group_of, tokens, cosine, metadata["method"], special, metadata["details"], codes)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
