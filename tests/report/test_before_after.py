"""Before and after on made-up points: their order, the figures and tables, the words around them."""

from semantic_tokens import csv_rows
from semantic_tokens.analysis import before_after, measures
from semantic_tokens.analysis.before_after import Panels
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.report import before_after as page
from semantic_tokens.report.table5 import Cell

ORIGINAL, FIVE = "m/d8/none/full/none", "m/d8/none/kmeans-cosine-r05/mlm"
ALIGNED = "m/d8/clsa-all/kmeans-cosine-r05/mlm"


def rows(path, found):
    measures.write_all([(Condition.parse(name), of) for name, of in found.items()], path)
    return csv_rows.read(path)


def test_conditions_go_from_the_original_to_the_smallest_ratio():
    names = [
        ORIGINAL, "m/d8/none/full/mlm", "m/d8/clsa-all/full/none", "m/d8/none/kmeans-cosine-r20/mlm",
        "m/d8/none/kmeans-cosine-r05/none", FIVE, ALIGNED,
    ]  # fmt: skip
    ordered = before_after.order(map(Condition.parse, reversed(names)))
    assert [str(condition) for condition in ordered] == names
    assert [page.name_of(condition) for condition in ordered] == [
        "original", "continually pretrained", "aligned (all)", "K-Means 20%, continually pretrained", "K-Means 5%",
        "K-Means 5%, continually pretrained", "aligned (all), K-Means 5%, continually pretrained",
    ]  # fmt: skip


def test_a_backbone_in_one_condition_has_no_before_and_after():
    points = [before_after.Point("p", Condition.parse(name), 1.0) for name in (ORIGINAL, FIVE, "n/d8/none/full/none")]
    assert {name: len(found) for name, found in before_after.compared(points).items()} == {"m": 2}


def cell(condition, task, retained, metric="accuracy", transfer="in-language"):
    about = (Condition.parse(condition), task, metric, transfer, 1, 0.5, None, 0.3, ("en", "zh"))
    return Cell(*about, "", retained, 0.1, 0.9, "languages", 0.4, 0.45)


CELLS = [
    cell(FIVE, "nli", 0.8), cell(ALIGNED, "nli", 0.9), cell(FIVE, "nli", 0.1, transfer="zero-shot"),
    cell(FIVE, "ner", 0.2, metric="other"), cell(ORIGINAL, "nli", None),
]  # fmt: skip
SENSES = {
    "m/d8/none/kmeans-cosine-r05/none": [
        Measure("words_of_several_senses", "", 0.1, 40), Measure("members_sharing_a_sense", "", 0.5, 30, chance=0.2),
        Measure("conflated_words", "en", 0.6, 9), Measure("conflated_words", "", 0.7, 8, chance=0.4),
    ],
    FIVE: [Measure("conflation_cost", "nli", 0.25, 8, low=-0.5, high=0.75, chance=0.0)],
}  # fmt: skip


def test_scores_are_what_is_retained_beside_the_random_grouping():
    points = page.score_points(CELLS)
    assert [(str(p.condition), p.value, p.low, p.high, p.chance) for p in points] == [
        (FIVE, 0.8, 0.1, 0.9, 0.45), (ALIGNED, 0.9, 0.1, 0.9, 0.45),
    ]  # fmt: skip


def test_tables_hold_the_values_of_the_figure_and_of_the_senses(tmp_path):
    points = [before_after.Point("Scripts", Condition.parse(ORIGINAL), 0.9), *page.score_points(CELLS)]
    conditions = before_after.order(p.condition for p in points)
    _, header, values = page.values_table(points, conditions)
    assert header == ["Model", "Scripts", "NLI: retained"]
    assert values[0] == ["m, original", 0.9, None] and values[1][1:] == [None, 0.8]
    senses = rows(tmp_path / "s.csv", SENSES)
    _, header, (row,) = page.senses_table(senses)
    assert row == ["m, d 8, K-Means 5%", 40, 0.1, 0.5, 0.2, None, None, 0.7, 0.4] and len(header) == len(row)
    _, header, (row,) = page.costs_table(senses)
    assert row[1:] == ["NLI", "languages", 0.25, -0.5, 0.75, 8] and len(header) == len(row)


def test_the_figures_show_all_panels_and_have_the_same_bytes(tmp_path):
    lines = [Panels("tables", "", ("Scripts told", "Likeness to"), list), Panels("layers", "", ("Probe: named",), list)]
    points = [
        before_after.Point(panel, Condition.parse(ORIGINAL), 0.9, 0.8, 1.0, 0.5)
        for line in lines
        for panel in line.titles
    ]
    points += page.score_points(CELLS)
    conditions = before_after.order(p.condition for p in points)
    senses = rows(tmp_path / "s.csv", SENSES)
    for name in "ab":
        page.draw(points, lines, conditions, tmp_path / f"{name}.svg", tmp_path / f"{name}.png")
        page.draw_senses(senses, CELLS, tmp_path / f"s{name}.svg", tmp_path / f"s{name}.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "sa.svg").read_bytes() == (tmp_path / "sb.svg").read_bytes()
    text = (tmp_path / "a.svg").read_text()
    for start in (
        "Scripts told",
        "Likeness to",
        "Probe: named",
        "NLI: retained",
        "K-Means 5%, continually",
        "original",
    ):
        assert f">{start}" in text


def test_words_name_the_lines_that_there_are():
    lines = [Panels("tables", "Tables are read so.", (), list), Panels("layers", "", (), list)]
    assert page.caption("m", lines) == "m; from top to bottom: tables, layers, scores"
    assert page.caption("m", []) == "m; from top to bottom: scores"
    assert "do to tables and layers, next to" in page.introduction(lines)
    assert "ratio.\nTables are read so. What a score retains" in page.introduction(lines)
    assert "ratio.\nWhat a score retains" in page.introduction([])
