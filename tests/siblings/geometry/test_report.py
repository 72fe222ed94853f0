"""The pictures and the page of `geometry`, the projection behind one of them, and planted answers at a small size."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.analysis import measures
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.siblings.geometry import page as geometry_page
from semantic_tokens.siblings.geometry import pictures as geometry
from semantic_tokens.siblings.geometry import places
from semantic_tokens.siblings.geometry.between import Spectrum
from semantic_tokens.siblings.geometry.table import EmbeddingTable
from siblings.geometry import at_scale

ORIGINAL, GROUPED, OTHER = (
    Condition.parse(text)
    for text in ("a/d8/none/full/none", "a/d8/clsa-all/kmeans-cosine-r20/mlm", "b/d8/none/full/none")
)


def rows_of(condition):
    of_other = {ORIGINAL: "b", OTHER: "a"}.get(condition)
    shared = [Measure("shared_tokens", of_other, 0.75, 1234)] if of_other else []
    angle = [Measure("canonical_cosine", str(ORIGINAL), 0.61, 1234, chance=0.12)] if condition != ORIGINAL else []
    return [
        Measure("script_separability", "LATIN", 0.987, 300, low=0.9, high=0.99, chance=0.5),
        Measure("script_separability", "", 0.987, 1, low=0.9, high=0.99, chance=0.5),
        Measure("script_separability_of_common", "", 0.912, 1, low=0.9, high=0.99, chance=0.5),
        Measure("script_separability_as_published", "Symbol", 0.75, 300, low=0.7, high=0.8, chance=0.5),
        Measure("writing_systems", "", 1.625, 50, low=1.4, high=1.8, chance=3.5),
        Measure("writing_systems_sd", "", 0.8, 50),
        Measure("category_tokens", "LATIN", 4321.0, 5000),
        Measure("category_tokens_as_published", "Symbol", 77.0, 5000),
        Measure("mean_cosine", "", 0.25, 99, chance=0.0),
        *shared,
        *angle,
    ]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    parts = [folder / f"{i}.csv" for i in range(3)]
    for condition, part in zip((ORIGINAL, GROUPED, OTHER), parts):
        measures.write(rows_of(condition), condition, part)
    measures.gather(parts, folder / "geometry.csv")
    return pd.read_csv(folder / "geometry.csv")


PLACES = pd.DataFrame(
    {
        "condition": [str(c) for c in (ORIGINAL, GROUPED, OTHER) for _ in range(30)],
        "x": np.arange(90) % 7,
        "y": np.arange(90) % 11,
        "category": ["LATIN", "CYRILLIC", "Number"] * 30,
        "members": 1 + np.arange(90) % 4,
    }
)
SPECTRA = [Spectrum(str(GROUPED), str(ORIGINAL), 1234, (0.9, 0.5, 0.1), (0.3, 0.2, 0.1))]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("umap", ["Latin", "Cyrillic", "other scripts, digits, signs", "30 rows"]),
        ("measures", ["(accuracy)", "Mean cosine"]),
        ("separability", ["Marks removed", "As published", "0.99", "Symbol"]),
        ("angles", ["1,234 tokens", "random tables of the same sizes"]),
        ("overlap", ["1,234", "also in the vocabulary of"]),
    ],
)
def test_each_picture_says_what_it_shows(table, tmp_path, name, seen):
    files = [tmp_path / "a.svg", tmp_path / "a.png"]
    geometry.draw(name, table, PLACES, SPECTRA, *files)
    text = files[0].read_text()
    assert [words for words in seen if words not in text] == []
    assert files[1].stat().st_size > 5000


def test_a_picture_with_pixels_inside_is_the_same_again(table, tmp_path):
    files = [[tmp_path / f"{i}.svg", tmp_path / f"{i}.png"] for i in range(2)]
    for pair in files:
        geometry.draw("umap", table, PLACES, SPECTRA, *pair)
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]


def test_the_page_holds_every_table(table, tmp_path):
    svg = tmp_path / "angles.svg"
    geometry.draw("angles", table, PLACES, SPECTRA, svg, tmp_path / "angles.png")
    neighbours = pd.DataFrame({"condition": [str(GROUPED)], "token": ["dog"], "neighbours": ["[chien]  cat"]})
    geometry_page.write(table, neighbours, {"angles": svg}, True, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    for words in ("0.987 0.900–0.990", "1.625", "0.912", "4,321", "77", "[chien]", "0.610", "0.120", "synthetic world"):
        assert words in html
    geometry_page.write(table, neighbours[:0], {"angles": svg}, False, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    assert "synthetic world" not in html and "chien" not in html


def test_the_plane_keeps_scripts_apart_and_is_the_same_again():
    rng = np.random.default_rng(0)
    script = np.arange(120) % 2
    rows = 3 * np.eye(6)[script] + 0.3 * rng.standard_normal((120, 6))
    tokens = tuple("сова" if s else "owl" for s in script)
    owls = EmbeddingTable(rows.astype(np.float32), np.arange(120), tokens, np.arange(120), 120)
    found, again = places.places(owls, 100, 1), places.places(owls, 100, 1)
    assert found.xy.shape == (100, 2) and (found.members == 1).all()
    assert found.xy.tobytes() == again.xy.tobytes()
    centres = np.stack([found.xy[found.categories == name].mean(axis=0) for name in ("LATIN", "CYRILLIC")])
    nearer = np.linalg.norm(found.xy[:, None] - centres, axis=2).argmin(axis=1)
    assert (np.array(["LATIN", "CYRILLIC"])[nearer] == found.categories).mean() > 0.95


def test_a_group_is_drawn_as_most_of_its_members(tmp_path):
    rows = np.random.default_rng(0).standard_normal((20, 4)).astype(np.float32)
    tokens = ("owl",) * 40 + ("сова",) * 20
    grouped = EmbeddingTable(rows, np.arange(60) % 20, tokens, np.arange(60), 60)
    found = places.places(grouped, 100, 0)
    assert found.categories.tolist() == ["LATIN"] * 20 and found.members.tolist() == [3] * 20
    places.save({"a": found}, tmp_path / "umap.parquet")
    read = pd.read_parquet(tmp_path / "umap.parquet")
    assert list(read.columns) == ["condition", "x", "y", "category", "members"] and len(read) == 20


def test_planted_answers_come_back(capsys):
    assert at_scale.main(["--tokens", "5110", "--dim", "384"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("ok ") == 13 and "NOT" not in printed and "peak memory" in printed


@pytest.mark.parametrize("limits", [["--most-gib", "0.001"], ["--most-minutes", "0"]])
def test_a_run_beyond_its_limits_fails(limits, monkeypatch, capsys):
    monkeypatch.setattr(at_scale, "checks", lambda *_: iter([("x", 1.0, "1", True)]))
    assert at_scale.main([]) == 0
    assert at_scale.main(limits) == 1 and "NOT at most" in capsys.readouterr().out
