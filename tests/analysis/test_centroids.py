"""Mean directions of groups, their neighbours, and where they lie on the map."""

import numpy as np

from semantic_tokens.analysis.centroids import centroids, nearest, place
from support.toy_groups import TOKENS, partition


def unit_rows(rng, n, dim):
    rows = rng.normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_centroid_is_the_mean_direction_whatever_the_lengths_of_rows():
    rng = np.random.default_rng(0)
    unit, groups = unit_rows(rng, len(TOKENS), 4), partition([0, 1, 2, 1, 2, 3, 3, 1, 2])
    found = centroids(unit * rng.uniform(0.1, 9, size=(len(TOKENS), 1)).astype(np.float32), groups)
    assert found.groups.tolist() == [1, 2, 3], "the special token's group is left out"
    for row, group in zip(found.unit, found.groups):
        mean = unit[groups.group_of == group].mean(axis=0)
        np.testing.assert_allclose(row, mean / np.linalg.norm(mean), rtol=1e-5, atol=1e-6)


def test_a_group_of_zero_rows_has_no_direction():
    table = np.eye(len(TOKENS), dtype=np.float32)
    table[[1, 2]] = 0
    assert centroids(table, partition([0, 1, 1, 2, 2, 2, 3, 3, 3])).groups.tolist() == [2, 3]


def test_nearest_leaves_out_the_row_itself_even_among_twins():
    unit = np.repeat(unit_rows(np.random.default_rng(0), 3, 5), 4, axis=0)
    rows, cosines = nearest(unit, 3)
    for i, found in enumerate(rows):
        assert i not in found and len(set(found)) == 3
        assert set(found) == {j for j in range(i // 4 * 4, i // 4 * 4 + 4) if j != i}
    np.testing.assert_allclose(cosines, 1, atol=1e-5)


def test_one_row_has_no_neighbours():
    rows, cosines = nearest(np.ones((1, 2), np.float32), 6)
    assert rows.shape == cosines.shape == (1, 0)


def test_neighbours_lie_near_each_other_on_the_map_and_the_seed_decides_it():
    rng = np.random.default_rng(0)
    centres = unit_rows(rng, 6, 16)
    unit = np.repeat(centres, 30, axis=0) + 0.1 * rng.normal(size=(180, 16)).astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    around, _ = nearest(unit, 6)
    points = place(unit, around, seed=0)
    assert points.shape == (180, 2) and np.isfinite(points).all()
    clump = np.arange(180) // 30
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (clump[distances.argmin(axis=1)] == clump).mean() > 0.95
    assert np.array_equal(points, place(unit, around, seed=0))
    assert not np.array_equal(points, place(unit, around, seed=1))
