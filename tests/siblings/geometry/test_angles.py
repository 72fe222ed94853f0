"""Canonical angles against scipy in float64, anisotropy against its definition, and both between conditions."""

import weakref

import numpy as np
import pytest
from scipy import linalg, stats

from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.siblings.geometry import between, canonical_angles
from semantic_tokens.siblings.geometry import table as embedding_table
from semantic_tokens.siblings.geometry.anisotropy import anisotropy, frequency_effects, isotropy
from semantic_tokens.siblings.geometry.table import EmbeddingTable


def table(rows, row_of=None, tokens=None):
    row_of = np.arange(len(rows)) if row_of is None else np.array(row_of)
    tokens = tuple(tokens or (f"t{i}" for i in range(len(row_of))))
    return EmbeddingTable(np.asarray(rows, np.float32), row_of, tokens, np.arange(len(row_of)), len(row_of))


@pytest.fixture
def tables():
    """float32 [900, 12] and [900, 8]: four directions nearly shared, the columns of very different size."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((900, 12)) * np.logspace(-3, 2, 12) + 3
    b = rng.standard_normal((900, 8))
    b[:, :3] = a[:, 4:7] @ rng.standard_normal((3, 3)) + 0.3 * rng.standard_normal((900, 3))
    b[:, 3] = a[:, 2] + 1e-3 * rng.standard_normal(900)
    return a.astype(np.float32), b.astype(np.float32)


@pytest.mark.parametrize("block", [100, 8_192])
def test_angles_equal_scipy(tables, block, monkeypatch):
    monkeypatch.setattr(embedding_table, "BLOCK", block)
    a, b = tables
    expected = np.sort(linalg.subspace_angles(a.astype(np.float64), b.astype(np.float64)))
    assert expected[0] < 0.01 and expected[-1] > 1
    for found in (canonical_angles.canonical_angles(a, b), canonical_angles.canonical_angles(b, a)):
        assert found == pytest.approx(expected, abs=1e-8)


def test_cosines_are_singular_values_of_the_bases(tables):
    a, b = (np.linalg.qr(x.astype(np.float64))[0] for x in tables)
    expected = np.linalg.svd(a.T @ b, compute_uv=False)
    assert np.cos(canonical_angles.canonical_angles(*tables)) == pytest.approx(expected, abs=1e-8)


def test_angles_far_too_small_for_their_cosine_are_right():
    angles, axes = np.array([1e-10, 1e-5, 0.5, 1.5]), np.linalg.qr(np.random.default_rng(0).standard_normal((50, 8)))[0]
    a, b = axes[:, :4], axes[:, :4] * np.cos(angles) + axes[:, 4:] * np.sin(angles)
    mixed = b @ np.random.default_rng(1).standard_normal((4, 4))
    assert canonical_angles.canonical_angles(a, mixed) == pytest.approx(angles, abs=1e-13)


def test_a_linear_map_changes_no_angle_and_dependent_columns_add_none(tables):
    a, _ = tables
    turned = a @ np.random.default_rng(1).standard_normal((12, 12))
    assert canonical_angles.canonical_angles(a, turned.astype(np.float64)) == pytest.approx(np.zeros(12), abs=1e-6)
    assert len(canonical_angles.canonical_angles(a, np.hstack([a[:, :2], a[:, :2]]).astype(np.float64))) == 2


def test_directions_that_rounding_made_are_left_out(tables):
    a = tables[0][:, 6:]
    sums = (a.astype(np.float64) @ np.random.default_rng(2).standard_normal((6, 3))).astype(np.float32)
    angles = canonical_angles.canonical_angles(np.hstack([a, sums]), np.hstack([a, sums]))
    assert len(angles) == 6, "three more columns of float32 lie in the space of the six but for rounding"


@pytest.mark.parametrize("shapes", [((9, 3), (8, 3)), ((5, 3), (5, 6))])
def test_tables_that_cannot_be_compared_are_refused(shapes):
    with pytest.raises(InputError, match="rows must be as many, and more than columns"):
        canonical_angles.canonical_angles(*(np.ones(shape) for shape in shapes))


@pytest.mark.parametrize(("n", "d", "e"), [(60, 12, 5), (60, 5, 12), (16, 10, 9)])
def test_random_cosines_are_those_of_random_tables(n, d, e):
    rng = np.random.default_rng(0)
    ours = np.mean([canonical_angles.random_cosines(n, d, e, rng) for _ in range(400)], axis=0)
    drawn = [
        np.cos(canonical_angles.canonical_angles(rng.standard_normal((n, d)), rng.standard_normal((n, e))))
        for _ in range(400)
    ]
    assert ours == pytest.approx(np.mean(drawn, axis=0), abs=0.02)


def by_name(measures):
    return {m.measure + m.subject: m.value for m in measures}


def test_anisotropy_equals_its_definition():
    rows = np.random.default_rng(0).standard_normal((300, 12)) * np.arange(1, 13) + 2
    rows = rows.astype(np.float32).astype(np.float64)
    found = by_name(anisotropy(table(rows)))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[~np.eye(300, dtype=bool)]
    assert found["mean_cosine"] == pytest.approx(cosines.mean(), abs=1e-6)
    variances = np.sort(np.linalg.eigvalsh(np.cov(rows.T)))[::-1]
    assert found["top_component_share1"] == pytest.approx(variances[0] / variances.sum(), abs=1e-9)
    assert found["top_component_share10"] == pytest.approx(variances[:10].sum() / variances.sum(), abs=1e-9)
    norms = np.linalg.norm(rows, axis=1)
    assert found["mean_norm"] == pytest.approx(norms.mean(), rel=1e-6)
    assert found["norm_variation"] == pytest.approx(norms.std() / norms.mean(), rel=1e-5)


def test_isotropy_by_hand():
    rows = np.array([[1.0, 0.0], [0.0, 0.0]])
    z = {"x": np.e + 1, "-x": 1 / np.e + 1, "y": 2.0}
    assert isotropy(rows, np.eye(2)) == pytest.approx(z["-x"] / z["x"])
    assert isotropy(1000 * rows, np.eye(2)) == pytest.approx(0), "no overflow"


def test_rows_that_point_everywhere_alike_are_isotropic_and_a_shift_is_seen():
    rows = np.vstack([np.eye(6), -np.eye(6)])
    found = by_name(anisotropy(table(rows)))
    assert found["mean_cosine"] == pytest.approx(-1 / 11) and found["isotropy"] == pytest.approx(1)
    shifted = by_name(anisotropy(table(rows + 2)))
    assert shifted["mean_cosine"] > 0.8 and shifted["isotropy"] < 1e-3


def test_a_row_of_zeros_points_nowhere():
    assert by_name(anisotropy(table([[1, 0], [1, 0], [0, 0]])))["mean_cosine"] == pytest.approx(1 / 3)


def test_each_row_counts_once_however_many_tokens_share_it():
    rows = np.random.default_rng(0).standard_normal((40, 5))
    assert anisotropy(table(rows, [0] * 50 + list(range(40)))) == anisotropy(table(rows))


def test_frequency_effects_equal_scipy_over_the_rows_that_occur():
    rng = np.random.default_rng(0)
    rows, row_of, counts = rng.standard_normal((30, 4)) + 1, np.arange(60) % 30, rng.integers(1, 99, 60)
    counts[[3, 33]] = 0
    of_row = counts[:30] + counts[30:]
    occurs = of_row > 0
    length, centrality = frequency_effects(table(rows, row_of), counts)
    norms = np.linalg.norm(rows, axis=1)
    unit = rows / norms[:, None]
    assert length.n == 29
    assert length.value == pytest.approx(stats.spearmanr(norms[occurs], of_row[occurs]).statistic)
    to_mean = unit @ unit.mean(axis=0)
    assert centrality.value == pytest.approx(stats.spearmanr(to_mean[occurs], of_row[occurs]).statistic)
    assert length.low < length.value < length.high


CONDITIONS = [
    Condition.parse(text)
    for text in (
        "a/d8/none/full/none",
        "a/d4/none/full/mlm",
        "a/d8/none/random-r20/mlm",
        "b/d8/none/full/none",
        "b/d8/clsa-all/full/none",
    )
]


def test_each_model_is_compared_with_its_backbone_and_backbones_with_one_another():
    a, cut, grouped, b, aligned = CONDITIONS
    assert between.compared(CONDITIONS) == [(grouped, a), (aligned, b), (a, b)], "no d4 before pretraining is there"
    assert between.compared([cut]) == []


def test_measures_between_models(tmp_path):
    a, _, grouped, b, _ = CONDITIONS
    rng = np.random.default_rng(0)
    words = ["cat", "dog", *(f"w{i}x" for i in range(98))]
    rows = rng.standard_normal((100, 8))
    found = {
        a: table(rows, tokens=[*words[:-1], "##s"]),
        grouped: table(rows[:30], np.arange(100) % 30, [*words[:-1], "##s"]),
        b: table(rows @ rng.standard_normal((8, 8)), tokens=["▁" + word for word in words]),
    }
    spectra = list(between.spectra(between.compared(list(found)), found.__getitem__, 0))
    between.save(spectra, tmp_path / "s.json")
    loaded = between.load(tmp_path / "s.json")
    assert [(s.first, s.second, s.shared_tokens) for s in loaded] == [
        (str(grouped), str(a), 100),
        (str(a), str(b), 99),
    ]
    measured = between.measures(list(found), loaded, found.__getitem__)
    rotated, shared = measured[a]
    assert (rotated.subject, rotated.n) == (str(b), 99) and rotated.value == pytest.approx(1, abs=1e-6)
    assert 0.1 < rotated.chance < 0.5
    assert (shared.measure, shared.subject, shared.value, shared.n) == ("shared_tokens", "b", 0.99, 99)
    (angle,) = measured[grouped]
    assert angle.chance < angle.value < 0.95


def test_too_few_shared_tokens_are_not_compared(caplog):
    caplog.set_level("INFO")
    a, _, _, b, _ = CONDITIONS
    found = {a: table(np.eye(8), tokens=list("abcdefgh")), b: table(np.eye(8), tokens=list("klmnopqh"))}
    assert list(between.spectra([(a, b)], found.__getitem__, 0)) == []
    assert f"{a} and {b} share 1 tokens, 8 are needed: left out" in caplog.text


def test_no_more_than_two_tables_are_held():
    alive, most = weakref.WeakSet(), []

    def read(condition):
        made = table(np.random.default_rng(0).standard_normal((30, 8)))
        alive.add(made)
        most.append(len(alive))
        return made

    assert len(list(between.spectra([(CONDITIONS[0], CONDITIONS[3])] * 3, read, 0))) == 3
    assert max(most) == 2
