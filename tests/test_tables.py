"""Canonical tables: round trips, same bytes, and one refusal per defect with table and row."""

import re
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantic_tokens import tables
from semantic_tokens.errors import InputError
from semantic_tokens.tables import NER_TAGS, SCHEMAS, read, validate, validate_references, write

ROWS = {
    "corpus": [{"lang": "en", "text": "Cats drink."}, {"lang": "zh", "text": "猫喝水。"}],
    "word_pairs": [{"word_a": "cat", "lang_a": "en", "word_b": "猫", "lang_b": "zh", "source": "muse"}],
    "word_concepts": [
        {"lang": "en", "word": "cat", "concept": "cat", "class": "animal"},
        {"lang": "zh", "word": "猫", "concept": "cat", "class": "animal"},
    ],
    "ner": [
        {"lang": "en", "split": "train", "tokens": ["Ada", "Lovelace", "sings"], "tags": ["B-PER", "I-PER", "O"]},
        {"lang": "zh", "split": "test", "tokens": ["猫"], "tags": ["O"]},
    ],
    "nli": [{"lang": "en", "split": "dev", "premise": "A cat sits.", "hypothesis": "An animal sits.", "label": 0}],
    "qa": [
        {
            "lang": "en",
            "split": "test",
            "id": "1",
            "question": "Who sings?",
            "context": "😀 Ada sings. Ada!",  # an offset counts characters, neither bytes nor UTF-16 units
            "answers": [{"text": "Ada", "start": 2}, {"text": "Ada", "start": 13}],
        },
        {
            "lang": "en",
            "split": "test",
            "id": "2",
            "question": "Who drinks?",
            "context": "The cat drinks.",
            "answers": [{"text": "The cat", "start": 0}],
        },
    ],
    "clir": [
        {"lang": lang, "split": "test", "query_id": "q1", "passage_id": "q1", "question": question, "passage": passage}
        for lang, question, passage in (("en", "Who sings?", "Ada sings."), ("zh", "谁唱歌？", "艾达唱歌。"))
    ],
    "bitext": [
        {"lang": "en", "split": "test", "sentence_id": "0001", "text": "Ada sings."},
        {"lang": "zh", "split": "test", "sentence_id": "0001", "text": "艾达唱歌。"},
    ],
    "queries": [
        {"lang": "en", "split": "train", "query_id": "q1", "text": "cat"},
        {"lang": "zh", "split": "test", "query_id": "q1", "text": "猫"},
    ],
    "passages": [
        {"lang": "en", "passage_id": "p1", "title": "Cat", "text": "Cats drink."},
        {"lang": "zh", "passage_id": "p1", "title": "", "text": "猫喝水。"},
        {"lang": "en", "passage_id": "p2", "title": "Dog", "text": "Dogs sing."},
    ],
    "qrels": [
        {"lang": "en", "split": "train", "query_id": "q1", "passage_id": "p1", "relevance": 1},
        {"lang": "zh", "split": "test", "query_id": "q1", "passage_id": "p1", "relevance": 1},
    ],
    "candidates": [
        {"lang": "en", "query_id": "q1", "passage_id": "p2", "rank": 1},
        {"lang": "en", "query_id": "q1", "passage_id": "p1", "rank": 2},
    ],
    "scores": [
        {
            "run": "demo",
            "study": ["main", "ratios"],
            "condition": "tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm",
            "backbone": "tiny-bert",
            "dim": 128,
            "alignment": "clsa-all",
            "grouping": "kmeans-cosine",
            "ratio": 0.05,
            "pretraining": "mlm",
            "task": "nli",
            "transfer": "in-language",
            "seed": seed,
            "lang": "sw",
            "metric": "accuracy",
            "value": 0.5,
            "chance": 1 / 3,
            "n": 300,
            "passages": seed * 40 or None,
            "settings": "train_split=dev" if seed else None,
        }
        for seed in (0, 1)
    ],
}


def table(name, row=None, **changes):
    """The example table, with cells of one row changed."""
    rows = [dict(cells) for cells in ROWS[name]]
    if row is not None:
        rows[row - 1] |= changes
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])


def refusal(name, bad, languages=("en", "zh", "sw")):
    with pytest.raises(InputError) as error:
        validate(name, bad, "data/x.parquet", languages)
    return str(error.value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_comes_back_as_written(name, tmp_path):
    path = tmp_path / "x.parquet"
    write(name, table(name), path)
    again = read(name, path, languages=["en", "zh", "sw"])
    assert again.schema.equals(SCHEMAS[name], check_metadata=True)
    assert again.to_pylist() == ROWS[name]
    validate(name, table(name).slice(1), "a slice")
    validate(name, pa.concat_tables([table(name).slice(1), table(name).slice(0, 1)]), "two chunks")
    validate(name, table(name).slice(0, 0), "no rows")


def test_the_same_rows_give_the_same_bytes_whatever_the_column_order_and_metadata(tmp_path):
    rows = table("ner")
    write("ner", rows, tmp_path / "a.parquet")
    shuffled = rows.select(["tags", "tokens", "split", "lang"]).replace_schema_metadata({"pandas": "1"})
    write("ner", shuffled, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_refused_or_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x.parquet"
    write("nli", table("nli"), path)
    before = path.read_bytes()
    with pytest.raises(InputError, match=re.escape(f"{path} (table nli), row 1: label is 3")):
        write("nli", table("nli", 1, label=3), path)

    def full_disk(rows, where, **settings):
        where.write_bytes(b"PAR1")
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", full_disk)
    with pytest.raises(OSError, match="no space"):
        write("nli", table("nli"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_read_ignores_the_names_of_folders(tmp_path):
    (tmp_path / "lang=fr").mkdir()
    write("nli", table("nli"), tmp_path / "lang=fr" / "x.parquet")
    assert read("nli", tmp_path / "lang=fr" / "x.parquet").to_pylist() == ROWS["nli"]


def test_a_file_that_is_absent_or_not_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(InputError, match="no such file; it should hold the table nli"):
        read("nli", path)
    path.write_text("lang,split\n")
    with pytest.raises(InputError, match="not a Parquet file"):
        read("nli", path)


def test_columns_missing_unknown_or_of_another_type():
    assert "data/x.parquet (table nli): column 'label' is missing" in refusal("nli", table("nli").drop(["label"]))
    more = table("nli").append_column("note", pa.array(["x"]))
    assert "column 'note' is not known" in refusal("nli", more)
    twice = table("nli").append_column("lang", pa.array(["en"]))
    assert "column 'lang' appears twice" in refusal("nli", twice)
    wide = table("nli").set_column(4, "label", pa.array([0], pa.int64()))
    assert "column 'label' has the type int64, but must have int8" in refusal("nli", wide)


@pytest.mark.parametrize(
    ("name", "row", "changes", "expected"),
    [
        ("corpus", 2, {"text": None}, "row 2: text is null"),
        ("corpus", 2, {"lang": "fr"}, "row 2: lang is 'fr', but must be en, zh, sw"),
        ("word_pairs", 1, {"lang_b": "fr"}, "row 1: lang_b is 'fr', but must be en, zh, sw"),
        ("ner", 2, {"tokens": None}, "row 2: tokens is null"),
        ("ner", 2, {"tokens": [None]}, "row 2: tokens is null"),
        ("ner", 1, {"tags": ["O"]}, "row 1: 3 tokens, but 1 tags"),
        ("ner", 2, {"tags": ["B-MISC"]}, f"row 2: tags is 'B-MISC', but must be {', '.join(NER_TAGS)}"),
        ("ner", 2, {"split": "valid"}, "row 2: split is 'valid', but must be train, dev, test"),
        ("nli", 1, {"label": 3}, "row 1: label is 3, but must be 0, 1, 2"),
        ("nli", 1, {"label": -1}, "row 1: label is -1, but must be 0, 1, 2"),
        ("qa", 2, {"answers": None}, "row 2: answers is null"),
        ("qa", 2, {"answers": [None]}, "row 2: answers is null"),
        ("qa", 2, {"answers": [{"text": "cat", "start": None}]}, "row 2: answers.start is null"),
        ("qa", 2, {"answers": []}, "row 2: no answer"),
        ("qa", 2, {"answers": [{"text": "", "start": 0}]}, "row 2: answer '' is empty"),
        (
            "qa",
            2,
            {"answers": [{"text": "cat", "start": 13}]},
            "row 2: answer 'cat' starts at 13, but must start at 0 to 12",
        ),
        ("qa", 2, {"answers": [{"text": "cat", "start": -11}]}, "row 2: answer 'cat' starts at -11"),
        ("qa", 2, {"answers": [{"text": "cat", "start": 3}]}, "row 2: answer 'cat' is not at 3; the context has ' ca'"),
        ("qa", 2, {"id": "1"}, "row 2: lang 'en', id '1' already appears in an earlier row"),
        ("queries", 2, {"lang": "en"}, "row 2: lang 'en', query_id 'q1' already appears in an earlier row"),
        ("passages", 3, {"passage_id": "p1"}, "row 3: lang 'en', passage_id 'p1' already appears"),
        ("candidates", 2, {"passage_id": "p2"}, "row 2: lang 'en', query_id 'q1', passage_id 'p2' already appears"),
        ("word_concepts", 2, {"lang": "en", "word": "cat"}, "row 2: lang 'en', word 'cat' already appears"),
        ("scores", 2, {"value": float("nan")}, "row 2: value must be a finite number"),
        ("scores", 2, {"study": ["main", None]}, "row 2: study is null"),
        (
            "scores",
            2,
            {"task": "pos"},
            "row 2: task is 'pos', but must be bitext, clir, ner, nli, qa,",
        ),
        ("scores", 2, {"seed": 0}, "row 2: run 'demo', condition 'tiny-bert/d128/"),
    ],
)
def test_a_bad_row_is_named(name, row, changes, expected):
    assert f"data/x.parquet (table {name}), {expected}" in refusal(name, table(name, row, **changes))


def test_any_language_passes_where_none_are_given():
    validate("corpus", table("corpus", 1, lang="fr"), "x")


def test_the_row_is_right_behind_chunks_and_slices():
    bad = table("ner", 2, tags=["B-MISC"])
    chunks = pa.concat_tables([table("ner").slice(1), table("ner"), bad.slice(1)])
    assert "row 4: tags is 'B-MISC'" in refusal("ner", chunks)
    assert "row 1: tags is 'B-MISC'" in refusal("ner", bad.slice(1))


@given(st.integers(0, 39), st.integers(1, 40))
def test_the_first_bad_row_is_found_wherever_it_is(bad, chunk):
    rows = [{"lang": "en", "split": "dev", "tokens": ["a"] * (i % 4), "tags": ["O"] * (i % 4)} for i in range(40)]
    rows[bad]["tokens"], rows[bad]["tags"] = ["a", "b"], ["O", "X"]
    pieces = [pa.Table.from_pylist(rows[i : i + chunk], schema=SCHEMAS["ner"]) for i in range(0, 40, chunk)]
    assert f"row {bad + 1}: tags is 'X'" in refusal("ner", pa.concat_tables(pieces))


def references(**replaced):
    names = ("queries", "passages", "qrels", "candidates")
    return [replaced.get(name, table(name)) for name in names]


def test_references_that_hold():
    validate_references(*references())


@pytest.mark.parametrize(
    ("name", "row", "changes", "expected"),
    [
        ("qrels", 2, {"passage_id": "p2"}, "table qrels, row 2: lang 'zh', passage_id 'p2' is not in passages"),
        ("qrels", 1, {"query_id": "q2"}, "table qrels, row 1: lang 'en', query_id 'q2' is not in queries"),
        ("qrels", 2, {"split": "dev"}, "table qrels, row 2: lang 'zh', query_id 'q1', split 'dev' is not in queries"),
        (
            "candidates",
            2,
            {"passage_id": "p9"},
            "table candidates, row 2: lang 'en', passage_id 'p9' is not in passages",
        ),
        ("candidates", 1, {"query_id": "q9"}, "table candidates, row 1: lang 'en', query_id 'q9' is not in queries"),
    ],
)
def test_a_reference_that_does_not_hold_is_named(name, row, changes, expected):
    with pytest.raises(InputError, match=re.escape(expected)):
        validate_references(*references(**{name: table(name, row, **changes)}))


def test_a_million_rows_are_checked_in_seconds():
    n = 1_000_000
    ids = pa.array(np.arange(n) // 10).cast(pa.string())
    passages = pa.array(np.arange(n) % 1000).cast(pa.string())
    columns = [pa.repeat("en", n), ids, passages, pa.array(np.arange(n) % 10, pa.int32())]
    started = time.perf_counter()
    validate("candidates", pa.table(columns, schema=SCHEMAS["candidates"]), "x", ["en"])
    assert time.perf_counter() - started < 10


def passages(n):
    return ({"lang": "en", "passage_id": str(i), "title": "", "text": f"text {i}"} for i in range(n))


def test_rows_one_by_one_make_the_table_that_they_make_together(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_ROWS_A_CHUNK", 7)
    assert tables.write_rows("passages", passages(20), tmp_path / "a.parquet") == 20
    together = pa.Table.from_pylist(list(passages(20)), schema=tables.SCHEMAS["passages"])
    assert tables.read("passages", tmp_path / "a.parquet").equals(together)


def test_a_key_that_returns_in_a_later_chunk_is_refused_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_ROWS_A_CHUNK", 7)
    rows = [*passages(20), *passages(1)]
    with pytest.raises(InputError, match=r"row 21: lang 'en', passage_id '0' already appears in an earlier row"):
        tables.write_rows("passages", rows, tmp_path / "a.parquet")
    assert not list(tmp_path.iterdir())


def test_an_empty_table_can_be_written(tmp_path):
    assert tables.write_rows("corpus", [], tmp_path / "a.parquet") == 0
    assert tables.read("corpus", tmp_path / "a.parquet").num_rows == 0
