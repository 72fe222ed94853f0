"""Which rows of geometry.csv become which points next to scores."""

from semantic_tokens import csv_rows
from semantic_tokens.analysis import measures
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.siblings.geometry.beside_scores import SHOWN, points

ORIGINAL, FIVE = "m/d8/none/full/none", "m/d8/none/kmeans-cosine-r05/mlm"


def by_panel(path, found):
    measures.write_all([(Condition.parse(name), of) for name, of in found.items()], path)
    return {(point.panel, str(point.condition)): point for point in points(csv_rows.read(path))}


def test_geometry_takes_the_model_as_a_whole_and_its_likeness_to_the_original(tmp_path):
    found = by_panel(
        tmp_path / "g.csv",
        {
            ORIGINAL: [
                Measure("script_separability", "", 0.95, 12, low=0.9, high=0.97, chance=0.5),
                Measure("script_separability_of_common", "", 0.9, 9, low=0.8, high=0.95, chance=0.5),
                Measure("script_separability", "LATIN", 0.7, 9),
                Measure("category_tokens", "LATIN", 7, 9),
                Measure("canonical_cosine", "other/d8/none/full/none", 0.2, 9),
            ],
            FIVE: [Measure("canonical_cosine", ORIGINAL, 0.6, 9, chance=0.1)],
        },
    )
    scripts, likeness = (SHOWN[name] for name in ("script_separability_of_common", "canonical_cosine"))
    assert set(found) == {(scripts, ORIGINAL), (likeness, FIVE), (likeness, ORIGINAL)}
    point = found[scripts, ORIGINAL]
    assert (point.value, point.low, point.high, point.chance) == (0.9, 0.8, 0.95, 0.5)
    assert (found[likeness, ORIGINAL].value, found[likeness, FIVE].value) == (1.0, 0.6)
