"""Vectors in the plane: PCA, t-SNE, and UMAP with the settings of Hyperpolyglot (arXiv 2311.18034)."""

import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

_PERPLEXITY, _ITERATIONS = 30, 500  # of t-SNE
_NEIGHBOURS, _LEAST_DISTANCE = 15, 0.2  # of UMAP


def pca(unit: np.ndarray) -> np.ndarray:
    """float [n, 2] of [n, dim], rows of length 1 here and below: their cosines are then their distances."""
    return PCA(2, svd_solver="full").fit_transform(unit)


def t_sne(unit: np.ndarray, seed: int) -> np.ndarray:
    """float [n, 2]; n is at least 4."""
    perplexity = min(_PERPLEXITY, (len(unit) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", max_iter=_ITERATIONS, random_state=seed, n_jobs=1)
    return tsne.fit_transform(unit)


def umap(unit: np.ndarray, seed: int) -> np.ndarray:
    """float [n, 2]; the same bytes for the same rows and seed, since UMAP then runs on one thread."""
    from umap import UMAP

    neighbours = min(_NEIGHBOURS, len(unit) - 1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "n_jobs value", UserWarning)  # it says that a seed means one thread
        return UMAP(n_neighbors=neighbours, min_dist=_LEAST_DISTANCE, random_state=seed, n_jobs=1).fit_transform(unit)
