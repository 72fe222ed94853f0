"""Telling scripts apart: tables whose answer is known."""

import numpy as np
import pytest

from semantic_tokens.analysis import intervals
from semantic_tokens.siblings.geometry.common_scripts import over_common_scripts
from semantic_tokens.siblings.geometry.separability import held_out_predictions, separability
from semantic_tokens.siblings.geometry.table import EmbeddingTable

SCRIPTS = np.array(["LATIN", "CJK", "ARABIC"])


def table(rows, row_of=None):
    row_of = np.arange(len(rows)) if row_of is None else row_of
    tokens = tuple(f"t{i}" for i in range(len(row_of)))
    return EmbeddingTable(np.asarray(rows, np.float32), row_of, tokens, np.arange(len(row_of)), len(row_of))


def measured(rows, categories, row_of=None, at_least=50, per_class=60, letters_alone=True):
    found = separability(table(rows, row_of), categories, at_least, per_class, 0, "x", letters_alone)
    return {m.subject: m for m in found}


def test_a_table_that_is_one_hot_by_script_separates_all():
    number = np.arange(300) % 3
    found = measured(np.eye(3)[number], SCRIPTS[number])
    assert {subject: m.value for subject, m in found.items()} == {"ARABIC": 1, "CJK": 1, "LATIN": 1, "": 1}
    assert found["LATIN"].n == 120 and found[""].n == 3 and found[""].chance == 0.5
    assert found["LATIN"].low == pytest.approx(0.969, abs=1e-3) and found["LATIN"].high == 1
    assert found["LATIN"].low < found[""].low < 1, "the average of three is surer than one"


def test_the_average_is_of_writing_systems_alone_where_that_is_asked():
    number, rng = np.arange(300) % 3, np.random.default_rng(0)
    categories = np.array(["LATIN", "CJK", "Number"])[number]
    rows = np.hstack([np.eye(3)[number], rng.standard_normal((300, 2))])
    rows[number == 2] = rows[rng.permutation(np.flatnonzero(number == 0))]  # numbers lie where Latin does
    letters, everything = (measured(rows, categories, letters_alone=alone) for alone in (True, False))
    parts = {subject: m.value for subject, m in letters.items() if subject}
    assert set(parts) == {"LATIN", "CJK", "Number"}
    assert (letters[""].value, letters[""].n) == (pytest.approx((parts["LATIN"] + parts["CJK"]) / 2), 2)
    assert (everything[""].value, everything[""].n) == (pytest.approx(sum(parts.values()) / 3), 3)
    assert letters[""].value != everything[""].value


def row(name, subject, value):
    """A row of geometry.csv, of the condition `name`."""
    found = {"value": value, "low": value - 0.1, "high": value + 0.1}
    about = {"condition": name, "measure": "script_separability", "subject": subject}
    return about | {key: str(number) for key, number in found.items()}


def test_an_average_over_the_scripts_that_all_conditions_have():
    full, grouped, other = "a/d8/none/full/none", "a/d8/none/random-r20/mlm", "b/d8/none/full/none"
    rows = [row(full, "LATIN", 0.9), row(full, "CJK", 0.7), row(full, "GREEK", 0.5), row(full, "Number", 0.1)]
    rows += [row(grouped, "CJK", 0.6), row(grouped, "LATIN", 0.8), row(grouped, "Number", 0.2)]
    rows += [row(other, "GREEK", 0.4)]
    found = {str(condition): m for condition, (m,) in over_common_scripts(rows)}
    values = {name: (round(m.value, 9), m.n) for name, m in found.items()}
    assert values == {
        "a/d8/none/full/none": (0.8, 2), "a/d8/none/random-r20/mlm": (0.7, 2), "b/d8/none/full/none": (0.4, 1),
    }  # fmt: skip
    assert found["a/d8/none/full/none"].low == pytest.approx(0.8 - 0.1 / np.sqrt(2))


def test_rows_count_by_direction_not_by_length():
    number, rng = np.arange(300) % 3, np.random.default_rng(0)
    lengths = np.exp(rng.uniform(-6, 6, 300))[:, None]
    assert measured(np.eye(3)[number] * lengths, SCRIPTS[number])[""].value == 1


def test_a_random_table_gives_chance():
    rng = np.random.default_rng(1)
    found = measured(rng.standard_normal((1500, 20)), SCRIPTS[rng.integers(3, size=1500)], per_class=400)
    for m in found.values():
        assert m.value == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(800))  # four standard deviations


def test_members_of_a_group_are_never_on_both_sides_of_a_fold():
    # 40 random rows of ten tokens, each of one script: were a row known from training, all would be told right.
    rng = np.random.default_rng(2)
    row_of = np.repeat(np.arange(40), 10)
    script = SCRIPTS[rng.permutation(40) % 2][row_of]
    found = measured(rng.standard_normal((40, 100)), script, row_of, per_class=200)
    assert found["LATIN"].value < 0.75


def test_a_group_of_two_scripts_cannot_be_told_apart():
    row_of = np.repeat(np.arange(100), 2)
    found = measured(np.random.default_rng(0).standard_normal((100, 8)), SCRIPTS[np.arange(200) % 2], row_of, 50, 100)
    assert found["LATIN"].value == 0.5


def test_rare_scripts_and_scripts_of_few_rows_are_left_out():
    number = np.array([0] * 100 + [1] * 49 + [2] * 100)
    row_of = np.concatenate([np.arange(149), np.full(100, 149)])
    found = measured(np.random.default_rng(0).standard_normal((150, 4)), SCRIPTS[number], row_of)
    assert set(found) == {"LATIN", ""}, "CJK has 49 tokens, ARABIC a single row"
    assert measured(np.eye(3)[number], SCRIPTS[number], at_least=500) == {}


def test_classes_are_as_large_as_the_smaller_allows():
    wanted = np.arange(500) < 30
    assert len(held_out_predictions(table(np.eye(500)), wanted, 150, 0)) == 60


def test_the_draw_depends_on_the_seed_alone():
    rows, script = np.random.default_rng(0).standard_normal((400, 10)), SCRIPTS[np.arange(400) % 2]
    assert measured(rows, script) == measured(rows, script)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng, n, truth = np.random.default_rng(0), 120, np.array([0.99, 0.9, 0.6])
    inside = 0
    for _ in range(300):
        right = rng.binomial(n, truth)
        low, high = intervals.of_average(list(right / n), [intervals.of_share(int(k) / n, n) for k in right])
        inside += low <= truth.mean() <= high
    assert 0.91 <= inside / 300 <= 0.985


def test_interval_of_a_rank_correlation():
    low, high = intervals.of_rank_correlation(0.5, 103)
    assert (low, high) == (pytest.approx(0.3287, abs=1e-4), pytest.approx(0.6394, abs=1e-4))
    assert intervals.of_rank_correlation(1.0, 50)[1] <= 1
