"""PCA and t-SNE of groups that lie apart; tests of geometry are of UMAP, which takes long to load."""

import numpy as np
import pytest

from semantic_tokens.siblings.projection import pca, t_sne
from semantic_tokens.siblings.vectors import unit_rows

DIM = 24
METHODS = {"PCA": lambda unit, seed: pca(unit), "t-SNE": t_sne}


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_lie_apart_lie_apart_in_the_plane(method):
    rng = np.random.default_rng(0)
    centres = np.eye(3, DIM)
    vectors = unit_rows(np.repeat(centres, 20, axis=0) + 0.02 * rng.normal(size=(60, DIM)))
    places = METHODS[method](vectors, 0)
    plane = places.reshape(3, 20, 2)
    middle = plane.mean(axis=1)
    spread = np.linalg.norm(plane - middle[:, None], axis=2).max()
    apart = min(np.linalg.norm(middle[i] - middle[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    assert apart > 2 * spread
    assert np.array_equal(METHODS[method](vectors, 0), places)
