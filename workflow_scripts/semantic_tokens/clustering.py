"""Spherical K-Means as a scikit-learn estimator. Needs scikit-learn, which the library alone does not ask for."""

from numbers import Integral
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans.lloyd import prepare
from semantic_tokens.grouping.kmeans.nearest import choose, nearest
from semantic_tokens.grouping.kmeans.settings import Backend
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans

_ROWS_AT_ONCE = 4_096


class SphericalKMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """K-Means by cosine: unit rows, centres that are renormalised sums, exactly `n_clusters` clusters, none empty.

    The search is exact. In float32 the clusters are those of the grouping method `kmeans-cosine` with the same seed,
    bit for bit. Rows of zeros have cosine 0 to every centre.

    n_clusters    number of clusters
    init          "random": distinct rows, drawn; or an array [n_clusters, d] to start from
    max_iter      maximum iterations; before that, K-Means ends when no row changes its cluster
    random_state  seed of the draw: an int for a reproducible result, a RandomState, or None
    backend       "auto", "torch", "faiss" (CPU) or "cuml" (GPU): what searches for the nearest centres
    device        "auto" (a GPU where there is one), "cpu", "cuda" or another name that torch knows

    Fitted:

    cluster_centers_  [n_clusters, d], of unit length
    labels_           int64 [n]: the cluster of each row
    inertia_          sum over the rows of 1 - cosine to the centre
    n_iter_           iterations done
    n_features_in_    d
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Any = "random",
        max_iter: int = 300,
        random_state: Any = None,
        backend: Backend = "auto",
        device: str = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.random_state = random_state
        self.backend = backend
        self.device = device

    def fit(self, X: Any, y: Any = None) -> Self:
        """Cluster the rows of `X` [n, d]: an array, or a torch tensor on any device. `y` is not looked at.

        InputError, a ValueError: fewer rows than clusters, numbers that are not finite, a parameter out of range.
        """
        rows = self._rows(X, reset=True)
        for name in ("n_clusters", "max_iter"):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < 1:
                raise InputError(f"{name}={value!r}; allowed: an integer from 1 on")
        if isinstance(self.init, str) and self.init != "random":
            raise InputError(f"init={self.init!r}; allowed: 'random' or an array [n_clusters, n_features]")
        if len(rows) < self.n_clusters:
            raise InputError(f"n_samples={len(rows)} rows for n_clusters={self.n_clusters}; allowed: at least as many")
        drawn = isinstance(self.init, str)
        found = spherical_kmeans(
            rows,
            int(self.n_clusters),
            seed=self._seed(),
            max_iterations=int(self.max_iter),
            init=None if drawn else torch.as_tensor(self.init, dtype=rows.dtype, device=rows.device),
            backend=self.backend,
        )
        self.cluster_centers_ = found.centroids.cpu().numpy()
        self.labels_ = found.assignment.cpu().numpy()
        self.inertia_ = found.objective[-1] * len(rows)
        self.n_iter_ = found.iterations
        return self

    def predict(self, X: Any) -> np.ndarray:
        """int64 [n]: the nearest centre of each row; the first of those that tie but for rounding."""
        points, centres = self._prepared(X)
        backend = choose(self.backend, points.device)
        found = nearest(backend, points, centres, centres.new_zeros(len(centres)), "cosine")
        return found.cpu().numpy()

    def transform(self, X: Any) -> np.ndarray:
        """[n, n_clusters]: the cosine distance, 1 - cosine, of each row to each centre."""
        points, centres = self._prepared(X)
        return np.concatenate([(1 - part @ centres.T).cpu().numpy() for part in points.split(_ROWS_AT_ONCE)])

    def score(self, X: Any, y: Any = None) -> float:
        """Minus the sum over the rows of 1 - cosine to the nearest centre: the larger the better."""
        points, centres = self._prepared(X)
        best = [(1 - part @ centres.T).amin(dim=1).double().sum() for part in points.split(_ROWS_AT_ONCE)]
        return -float(sum(best))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _n_features_out(self) -> int:
        return len(self.cluster_centers_)

    def _rows(self, X: Any, reset: bool) -> Tensor:
        X = X.numpy(force=True) if isinstance(X, Tensor) else X
        checked = validate_data(self, X, reset=reset, dtype=[np.float64, np.float32])
        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        return torch.from_numpy(np.require(checked, requirements=["C", "W"])).to(device)

    def _prepared(self, X: Any) -> tuple[Tensor, Tensor]:
        """Unit rows and the centres, on one device and of one type."""
        check_is_fitted(self)
        points, _ = prepare(self._rows(X, reset=False), "cosine")
        return points, torch.from_numpy(self.cluster_centers_).to(points)

    def _seed(self) -> int:
        if isinstance(self.random_state, Integral):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
