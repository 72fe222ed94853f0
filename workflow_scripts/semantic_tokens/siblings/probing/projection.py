"""Vectors in the plane: PCA and t-SNE of unit rows, of which cosines are the distances."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from semantic_tokens.siblings.probing.similarity import unit_rows

METHODS = ("PCA", "t-SNE")
_PERPLEXITY = 30
_ITERATIONS = 500


def project(vectors: np.ndarray, method: str, seed: int) -> np.ndarray:
    """float [n, 2] of [n, dim]; `method` is one of METHODS, n at least 4."""
    unit = unit_rows(np.asarray(vectors))
    if method == "PCA":
        return PCA(2, svd_solver="full").fit_transform(unit)
    perplexity = min(_PERPLEXITY, (len(unit) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", max_iter=_ITERATIONS, random_state=seed, n_jobs=1)
    return tsne.fit_transform(unit)
