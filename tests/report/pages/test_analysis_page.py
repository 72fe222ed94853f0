"""The page of an analysis, on made-up pictures and numbers: it holds all it shows, and numbers are aligned right."""

import re

import pytest

from semantic_tokens.report.figures import style, svg
from semantic_tokens.report.pages import analysis_page

HEADER = ("Model", "Cosine", "Tokens", "Script")


@pytest.fixture
def picture(tmp_path):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3))
    figure.add_subplot().plot([0, 1], [0, 1])
    style.save(figure, tmp_path / "f.svg", tmp_path / "f.png")
    return tmp_path / "f.svg"


def page_of(path, figures=(), rows=(), introduction="First.\n\nSecond <b>.", header=HEADER):
    analysis_page.write("Geometry & more", introduction, figures, [("Cosines", header, rows)], path / "p.html")
    return (path / "p.html").read_text(encoding="utf-8")


def test_page_asks_for_nothing_from_elsewhere_and_leads_back(tmp_path, picture):
    html = page_of(tmp_path, [(picture, "A line"), (picture, "The same")])
    for request in ("<script", "<link", "src=", "@import", "url(http", "<?xml", "<!DOCTYPE svg"):
        assert request not in html
    assert html.count("<svg") == 2 and 'href="index.html"' in html
    assert "Figure 2. The same" in html and 'aria-label="A line"' in html


def test_ids_of_two_pictures_differ(tmp_path, picture):
    html = page_of(tmp_path, [(picture, "A line"), (picture, "The same")])
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', html))
    assert referred and referred <= set(ids)


def test_text_is_escaped_and_paragraphs_are_parted(tmp_path):
    html = page_of(tmp_path, rows=[("<i>", 1.0, 2, "x")])
    assert "<title>Geometry &amp; more</title>" in html
    assert '<p class="lead">First.</p>' in html and "<p>Second &lt;b&gt;.</p>" in html and "&lt;i&gt;" in html


def test_numbers_are_rounded_and_stand_right_and_words_left(tmp_path):
    rows = [("a", 0.98765, 1234567, "Latin"), ("b", None, 7, ""), ("c", 0.00001, 0, "Han"), ("d", float("nan"), 1, "x")]
    html = page_of(tmp_path, rows=rows)
    assert '<th scope="row">a</th><td>0.988</td><td>1,234,567</td><td class="text">Latin</td>' in html
    assert '<th scope="row">b</th><td>–</td><td>7</td><td class="text">–</td>' in html
    assert "<td>1.0e-05</td><td>0</td>" in html and "nan" not in html
    assert '<th scope="col">Cosine</th>' in html and '<th scope="col" class="text">Script</th>' in html


@pytest.mark.parametrize("cell", ["12.3%", "-0.5", "0.91–0.94", "0.9 ± 0.1", "1.5×", "–", "1,024"])
def test_numbers_given_as_text_stand_right(tmp_path, cell):
    assert f"<td>{cell}</td>" in page_of(tmp_path, rows=[("a", cell, 1, "x")])


@pytest.mark.parametrize("cell", ["en-sw", "12 groups", "v1.2"])
def test_words_with_digits_stand_left(tmp_path, cell):
    assert f'<td class="text">{cell}</td>' in page_of(tmp_path, rows=[("a", cell, 1, "x")])


def test_long_tables_are_folded_and_empty_ones_say_so(tmp_path):
    row = ("a", 1.0, 1, "x")
    assert '<details id="table-1" open>' in page_of(tmp_path, rows=[row] * analysis_page.LONGEST_OPEN)
    assert '<details id="table-1">' in page_of(tmp_path, rows=[row] * (analysis_page.LONGEST_OPEN + 1))
    assert "Nothing to measure in this run" in page_of(tmp_path)


def test_a_row_of_another_length_is_refused(tmp_path):
    with pytest.raises(ValueError, match="row 2: 3 cells, but 4 columns"):
        page_of(tmp_path, rows=[("a", 1.0, 1, "x"), ("b", 1.0, 1)])


def test_pictures_grow_and_shrink_only_a_little(tmp_path, picture):
    assert svg.width(picture.read_text()) == pytest.approx(4 * 96)
    assert "min-width: 269px; max-width: 480px" in page_of(tmp_path, [(picture, "A line")])


def test_a_picture_without_a_width_is_refused():
    with pytest.raises(ValueError, match="no width"):
        svg.width("<svg></svg>")
