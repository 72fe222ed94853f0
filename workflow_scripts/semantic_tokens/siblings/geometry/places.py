"""The rows of a table in the plane, by UMAP, with the script and the number of tokens of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.siblings.geometry.categories import categories
from semantic_tokens.siblings.geometry.table import EmbeddingTable, of_most_members
from semantic_tokens.siblings.projection import umap


@dataclass(frozen=True, eq=False)
class Places:
    """n rows of a table: xy float32 [n, 2]; category, that of most of the row's tokens; how many tokens it has."""

    xy: np.ndarray
    categories: np.ndarray
    members: np.ndarray


def places(table: EmbeddingTable, at_most: int, seed: int) -> Places:
    """`at_most` random rows."""
    rows = np.arange(len(table.rows))
    if len(rows) > at_most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, at_most, replace=False))
    names, codes = np.unique(categories(table.tokens, "corrected"), return_inverse=True)
    of_row = names[of_most_members(table, codes)]
    return Places(umap(table.unit_rows(rows), seed), of_row[rows], np.bincount(table.row_of)[rows])


def save(by_condition: Mapping[str, Places], path: Path) -> None:
    """One table of all, by the condition's name: condition, x, y, category, members."""
    parts = [
        pa.table(
            {
                "condition": [name] * len(found.xy),
                "x": found.xy[:, 0],
                "y": found.xy[:, 1],
                "category": found.categories.tolist(),
                "members": found.members,
            }
        )
        for name, found in by_condition.items()
    ]
    pq.write_table(pa.concat_tables(parts), path, compression="zstd")
