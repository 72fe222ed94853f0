"""How often nominal 95% intervals hold what they estimate, in simulated scores by seed and language.

`PYTHONPATH=workflow_scripts python tests/analysis/test_intervals_coverage.py` prints the table, from four times as many
runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from semantic_tokens.analysis import intervals

RUNS = 10_000
NOISE = 0.0017  # standard error of a share of .97 of so many runs; .0027 of .92
RATIO, ITEMS = 0.8, 150
SEEDS, LANGUAGES = (1, 3, 5), (5, 8, 11, 18)


@dataclass(frozen=True)
class World:
    """Standard deviations of logarithms: of how hard a language is for both models, of what it takes from the ratio, of
    a seed of either model, and of a cell; and the share of languages that neither model can read, which score 0."""

    hard: float
    language: float
    seed: float
    cell: float
    unread: float = 0.0


WORLDS = {
    "languages differ": World(0.25, 0.15, 0.0, 0.03),
    "seeds differ": World(0.25, 0.03, 0.06, 0.03),
    "both differ": World(0.25, 0.10, 0.05, 0.05),
    "both differ a little": World(0.10, 0.05, 0.03, 0.05),
    "seeds alone differ": World(0.25, 0.0, 0.05, 0.03),
    "noise alone": World(0.25, 0.0, 0.0, 0.08),
    "a language in ten unread": World(0.25, 0.10, 0.03, 0.05, unread=0.1),
}


def draw(world, seeds, languages, runs, rng):
    """Scores of two models, float [runs, seeds, languages] each, of ITEMS right or wrong answers a cell; and what the
    interval is to hold: the ratio of expected scores, with one seed that of these very models."""

    def factor(deviation, *shape):  # of mean 1
        return np.exp(deviation * rng.standard_normal(shape) - deviation**2 / 2)

    hard = 0.45 * factor(world.hard, runs, 1, languages) * (rng.random((runs, 1, languages)) >= world.unread)
    own = factor(world.language, runs, 1, languages)
    of_seeds = [factor(world.seed, runs, seeds, 1) for _ in range(2)]
    expected = [RATIO * hard * own * of_seeds[0], hard * of_seeds[1]]
    scores = [
        rng.binomial(ITEMS, np.clip(side * factor(world.cell, runs, seeds, languages), 0, 1)) / ITEMS
        for side in expected
    ]
    given = (of_seeds[0] / of_seeds[1])[:, 0, 0] if seeds == 1 else np.ones(runs)
    return *scores, RATIO * given


def coverage(world, seeds, languages, runs=RUNS, seed=0, interval: Callable = intervals.of_crossed_ratio):
    rng = np.random.default_rng((seed, seeds, languages))
    target, source, truth = draw(world, seeds, languages, runs, rng)
    low, high = interval(target, source)
    return float(np.mean((low <= truth) & (truth <= high)))


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("seeds", SEEDS)
def test_intervals_of_what_is_retained_cover_what_they_say(name, seeds):
    for languages in LANGUAGES:
        found = coverage(WORLDS[name], seeds, languages)
        low, high = (percent / 100 for percent in intervals.COVERED["usual"])
        assert low - NOISE <= found <= high + NOISE, (languages, found)


@pytest.mark.parametrize(
    ("where", "seeds", "languages"),
    [
        ("two seeds", 2, 18),
        ("two languages", 1, 2),
        ("two languages", 3, 2),
        ("three or four languages", 1, 3),
    ],
)
def test_few_seeds_or_languages_cover_as_little_as_the_page_says(where, seeds, languages):
    low, high = intervals.COVERED[where]
    found = [100 * coverage(world, seeds, languages, RUNS // 4) for world in WORLDS.values()]
    assert low - 1 <= min(found) < intervals.COVERED["usual"][0] and max(found) <= high + 1, found


def of_pairs(target, source):
    """What was done before: a bootstrap of pairs of seed and language as if these were independent, here its normal
    limit."""
    ratio = target.mean((-2, -1)) / source.mean((-2, -1))
    left = target - ratio[:, None, None] * source
    cells = target.shape[-2] * target.shape[-1]
    margin = intervals.Z * left.std((-2, -1)) / np.sqrt(cells) / source.mean((-2, -1))
    return ratio - margin, ratio + margin


def test_pairs_taken_as_independent_cover_far_less():
    """So the simulation can tell a good interval from a bad one."""
    both = WORLDS["both differ"]
    assert coverage(both, 3, 5, interval=of_pairs) < 0.80
    assert coverage(both, 5, 18, interval=of_pairs) < 0.70


def test_the_interval_of_one_seed_is_students_of_the_languages():
    """By hand: the logarithm of the ratio, plus and minus t times the standard error of its cells over languages."""
    target, source = np.array([[0.3, 0.4, 0.5]]), np.array([[0.5, 0.5, 0.8]])
    cells = target[0] / 0.4 - source[0] / 0.6
    margin = stats.t.ppf(0.975, 2) * cells.std(ddof=1) / np.sqrt(3)
    low, high = intervals.of_crossed_ratio(target, source)
    assert (low, high) == (pytest.approx(0.4 / 0.6 * np.exp(-margin)), pytest.approx(0.4 / 0.6 * np.exp(margin)))


def test_more_seeds_do_not_narrow_what_languages_leave_open():
    """The same models in the same languages, seed by seed: nothing new was learned about languages."""
    target, source = np.array([[0.3, 0.4, 0.5]]), np.array([[0.5, 0.5, 0.8]])
    one = intervals.of_crossed_ratio(target, source)
    assert intervals.of_crossed_ratio(np.repeat(target, 5, axis=0), np.repeat(source, 5, axis=0)) == pytest.approx(one)


def test_shapes_that_cannot_be_paired_are_refused():
    for shapes in (((1, 3), (2, 3)), ((2, 1), (2, 1))):
        with pytest.raises(ValueError, match="the same seeds and two languages or more"):
            intervals.of_crossed_ratio(*map(np.ones, shapes))


def test_a_mean_of_few_has_students_interval():
    values = np.random.default_rng(0).standard_normal((4000, 5))
    covered = [low <= 0 <= high for low, high in map(intervals.of_mean, values)]
    assert 0.94 < np.mean(covered) < 0.96


def test_intervals():
    values = np.random.default_rng(1).normal(3, 2, 10_000)
    low, high = intervals.of_mean(values)
    assert high - low == pytest.approx(2 * 1.96 * 2 / 100, rel=0.05) and low < 3 < high
    low, high = intervals.of_share(0.8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4)), "Wilson's, by hand"


if __name__ == "__main__":
    print("seeds  world                      " + "".join(f"{n:>4} lang." for n in LANGUAGES))
    for seeds in (1, 2, *SEEDS[1:]):
        for name, world in WORLDS.items():
            found = [coverage(world, seeds, languages, 4 * RUNS, seed=1) for languages in LANGUAGES]
            print(f"{seeds:>5}  {name:<26}" + "".join(f"{100 * share:>9.1f}" for share in found))
