"""Canonical tables read in parts: all rows in order, one language alone, the place of a bad row."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.tables import SCHEMAS, read_batches

LANGUAGES = ["en", "en", "ru", "sw", "en", "ru", "zh"]


@pytest.fixture
def passages(tmp_path):
    """Seven passages in row groups of two."""
    rows = [(lang, f"p{i}", "", f"text {i}") for i, lang in enumerate(LANGUAGES)]
    table = pa.Table.from_pylist([dict(zip(SCHEMAS["passages"].names, row)) for row in rows], SCHEMAS["passages"])
    pq.write_table(table, tmp_path / "passages.parquet", row_group_size=2)
    return tmp_path / "passages.parquet"


def test_the_parts_are_the_table(passages):
    parts = list(read_batches("passages", passages, 3))
    assert all(0 < len(part) <= 3 for part in parts) and len(parts) > 1
    assert pa.concat_tables(parts).equals(pq.ParquetFile(passages).read())


@pytest.mark.parametrize("lang", ["en", "ru", "sw", "zh", "fi"])
def test_one_language_is_all_its_rows(passages, lang):
    parts = list(read_batches("passages", passages, 2, lang=lang))
    found = [row["passage_id"] for part in parts for row in part.to_pylist()]
    assert found == [f"p{i}" for i, own in enumerate(LANGUAGES) if own == lang]


def test_row_groups_without_the_language_are_not_read(passages, monkeypatch):
    read = []
    iterate = pq.ParquetFile.iter_batches
    monkeypatch.setattr(
        pq.ParquetFile,
        "iter_batches",
        lambda file, *a, row_groups: read.extend(row_groups) or iterate(file, *a, row_groups),
    )
    list(read_batches("passages", passages, lang="zh"))
    assert read == [3]


def test_a_bad_row_and_an_unknown_language_are_found_where_they_are(tmp_path, passages):
    with pytest.raises(
        InputError, match=r"after row 2 \(table passages\), row 2: lang is 'sw', but must be en, ru, zh"
    ):
        list(read_batches("passages", passages, languages=["en", "ru", "zh"]))
    with pytest.raises(InputError, match=r"after row 3 \(table passages\), row 1: lang is 'sw'"):
        list(read_batches("passages", passages, 1, languages=["en", "ru", "zh"]))
    with pytest.raises(InputError, match="column 'relevance' is missing"):
        list(read_batches("qrels", bare(tmp_path), lang="en"))
    with pytest.raises(InputError, match="column 'lang' is missing"):
        list(read_batches("corpus", without_language(tmp_path), lang="en"))


def bare(folder):
    columns = ("lang", "split", "query_id", "passage_id")
    pq.write_table(pa.table({name: ["en"] for name in columns}), folder / "bare.parquet")
    return folder / "bare.parquet"


def without_language(folder):
    pq.write_table(pa.table({"text": ["a"]}), folder / "text.parquet")
    return folder / "text.parquet"
