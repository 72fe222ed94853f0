"""Canonical angles between the column spaces of two tables on the same tokens: do they differ by more than a rotation?

Cosines are the singular values of Qa' Qb, with Qa and Qb orthonormal bases (arXiv 2311.18034). All sums are in float64
over blocks of rows, so that no table is ever copied to float64 whole: R of a QR decomposition comes from those of the
blocks, and Q is rows @ W block by block. Small angles come from their sines (Bjorck and Golub, 1973).
"""

from collections.abc import Iterable, Iterator

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.siblings.geometry.table import blocks


def canonical_angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """float64 [min(rank a, rank b)], radians, the smallest first, of a [n, d] and b [n, e], one row per token in both.

    Raises InputError where the rows are not as many, or fewer than the columns.
    """
    if len(a) != len(b) or len(a) < max(a.shape[1], b.shape[1]):
        raise InputError(f"canonical angles of {a.shape} and {b.shape}: rows must be as many, and more than columns")
    basis_a, basis_b = _basis(a), _basis(b)
    if basis_a.shape[1] < basis_b.shape[1]:
        a, b, basis_a, basis_b = b, a, basis_b, basis_a
    product = sum(q.T @ r for q, r in _orthonormal(a, basis_a, b, basis_b))
    cosines = np.clip(np.linalg.svd(product, compute_uv=False), 0, 1)
    left_over = _triangle(r - q @ product for q, r in _orthonormal(a, basis_a, b, basis_b))
    sines = np.clip(np.linalg.svd(left_over, compute_uv=False)[::-1][: len(cosines)], 0, 1)
    return np.where(cosines**2 > 0.5, np.arcsin(sines), np.arccos(cosines))


def random_cosines(n: int, d: int, e: int, rng: np.random.Generator) -> np.ndarray:
    """float64 [min(d, e)], descending: canonical cosines of two random matrices [n, d] and [n, e].

    Only the position of one space to the other counts, so the first may be the first d coordinates, and the rest of the
    other [n - d, e] enters by its triangle alone, whose law is known (Bartlett): n has no part in the cost.
    """
    top, below = rng.standard_normal((d, e)), n - d
    if below < e:
        rest = rng.standard_normal((below, e))
    else:
        rest = np.triu(rng.standard_normal((e, e)), 1)
        np.fill_diagonal(rest, np.sqrt(rng.chisquare(below - np.arange(e))))
    basis = np.linalg.qr(np.vstack([top, rest]))[0]
    return np.clip(np.linalg.svd(basis[:d], compute_uv=False), 0, 1)


def _basis(rows: np.ndarray) -> np.ndarray:
    """W [d, rank], float64: rows @ W has orthonormal columns. Directions that are nothing but rounding, in the type
    that the table is stored in, are left out."""
    _, sizes, directions = np.linalg.svd(_triangle(block.astype(np.float64) for block in blocks(rows)))
    kept = sizes > sizes[0] * np.sqrt(len(rows)) * np.finfo(rows.dtype).eps
    return directions[kept].T / sizes[kept]


def _triangle(parts: Iterable[np.ndarray]) -> np.ndarray:
    """R of the QR decomposition of the parts below one another."""
    triangle: np.ndarray | None = None
    for part in parts:
        stacked = part if triangle is None else np.vstack([triangle, part])
        triangle = np.asarray(np.linalg.qr(stacked, mode="r"))
    if triangle is None:
        raise ValueError("a QR decomposition of nothing")
    return triangle


def _orthonormal(
    a: np.ndarray, basis_a: np.ndarray, b: np.ndarray, basis_b: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for x, y in zip(blocks(a), blocks(b), strict=True):
        yield x.astype(np.float64) @ basis_a, y.astype(np.float64) @ basis_b
