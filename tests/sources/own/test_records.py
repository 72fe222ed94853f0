"""Files of every format row by row: values as they stand, and what cannot be read named with its file and place."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.sources.own.records import is_squad, records
from semantic_tokens.sources.own.settings import Csv
from support.source_files import refused

ROWS = [{"a": "null", "b": "007"}, {"a": 'say "so",\nor not', "b": "NA"}]
JSON_LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
CSV = 'a,b\nnull,007\n"say ""so"",\nor not",NA\n'


def read(path, **options):
    return list(records(path, ("a", "b"), Csv(**options)))


def write(path, content):
    content = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "numbers"),
    [
        ("x.jsonl", JSON_LINES, [1, 2]),
        ("x.json", JSON_LINES, [1, 2]),
        ("x.ndjson", "\n" + JSON_LINES, [2, 3]),
        ("x.jsonl.gz", "\ufeff" + JSON_LINES, [1, 2]),
        ("x.json", json.dumps(ROWS, indent=1), [1, 2]),
        ("x.csv", CSV, [2, 4]),
        ("x.csv.gz", "\ufeff" + CSV.replace("\n", "\r\n").replace(",\r\n", ",\n"), [2, 4]),
        ("x.tsv", 'a\tb\nnull\t007\n"say ""so"",\nor not"\tNA\n', [2, 4]),
    ],
)
def test_rows_of_every_text_format_are_the_same_values(tmp_path, name, content, numbers):
    assert read(write(tmp_path / name, content)) == list(zip(numbers, ROWS))


def test_parquet_is_read_by_column(tmp_path):
    pq.write_table(pa.Table.from_pylist([{**row, "c": 1} for row in ROWS]), tmp_path / "x.parquet", row_group_size=1)
    assert read(tmp_path / "x.parquet") == [(1, ROWS[0]), (2, ROWS[1])]


def test_separators_and_quotes_are_settings(tmp_path):
    assert read(write(tmp_path / "x.csv", "a;b\n'x;y';\"z\n"), delimiter=";", quote="'") == [
        (2, {"a": "x;y", "b": '"z'})
    ]
    assert read(write(tmp_path / "x.tsv", "a\tb\n'x'\t\"z\n"), quote="") == [(2, {"a": "'x'", "b": '"z'})]


def test_lines_of_text(tmp_path):
    assert read(write(tmp_path / "x.txt", "one\ntwo\n")) == [(1, {"text": "one"}), (2, {"text": "two"})]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.xlsx", "", "unknown format '.xlsx'; known: .parquet .jsonl"),
        ("x.parquet.gz", "", "unknown format '.gz'"),
        ("x.jsonl", '{"a": 1}\n{"a": \n', "line 2: not JSON (Expecting value at character 7)"),
        ("x.jsonl", '{"a": 1}\n[1]\n', "line 2: must be an object, but is list"),
        ("x.jsonl", b'{"a": 1}\n{"a": "\xff"}\n', "line 2: not UTF-8"),
        ("x.jsonl", "", "no rows"),
        ("x.json", '[{"a": 1}, 2]', "row 2: must be an object, but is int"),
        ("x.json", '[{"a": 1},', "not JSON"),
        ("x.csv", "a,b\n", "no rows"),
        ("x.csv", "a,b,a\n1,2,3\n", "line 1: two columns are called 'a'"),
        ("x.csv", "a,b\n1,2\n1,2,3\n", "line 3: 3 fields, but the header has 2"),
        ("x.csv", 'a,b\n1,"2\n3,4\n', "line 3: unexpected end of data (csv.quote is '\"')"),
        ("x.csv", b"a,b\n1,\xff\n", "not UTF-8"),
        ("x.parquet", b"PAR1 and no more", "cut off, or not a Parquet file"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path, name, content, expected):
    message = refused(read, write(tmp_path / name, content))
    assert message.startswith(str(tmp_path / name)) and expected in message


def test_a_compressed_file_that_is_cut_off(tmp_path):
    for name, content in (("x.csv.gz", CSV * 500), ("x.jsonl.gz", JSON_LINES * 500)):
        whole = gzip.compress(content.encode())
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        assert "cut off or damaged" in refused(read, tmp_path / name)


def test_a_damaged_parquet_file_names_the_row_before_the_damage(tmp_path):
    pq.write_table(pa.table({"a": [str(i) * 20 for i in range(5000)]}), tmp_path / "x.parquet")
    whole = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(whole[:1000] + bytes(len(whole) - 3000) + whole[-2000:])
    assert "x.parquet, after row" in refused(lambda: list(records(tmp_path / "x.parquet", ("a",), Csv())))


@pytest.mark.parametrize(
    ("content", "expected"),
    [('{"version": "1", "data": [{}]}', True), ('{\n "data": []\n}', True), (JSON_LINES, False), ("[{}]", False)],
)
def test_squad_is_one_document(tmp_path, content, expected):
    assert is_squad(write(tmp_path / "x.json", content)) == expected
