"""Figures of studies: which conditions a line joins, what lines are called, and the same bytes twice."""

import pytest

from semantic_tokens.conditions import Condition, expand
from semantic_tokens.report.figures import bars, lines
from support.toy_scores import AS_THE_PAPER_SAYS, FIRST, ORACLE, cells_of


@pytest.fixture
def paper_cells(tmp_path):
    return cells_of(tmp_path, AS_THE_PAPER_SAYS)


def scored(folder, *patterns):
    conditions = [str(c) for pattern in patterns for c in expand(pattern)]
    return cells_of(folder, {c: {"ner": 0.4 + 0.01 * i} for i, c in enumerate(conditions)})


def joined(cells, axis):
    """label -> its conditions along the axis"""
    found = lines.series(cells, axis)
    names = lines.labels(list(found))
    return {names[line]: [str(cell.condition) for cell in points] for line, points in found.items()}


@pytest.mark.parametrize("axis", lines.AXES)
def test_figures_have_the_same_bytes_twice_and_no_date(tmp_path, paper_cells, axis):
    for run in ("a", "b"):
        lines.draw(paper_cells, axis, tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert "date" not in (tmp_path / "a.svg").read_text()


def test_a_study_of_one_condition_without_an_oracle(tmp_path):
    lines.draw(cells_of(tmp_path, {FIRST: {"ner": 0.4}}), "ratio", tmp_path / "f.svg", tmp_path / "f.png")
    assert (tmp_path / "f.svg").stat().st_size > 1000


def test_figure_3_and_4_have_a_line_a_grouping(paper_cells):
    assert list(joined(paper_cells, "ratio")) == [
        "K-Means",
        "K-Means, not continually pretrained",
        "K-Means + CLSA",
        "First-k",
        "Random, one word per language",
    ]


def test_figure_5_has_a_line_a_dimension(tmp_path):
    cells = scored(tmp_path, "tiny/d{8,4}/clsa-all/kmeans-cosine-r{05,20}/mlm", "tiny/d8/none/full/mlm")
    assert joined(cells, "ratio") == {
        "d = 8": [*map(str, expand("tiny/d8/clsa-all/kmeans-cosine-r{05,20}/mlm")), ORACLE],
        "d = 4": [*map(str, expand("tiny/d4/clsa-all/kmeans-cosine-r{05,20}/mlm"))],
    }


def test_figure_6_joins_dimensions_of_the_full_vocabulary_and_ratios_of_one_dimension(tmp_path):
    cells = scored(tmp_path, "tiny/d{8,4,2}/none/full/mlm", "tiny/d4/clsa-all/kmeans-cosine-r{05,20}/mlm")
    assert joined(cells, "parameters") == {
        "d = 4, K-Means + CLSA": [*map(str, expand("tiny/d4/clsa-all/kmeans-cosine-r{05,20}/mlm"))],
        "Full vocabulary": [*map(str, expand("tiny/d{2,4,8}/none/full/mlm"))],
    }
    place = lines.AXES["parameters"][1]
    assert place(Condition.parse("tiny/d4/clsa-all/kmeans-cosine-r20/mlm"), 8) == pytest.approx(0.1)


def test_figure_7_has_a_line_a_backbone_that_ends_at_its_full_vocabulary(tmp_path):
    cells = scored(tmp_path, "{one,two}/d8/none/full/none", "{one,two}/d8/clsa-all/kmeans-cosine-r05/none")
    assert joined(cells, "ratio") == {
        f"{name}, not continually pretrained": [
            f"{name}/d8/clsa-all/kmeans-cosine-r05/none",
            f"{name}/d8/none/full/none",
        ]
        for name in ("one", "two")
    }


def test_figure_12_joins_dimensions(tmp_path):
    cells = scored(tmp_path, "tiny/d{8,4}/none/kmeans-{cosine,l2}-r05/mlm")
    assert set(joined(cells, "dimension")) == {"K-Means", "K-Means, Euclidean"}


def test_source_sets_are_told_apart_by_name(tmp_path):
    cells = scored(tmp_path, "tiny/d8/clsa-{all,muse}/kmeans-cosine-r05/mlm")
    assert set(joined(cells, "ratio")) == {"K-Means + CLSA (all)", "K-Means + CLSA (muse)"}


def test_the_shuffled_control_is_not_drawn_as_clsa(tmp_path):
    cells = scored(tmp_path, "tiny/d8/{clsa,shuffled}-all/kmeans-cosine-r05/mlm")
    assert set(joined(cells, "ratio")) == {"K-Means + CLSA", "K-Means + CLSA on shuffled pairs"}


def test_figure_11_has_a_bar_an_alignment(tmp_path):
    cells = scored(tmp_path, "tiny/d8/{none,clsa-muse,clsa-all}/kmeans-cosine-r05/mlm", "tiny/d8/none/full/mlm")
    grouped = [c.condition for c in cells if c.condition.grouping.percent]
    assert [bars.label(c, grouped) for c in grouped] == ["CLSA: all", "CLSA: muse", "no alignment"]
    bars.draw(cells, tmp_path / "f.svg", tmp_path / "f.png")
    first = (tmp_path / "f.svg").read_bytes()
    bars.draw(cells, tmp_path / "f.svg", tmp_path / "f.png")
    assert (tmp_path / "f.svg").read_bytes() == first
