"""The pictures and tables of transfer, on numbers made up here."""

import pandas as pd
import pytest

from semantic_tokens.analysis import measures
from semantic_tokens.conditions import Condition
from semantic_tokens.report.pages import analysis_page
from semantic_tokens.siblings.transfer import page as transfer
from semantic_tokens.siblings.transfer import pictures
from semantic_tokens.siblings.transfer.measure import Score, measure_transfer, printed
from support import ROOT

PAPER = ROOT / "reference/handle_languages.csv"
ACCURACIES = {
    "mbert/d768/none/full/none": {"en": 0.6, "ar": 0.45, "sw": 0.3},
    "mbert/d768/clsa-all/kmeans-cosine-r05/mlm": {"en": 0.5, "ar": 0.48, "sw": 0.55},
    "our-bloom/d1024/none/full/none": {"en": 0.7, "ar": 0.56, "sw": 0.35},
    "lost/d8/none/full/none": {"en": 0.0, "ar": 0.1, "sw": 0.1},
}


@pytest.fixture
def table(tmp_path):
    parts = []
    for i, (condition, accuracies) in enumerate(ACCURACIES.items()):
        scores = [Score(lang, 0, value, 100) for lang, value in accuracies.items()]
        parts.append(tmp_path / f"{i}.csv")
        measures.write(measure_transfer(scores), Condition.parse(condition), parts[-1])
    measures.gather(parts, tmp_path / "transfer.csv")
    return pd.read_csv(tmp_path / "transfer.csv")


def test_the_summary_has_each_model_in_each_language(table):
    header, rows = transfer.summary(table)
    means = ["mean", "without en", "mean efficiency", "of guessing"]
    assert header == ["Model", "en", *means, "ar", "sw"], "English, then the best first"
    by_model = {row[0]: row[1:] for row in rows}
    assert list(by_model) == [
        "mbert", "mbert, kmeans-cosine 5%, clsa-all, continually pretrained", "our-bloom", "lost"
    ]  # fmt: skip
    first = next(iter(by_model.values()))
    assert first[:3] == [0.6, pytest.approx(1.35 / 3), pytest.approx(0.75 / 2)]
    assert first[3:] == [pytest.approx((0.75 + 0.5) / 2), pytest.approx(1 / 1.8), "0.45 (0.75)", "0.30 (0.50)"]
    assert list(by_model.values())[3][3:] == [None, None, "0.10", "0.10"], "no efficiency without English"


def test_our_models_are_shown_next_to_the_papers(table):
    header, rows = transfer.beside_the_paper(table, printed(PAPER), {"bloom-560m": "our-bloom"})
    cells = {(row[0], row[1]): dict(zip(header, row)) for row in rows}
    arabic = cells["bloom-560m", "ar"]
    assert arabic["Efficiency, printed"] == 0.87 and arabic["recomputed"] == pytest.approx(0.59 / 0.70)
    assert arabic["fits"] == "no" and cells["bloom-560m", "sw"]["fits"] == "yes"
    assert (arabic["Ours: model"], arabic["accuracy"]) == ("our-bloom", 0.56)
    assert arabic["efficiency"] == pytest.approx(0.8)
    assert cells["mbert", "sw"]["accuracy"] == 0.3, "of the model as it is, not of the grouped one"
    _, alone = transfer.beside_the_paper(table, printed(PAPER), {})
    assert [row[-3:] for row in alone if row[0] == "bloom-560m"] == [[None, None, None]] * 3


def test_pictures_are_the_same_bytes_for_the_same_numbers(table, tmp_path):
    for draw in (pictures.draw_accuracy, pictures.draw_efficiency):
        paths = [tmp_path / f"{draw.__name__}-{i}.svg" for i in range(2)]
        for path in paths:
            draw(table, path, path.with_suffix(".png"))
        assert paths[0].read_bytes() == paths[1].read_bytes()
        text = paths[0].read_text()
        assert "our-bloom" in text and ">sw<" in text
    figures = [(path, "caption") for path in sorted(tmp_path.glob("*-0.svg"))]
    tables = [("ours", *transfer.summary(table)), ("paper", *transfer.beside_the_paper(table, printed(PAPER), {}))]
    analysis_page.write("Transfer", transfer.INTRODUCTION, figures, tables, tmp_path / "page.html")
    assert "0.843" in (tmp_path / "page.html").read_text()
