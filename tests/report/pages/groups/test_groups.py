"""What `groups.html` is told of a partition agrees with the partition and the table."""

import numpy as np

from semantic_tokens.analysis.keywords import members_of_keywords
from semantic_tokens.report.pages.groups import groups, page
from semantic_tokens.report.pages.groups.groups import groups_script, hundredths, largest, members, on_grid
from support.toy_browser import ALIGNED, GROUPS, TOKENS, partition, read

TABLE = np.random.default_rng(0).normal(size=(len(TOKENS), 8)).astype(np.float32)


def test_members_are_in_the_order_of_the_table_of_keywords():
    found = partition(ALIGNED, seed=3)
    ids, cosines = members(found)
    assert np.array_equal(found.cosine_to_centroid[ids], cosines)
    start = np.cumsum(found.group_sizes()) - found.group_sizes()
    ranked = [m.token_id for m in members_of_keywords(ALIGNED, found, ["mother"])]
    first = start[found.group_of[TOKENS.index("▁mother")]]
    assert ids[first : first + len(ranked)].tolist() == ranked


def test_neighbours_are_the_nearest_mean_directions():
    _, header, found = read(groups_script("g", partition(ALIGNED), TABLE, 0))
    assert header["groups"] == len(GROUPS) and found["directed"].tolist() == [1, 2, 3, 4, 5], (
        "without the special token"
    )
    unit = TABLE / np.linalg.norm(TABLE, axis=1, keepdims=True)
    means = np.stack([unit[partition(ALIGNED).group_of == g].mean(axis=0) for g in range(1, 6)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines = means @ means.T
    np.fill_diagonal(cosines, -2)
    expected = np.argsort(-cosines, axis=1)[:, :4]
    assert np.array_equal(found["neighbour"].reshape(5, 4), expected + 1)
    assert np.array_equal(found["closeness"].reshape(5, 4), hundredths(np.take_along_axis(cosines, expected, axis=1)))


def test_only_the_largest_groups_are_on_a_map_that_cannot_hold_all(monkeypatch):
    monkeypatch.setattr(groups, "MOST_POINTS", 3)
    _, _, found = read(groups_script("g", partition(ALIGNED), TABLE, 0))
    assert found["mapped"].tolist() == [1, 2, 3] and len(found["x"]) == len(found["y"]) == 3
    assert largest(np.array([1, 5, 5, 2]), 2).tolist() == [1, 2]


def test_beyond_the_limit_no_groups_are_compared(monkeypatch):
    monkeypatch.setattr(groups, "MOST_COMPARED", 3)
    _, header, found = read(groups_script("g", partition(ALIGNED), TABLE, 0))
    assert header["neighbours"] == 0 and "neighbour" not in found and len(found["mapped"]) == 5


def test_a_partition_of_one_group_has_a_script():
    _, header, found = read(groups_script("g", partition(ALIGNED).__class__.identity(TOKENS[:1]), TABLE[:1], 0))
    assert header["groups"] == 1 and found["mapped"].tolist() == [0]


def test_points_fill_the_grid_but_for_strays():
    points = np.random.default_rng(0).normal(size=(5000, 2)) * [1, 3]
    grid = on_grid(np.vstack([points, [[100, 100]]]))
    for axis in grid.values():
        assert axis.min() == 0 and axis.max() == 4095 and np.percentile(axis, 99) > 3000


def test_the_page_opens_with_two_groupings_of_one_backbone():
    first, second = ALIGNED, ALIGNED.of_grouped("other/d8/none/random-r05")
    html = page.render("r", [first, second], [])
    assert f'"start": ["{first.grouped}", "{first.grouped}"]' in html
