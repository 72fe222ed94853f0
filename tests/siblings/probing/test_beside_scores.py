"""Which rows of probing.csv become which points next to scores."""

import pytest

from semantic_tokens import csv_rows
from semantic_tokens.analysis import measures
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.siblings.probing.beside_scores import LATE, SHOWN, points

FIVE = "m/d8/none/kmeans-cosine-r05/mlm"


def by_panel(path, found):
    measures.write_all([(Condition.parse(name), of) for name, of in found.items()], path)
    return {(point.panel, str(point.condition)): point for point in points(csv_rows.read(path))}


def test_layers_take_the_layer_most_above_chance_and_cosines_less_chance(tmp_path):
    found = by_panel(
        tmp_path / "p.csv",
        {
            FIVE: [
                Measure("word_similarity", "", 0.5, 9, 0, 0.4, 0.6, 0.1),
                Measure("word_similarity", "", 0.9, 9, 1, 0.8, 1.0, 0.7),
                Measure("word_similarity", "en-sw", 0.9, 9, 1, chance=0.0),
                Measure("parallel_retrieval", "", 0.3, 9, 0, chance=0.01),
                Measure("parallel_retrieval", "", 0.2, 9, 1, chance=0.01),
                Measure("late_layer_drop", "parallel_retrieval", 0.1, 9, 0),
                Measure("late_layer_drop", "word_similarity", 0.2, 9, 0),
            ]
        },
    )
    words = found[SHOWN["word_similarity"], FIVE]
    assert (words.value, words.low, words.high, words.chance) == (0.4, pytest.approx(0.3), pytest.approx(0.5), None)
    sentences = found[SHOWN["parallel_retrieval"], FIVE]
    assert (sentences.value, sentences.chance) == (0.3, 0.01)
    assert found[LATE, FIVE].value == 0.1
    assert len(found) == 3
