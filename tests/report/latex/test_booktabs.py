"""LaTeX of a table: every sign escaped, every row complete, heads over their columns."""

import re

import pytest

from semantic_tokens.report.latex.booktabs import Block, Column, Markup, escape, table

COLUMNS = [Column("a_b", side="l"), Column("x", "50%"), Column("y", "50%"), Column("z")]
ROW = ["K-Means & co", "1", None, Markup(r"$\beta$")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b & 5% #1 $x$", r"a\_b \& 5\% \#1 \$x\$"),
        (r"\{~^}", r"\textbackslash{}\{\textasciitilde{}\textasciicircum{}\}"),
        ("0.9–1.1 ± 2 × −3", r"0.9--1.1 $\pm$ 2 $\times$ $-$3"),
        ("mother, माता", "mother, माता"),
    ],
)
def test_signs_of_latex_are_escaped_once(text, expected):
    assert escape(text) == expected
    assert escape(Markup(text)) == text


def test_heads_span_their_columns_and_rows_are_complete():
    text = table(COLUMNS, [Block([ROW], "mbert_x"), Block([ROW])], "Shares, in %.", "tab:x")
    assert r"\begin{tabular}{@{}lrrr@{}}" in text and r"\caption{Shares, in \%.}" in text
    assert r"& \multicolumn{2}{c}{50\%} & \\" in text and r"\cmidrule(lr){2-3}" in text
    assert r"K-Means \& co & 1 & -- & $\beta$ \\" in text
    assert r"\multicolumn{4}{@{}l}{\textit{mbert\_x}} \\" in text
    assert text.count(r"\midrule") == 2 and text.endswith("\\end{table}\n")


def test_environments_close_in_order():
    text = table(COLUMNS, [Block([ROW])], "c", "tab:x", wide=True)
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", text):
        assert kind == "begin" or opened.pop() == name
        opened += [name] * (kind == "begin")
    assert opened == [] and text.count("{") == text.count("}")


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="tab:x: 3 cells, but 4 columns"):
        table(COLUMNS, [Block([ROW[:3]])], "c", "tab:x")
