"""A table in two dimensions: UMAP with the settings of Hyperpolyglot (arXiv 2311.18034)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.siblings.geometry.categories import categories
from semantic_tokens.siblings.geometry.table import EmbeddingTable, of_most_members

N_NEIGHBORS, MIN_DIST = 15, 0.2


@dataclass(frozen=True, eq=False)
class Projection:
    """n rows of a table: places float32 [n, 2]; category, that of most of the row's tokens; how many tokens it has."""

    places: np.ndarray
    categories: np.ndarray
    members: np.ndarray


def project(table: EmbeddingTable, at_most: int, seed: int) -> Projection:
    """`at_most` random rows; the same bytes for the same table and seed, since UMAP then runs on one thread."""
    import warnings

    from umap import UMAP

    rows = np.arange(len(table.rows))
    if len(rows) > at_most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, at_most, replace=False))
    names, codes = np.unique(categories(table.tokens, "corrected"), return_inverse=True)
    of_row = names[of_most_members(table, codes)]
    settings = {"n_neighbors": min(N_NEIGHBORS, len(rows) - 1), "min_dist": MIN_DIST, "random_state": seed}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "n_jobs value", UserWarning)  # it tells that a seed means one thread
        places = UMAP(**settings, n_jobs=1).fit_transform(table.unit_rows(rows))
    return Projection(places, of_row[rows], np.bincount(table.row_of)[rows])


def save(projections: Mapping[str, Projection], path: Path) -> None:
    """One table of all, by the condition's name: condition, x, y, category, members."""
    parts = [
        pa.table(
            {
                "condition": [name] * len(found.places),
                "x": found.places[:, 0],
                "y": found.places[:, 1],
                "category": found.categories.tolist(),
                "members": found.members,
            }
        )
        for name, found in projections.items()
    ]
    pq.write_table(pa.concat_tables(parts), path, compression="zstd")
