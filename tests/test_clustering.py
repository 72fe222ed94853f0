"""SphericalKMeans is a scikit-learn estimator, and is the pipeline's K-Means."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from semantic_tokens.clustering import SphericalKMeans
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.grouping.vocabulary import Vocabulary

ROWS = np.random.default_rng(0).normal(size=(300, 12)).astype(np.float32)


@parametrize_with_checks([SphericalKMeans(n_clusters=3, random_state=0)])
def test_scikit_learns_own_checks_pass(estimator, check):
    check(estimator)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_the_pipelines_kmeans_bit_for_bit(dtype):
    rows = ROWS.astype(dtype)
    expected = spherical_kmeans(torch.from_numpy(rows), 20, seed=7, max_iterations=300)
    found = SphericalKMeans(20, random_state=7).fit(rows)
    assert np.array_equal(found.labels_, expected.assignment.numpy())
    assert np.array_equal(found.cluster_centers_, expected.centroids.numpy())
    assert found.cluster_centers_.dtype == dtype
    assert found.n_iter_ == expected.iterations
    assert found.inertia_ == expected.objective[-1] * len(rows)


def test_it_groups_as_the_method_kmeans_cosine_does():
    vocabulary = Vocabulary(tuple(f"t{i}" for i in range(len(ROWS))), (0, 1), (), "wordpiece")
    inputs = GroupingInputs(torch.from_numpy(ROWS), vocabulary, 22, None, seed=3)
    partition = group("kmeans-cosine", inputs, max_iterations=300)
    labels = SphericalKMeans(20, random_state=3).fit_predict(ROWS[2:])
    _, first, label = np.unique(labels, return_index=True, return_inverse=True)
    assert np.array_equal(np.argsort(np.argsort(first))[label] + 2, partition.group_of[2:])


def test_every_cluster_has_a_row_and_centres_have_unit_length():
    found = SphericalKMeans(100, random_state=0).fit(ROWS)
    assert np.bincount(found.labels_, minlength=100).min() >= 1
    np.testing.assert_allclose(np.linalg.norm(found.cluster_centers_, axis=1), 1, atol=1e-6)


def test_predict_transform_and_score_agree():
    found = SphericalKMeans(20, random_state=0).fit(ROWS)
    distances = found.transform(ROWS)
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    np.testing.assert_allclose(distances, 1 - unit @ found.cluster_centers_.T, atol=1e-6)
    assert np.array_equal(found.predict(ROWS), found.labels_)
    assert np.array_equal(distances.argmin(axis=1), found.labels_)
    assert found.score(ROWS) == pytest.approx(-found.inertia_, rel=1e-5)


def test_the_length_of_a_row_does_not_matter():
    scale = np.random.default_rng(1).uniform(0.1, 9, size=(len(ROWS), 1)).astype(np.float32)
    found = SphericalKMeans(20, random_state=0).fit(ROWS)
    assert np.array_equal(found.predict(ROWS * scale), found.labels_)


def test_tensors_pipelines_and_given_starts_are_taken():
    from_array = SphericalKMeans(20, random_state=0).fit(ROWS)
    from_tensor = SphericalKMeans(20, random_state=0).fit(torch.from_numpy(ROWS))
    assert np.array_equal(from_array.labels_, from_tensor.labels_)
    again = SphericalKMeans(20, init=from_array.cluster_centers_).fit(ROWS)
    assert again.n_iter_ <= 2 and np.array_equal(again.labels_, from_array.labels_)
    assert make_pipeline(StandardScaler(), clone(from_array)).fit_predict(ROWS).shape == (300,)
    assert list(from_array.get_feature_names_out()[:2]) == ["sphericalkmeans0", "sphericalkmeans1"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"n_clusters": 0}, "n_clusters=0; allowed: an integer from 1 on"),
        ({"n_clusters": 301}, "n_samples=300 rows for n_clusters=301"),
        ({"n_clusters": 2.5}, "n_clusters=2.5"),
        ({"max_iter": 0}, "max_iter=0"),
        ({"init": "k-means++"}, "allowed: 'random' or an array"),
        ({"init": ROWS[:3]}, r"init has shape \(3, 12\); allowed: \(8, 12\)"),
        ({"backend": "none"}, "allowed: auto, torch, faiss, cuml"),
    ],
)
def test_what_cannot_be_is_refused(parameters, said):
    with pytest.raises(InputError, match=said):
        SphericalKMeans(**parameters).fit(ROWS)


@pytest.mark.gpu
def test_a_gpu_gives_the_clusters_of_the_cpu():
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    on_cpu, on_gpu = (
        SphericalKMeans(20, random_state=0, backend="torch", device=device).fit(ROWS) for device in ("cpu", "cuda")
    )
    assert np.array_equal(on_cpu.labels_, on_gpu.labels_)
    assert np.array_equal(on_gpu.predict(torch.from_numpy(ROWS).cuda()), on_cpu.labels_)
