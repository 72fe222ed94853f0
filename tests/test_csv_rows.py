"""Rows to CSV and back: what a cell becomes, what is added, what is not there."""

import numpy as np
import pytest

from semantic_tokens import csv_rows
from semantic_tokens.errors import InputError


def test_cells_by_hand(tmp_path):
    path = tmp_path / "t.csv"
    rows = [
        {"a": 1 / 3, "b": ["x", "y"], "c": None, "left out": 0},
        {"a": np.float64(0.1), "b": 'a "word", here', "c": True},
    ]
    csv_rows.write(("a", "b", "c"), rows, path)
    assert path.read_bytes() == f'a,b,c\n{1 / 3!r},x+y,\n0.1,"a ""word"", here",True\n'.encode()
    csv_rows.append(("a", "b", "c"), [{"a": 0, "b": (), "c": "é"}], path)
    assert csv_rows.read(path)[1:] == [
        {"a": "0.1", "b": 'a "word", here', "c": "True"},
        {"a": "0", "b": "", "c": "é"},
    ]


def test_a_row_without_a_column_is_refused(tmp_path):
    with pytest.raises(KeyError, match="b"):
        csv_rows.write(("a", "b"), [{"a": 1}], tmp_path / "t.csv")


def test_a_file_that_is_absent_is_named(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv: no such file"):
        csv_rows.read(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty, without the names of its columns"),
        ("\n", "empty, without the names of its columns"),
        ("a,b", "row 0: cut off: 2 of 2 cells"),
        ("a,b\n1,2\n3", "row 2: cut off: 1 of 2 cells"),
        ("a,b\n1,2\n3,4", "row 2: cut off: 2 of 2 cells"),
        ("a,b\n1,2,3\n", "row 1: cut off: 3 of 2 cells"),
    ],
)
def test_an_empty_or_cut_file_is_refused_and_not_read_as_a_shorter_one(tmp_path, text, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=f"t.csv.*{said}; delete it to have it made again"):
        csv_rows.read(tmp_path / "t.csv")


def test_a_table_without_rows_is_whole(tmp_path):
    csv_rows.write(("a", "b"), [], tmp_path / "t.csv")
    assert csv_rows.read(tmp_path / "t.csv") == []
