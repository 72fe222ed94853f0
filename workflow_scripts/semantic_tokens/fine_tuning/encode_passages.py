"""Vectors of a collection that is too large for one job: encoded shard by shard into files, read back by row.

A shard is a run of the features' row groups. Queries precede the passages in the features and are encoded with
them, so that the files together hold one vector for each row of the features.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.plan import Precision
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.vectors import BLOCK, CLS_DOT, Reading, encode_rows


def encode_shard(
    features: pq.ParquetFile,
    group_of: np.ndarray,
    model: PreTrainedModel,
    shard: int,
    n_shards: int,
    path: Path,
    precision: Precision = "float32",
    how: Reading = CLS_DOT,
) -> None:
    """Write the vectors of shard `shard` of `n_shards` (from 0), float32 [rows, dim], as a .npy file.

    Memory: the shard's token ids and one block of vectors. With fewer row groups than shards some are empty.
    """
    row_groups = np.array_split(np.arange(features.num_row_groups), n_shards)[shard]
    texts = Ragged.read(features, "input_ids", group_of, row_groups)
    template = Template.of_features(features).lookup(group_of)
    how.check(template, "retrieval")
    network = Network(model, precision, "retrieval")
    shape = (len(texts), model.config.hidden_size)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": np.lib.format.dtype_to_descr(np.dtype(np.float32)), "fortran_order": False, "shape": shape}
        )
        for start in range(0, len(texts), BLOCK):
            rows = np.arange(start, min(start + BLOCK, len(texts)))
            file.write(encode_rows(network, template, texts, rows, how).data)


class StoredVectors:
    """The vectors of all shards, in order, memory-mapped: row i belongs to row i of the features."""

    def __init__(self, paths: Sequence[Path], n_rows: int) -> None:
        """Raises InputError where the files do not hold `n_rows` vectors."""
        self.parts = [np.load(path, mmap_mode="r") for path in paths]
        self.starts = np.cumsum([0, *map(len, self.parts)])
        if self.starts[-1] != n_rows:
            raise InputError(
                f"{paths[0]} and the shards after it: {self.starts[-1]} vectors, but the features have {n_rows} rows"
            )

    def take(self, rows: np.ndarray, first: int = 0) -> np.ndarray:
        """Vectors of the rows `first + rows`, float32 [rows, dim]."""
        rows = rows + first
        vectors = np.empty((len(rows), self.parts[0].shape[1]), np.float32)
        for part, start, stop in zip(self.parts, self.starts, self.starts[1:]):
            here = (rows >= start) & (rows < stop)
            vectors[here] = part[rows[here] - start]
        return vectors
