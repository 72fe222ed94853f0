"""Figures of studies: which conditions a line joins, what lines and marks say, and the same bytes twice."""

import re
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from semantic_tokens import csv_rows
from semantic_tokens.conditions import Condition, expand
from semantic_tokens.report import printed
from semantic_tokens.report.claims.scores import Roles
from semantic_tokens.report.figures import bars, lines, panels, study
from support import ROOT
from support.toy_scores import AS_THE_PAPER_SAYS, FIRST, ORACLE, cells_of

PAPER = printed.read(ROOT / "reference" / "table5.csv")


@pytest.fixture(scope="module")
def paper_cells(tmp_path_factory):
    return cells_of(tmp_path_factory.mktemp("scores"), AS_THE_PAPER_SAYS)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, paper_cells):
    """The folder of Figure 3's files, on made-up scores."""
    folder = tmp_path_factory.mktemp("drawn")
    draw(folder, paper_cells, paper=PAPER)
    return folder


def scored(folder, *patterns):
    conditions = [str(c) for pattern in patterns for c in expand(pattern)]
    return cells_of(folder, {c: {"ner": 0.4 + 0.01 * i} for i, c in enumerate(conditions)})


def joined(cells, axis):
    """label -> its conditions along the axis"""
    found = lines.series(cells, axis)
    names = lines.labels(list(found))
    return {names[line]: [str(cell.condition) for cell in points] for line, points in found.items()}


def draw(folder, cells, axis="ratio", name="f", paper=(), kinds=("svg", "png", "pdf")):
    """The SVG's text; beside it lie the other files."""
    files = [folder / f"{name}.{kind}" for kind in kinds]
    study.draw(axis, None, cells, paper, Roles(), folder / f"{name}.csv", *files)
    return files[0].read_text()


def marks(svg):
    return re.findall(r'<g class="mark"><title>([^<]*)</title>', svg)


def test_figures_have_the_same_bytes_twice_and_no_date(tmp_path, paper_cells, drawn):
    assert "date" not in draw(tmp_path, paper_cells, paper=PAPER)
    for kind in ("csv", "svg", "png", "pdf"):
        assert (tmp_path / f"f.{kind}").read_bytes() == (drawn / f"f.{kind}").read_bytes()


@pytest.mark.parametrize("axis", ["dimension", "parameters", "alignment"])
def test_other_axes_have_the_same_bytes_twice(tmp_path, paper_cells, axis):
    cells = [cell for cell in paper_cells if cell.task in ("ner", "retrieval")]
    assert draw(tmp_path, cells, axis, "a", kinds=["svg"]) == draw(tmp_path, cells, axis, "b", kinds=["svg"])


def test_text_stays_text_in_svg_and_pdf(drawn):
    svg = ElementTree.parse(drawn / "f.svg")
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"K-Means + CLSA", "Reranking (nDCG@10)", "grouping ratio", "Oracle: full vocabulary"} <= set(texts)
    pdf = (drawn / "f.pdf").read_bytes()
    assert b"/FontFile2" in pdf and b"/Subtype /Type3" not in pdf  # TrueType, not outlines
    streams = re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", pdf, re.DOTALL)
    assert any(b" Tf" in zlib.decompress(stream) for stream in streams)


def test_a_mark_says_its_numbers_once(drawn):
    found = marks((drawn / "f.svg").read_text())
    assert (
        "K-Means + CLSA, 5% of the vocabulary, d = 8\nRetrieval, nDCG@10: 0.780; chance 0.200\n"
        "retains 97.5% of the oracle's score (95% interval 95.5% to 99.5%)\nrandom groups retain 37.5%\n"
        "the paper's mbert: 0.398, retains 67.0%"
    ) in found
    assert "K-Means + CLSA, the paper's mbert: 0.398, retains 67.0%" in found
    assert len(found) == len(set(found)) == 5 * (6 + 3), "one for each task and condition, three are the paper's too"


def test_the_csv_holds_every_mark(drawn):
    rows = csv_rows.read(drawn / "f.csv")
    assert len(rows) == 5 * 6
    found = {row["line"]: row for row in rows if row["task"] == "retrieval"}
    names = ("place", "score", "retained", "paper_condition", "paper_score", "paper_retained")
    assert [found["K-Means"][name] for name in names] == [
        "0.05", "0.5", "0.625", "mbert/d768/none/kmeans-cosine-r05/mlm", "0.372", "0.626",
    ]  # fmt: skip
    assert [found["First-k"][name] for name in names[3:]] == ["", "", ""]


def test_zero_shot_scores_have_nothing_of_the_papers_beside_them(tmp_path, paper_cells):
    other = [replace(cell, transfer="zero-shot") for cell in paper_cells if cell.task == "qa"]
    assert "Paper" not in draw(tmp_path, other, paper=PAPER, kinds=["svg"])


def test_without_an_oracle_scores_are_drawn(tmp_path):
    svg = draw(tmp_path, cells_of(tmp_path, {FIRST: {"ner": 0.4}}, seeds=(0, 1)), kinds=["svg"])
    assert ">score<" in svg and "oracle" not in svg
    assert marks(svg) == ["First-k, 5% of the vocabulary, d = 8\nNER, F1: 0.405 ± 0.007 over 2 seeds; chance 0.200"]


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
    assert "retains" in draw(tmp_path, cells, "alignment", kinds=["svg"])


def test_places_too_close_to_label_keep_their_ticks_alone():
    places = [0.0021, 0.0026, 0.0042, 0.0083, 0.01, 0.017, 0.042, 0.17, 1.0]  # of Figure 6
    assert panels.apart(places) == [1.0, 0.17, 0.042, 0.01, 0.0026]
    assert panels.apart([0.05, 0.1, 0.2, 0.4]) == [0.4, 0.2, 0.1, 0.05]
