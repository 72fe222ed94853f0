"""MIRACL and MS MARCO: queries, judgements and passages; what repeats, and what names a passage that is not there."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import miracl, msmarco
from semantic_tokens.tables import SCHEMAS, validate

QUERIES = {
    "bn": (1631, 411),
    "fi": (None, 1271),
    "hi": (1169, 350),
    "ko": (868, 213),
    "sw": (1901, 482),
    "te": (3452, 828),
}


def written(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as handle:
        handle.write(content)
    return path


def queries(path, content):
    return list(miracl.parse_queries(written(path, content), Skipped(), lang="sw", split="dev"))


def qrels(path, content, absent=()):
    skipped = Skipped()
    return list(miracl.parse_qrels(written(path, content), skipped, absent, lang="sw", split="dev")), skipped


def passages(path, content):
    return list(miracl.parse_passages(written(path, content), Skipped(), lang="sw"))


def passage(id_, **changes):
    return json.dumps({"docid": id_, "title": "Paka", "text": "Paka hunywa."} | changes) + "\n"


def test_queries(tmp_path):
    rows = queries(tmp_path / "x.tsv", '\ufeff6#0\tJe, "paka?\r\n007\tMbwa\u2028nani?\r\n')
    assert rows == [
        {"lang": "sw", "split": "dev", "query_id": "6#0", "text": 'Je, "paka?'},
        {"lang": "sw", "split": "dev", "query_id": "007", "text": "Mbwa\u2028nani?"},
    ]


@pytest.mark.parametrize(
    ("parse", "content", "expected"),
    [
        (queries, "1\ta\n2\tb\n3\tc\n2\td\n", "line 4: query id '2' already appears on line 2"),
        (queries, "1\ta\n2\n", "line 2: must have 2 columns separated by TAB, but has 1"),
        (queries, "1\ta\tb\n", "line 1: must have 2 columns separated by TAB, but has 3"),
        (queries, "", "the file is empty"),
        (qrels, "1\tQ0\tp\t1\n1\tp\t1\n", "line 2: must have 4 columns separated by TAB, but has 3"),
        (qrels, "1\tQ0\tp\tyes\n", "line 1: relevance is 'yes', but must be a whole number from 0"),
        (qrels, "1\tQ0\tp\t-1\n", "line 1: relevance is '-1'"),
        (qrels, "1\tQ0\tp\t1\n2\tQ0\tp\t0\n1\tQ0\tp\t0\n", r"line 3: '1\tp' is judged 0, but earlier 1"),
        (qrels, "", "the file is empty"),
        (passages, passage("1#0") + '{"docid": "1#1"', "line 2: not JSON"),
        (
            passages,
            passage("1#0") + passage("1#1", title=None),
            "line 2: must be an object with the texts docid, title",
        ),
        (passages, passage(7), "line 1: must be an object with the texts docid, title, text"),
        (passages, "[]\n", "line 1: must be an object"),
        (passages, "", "no passages"),
    ],
)
def test_what_is_refused(tmp_path, parse, content, expected):
    with pytest.raises(InputError) as error:
        parse(tmp_path / "x.tsv", content)
    assert str(tmp_path / "x.tsv") in str(error.value)
    assert expected in str(error.value)


def test_judgements_that_repeat_or_name_an_absent_passage_are_counted(tmp_path):
    content = "1\tQ0\tp1\t1\n1\tQ0\tp2\t0\n2\tQ0\tp1\t0\n1\tQ0\tp1\t1\n2\tQ0\tp2\t1\n2\tQ0\tp3\t2\n"
    rows, skipped = qrels(tmp_path / "x.tsv", content, absent={"p2": (2, "")})
    assert [(row["query_id"], row["passage_id"], row["relevance"]) for row in rows] == [
        ("1", "p1", 1),
        ("2", "p1", 0),
        ("2", "p3", 2),
    ]
    assert skipped.rows == {"the passage is not in the collection": [2, 2], "a repeated judgement": [1, 4]}


def test_passages_of_a_compressed_file(tmp_path):
    rows = passages(tmp_path / "docs-0.jsonl.gz", passage("7#0", text="猫\u2028喝") + passage("7#1", title=""))
    assert rows == [
        {"lang": "sw", "passage_id": "7#0", "title": "Paka", "text": "猫\u2028喝"},
        {"lang": "sw", "passage_id": "7#1", "title": "", "text": "Paka hunywa."},
    ]


def test_a_compressed_file_that_is_cut_off(tmp_path):
    path = written(tmp_path / "docs-0.jsonl.gz", "".join(passage(f"{i}#0") for i in range(1000)))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"after line \d+: the compressed file is cut off or damaged"):
        list(miracl.parse_passages(path, Skipped(), lang="sw"))


def test_find_lists_topics_and_qrels_of_train_and_dev(tmp_path):
    for name in ("sw-dev", "sw-train", "sw-test-a"):
        written(tmp_path / "topics" / f"topics.miracl-v1.0-{name}.tsv", "1\tPaka?\n")
    written(tmp_path / "topics" / "topics.dl19-passage.tsv", "1\tcat\n")
    written(tmp_path / "qrels" / "qrels.miracl-v1.0-de-dev.tsv", "1\tQ0\tp\t1\n")
    files = miracl.find(tmp_path)
    assert [(file.table, file.lang, file.split) for file in files] == [
        ("queries", "sw", "dev"),
        ("queries", "sw", "train"),
        ("qrels", "de", "dev"),
    ]
    assert [(row["lang"], row["split"]) for file in files for row in file.rows(Skipped())] == [
        ("sw", "dev"),
        ("sw", "train"),
        ("de", "dev"),
    ]
    assert miracl.find(tmp_path / "absent") == []
    written(tmp_path / "qrels" / "qrels.miracl-v1.0-xx-dev.tsv", "")
    with pytest.raises(InputError, match=r"qrels\.miracl-v1\.0-xx-dev\.tsv: unknown language code 'xx'"):
        miracl.find(tmp_path)


def test_find_lists_the_corpus_in_the_order_of_its_numbers(tmp_path):
    for name in ("miracl-corpus-v1.0-sw/docs-10", "miracl-corpus-v1.0-sw/docs-2", "deep/te/docs-0"):
        written(tmp_path / f"{name}.jsonl.gz", passage(name))
    files = miracl.find_corpus(tmp_path)
    assert [(file.table, file.lang, file.path.name.split(".")[0]) for file in files] == [
        ("passages", "te", "docs-0"),
        ("passages", "sw", "docs-2"),
        ("passages", "sw", "docs-10"),
    ]
    assert [row["lang"] for file in files for row in file.rows(Skipped())] == ["te", "sw", "sw"]
    assert miracl.find_corpus(tmp_path / "absent") == []
    written(tmp_path / "xx" / "docs-0.jsonl.gz", "")
    with pytest.raises(InputError, match="xx: unknown language code 'xx'"):
        miracl.find_corpus(tmp_path)


def pool(path, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_the_pool_of_hard_negatives(tmp_path):
    for lang in ("sw", "te"):
        for i in range(2):  # as the hub splits what is large
            columns = {"title": ["Paka", ""], "text": ["猫\u2028喝", f"part {i}"], "_id": [f"{i}#0", f"{i}#1"]}
            pool(tmp_path / f"{lang}-corpus/dev-0000{i}-of-00002.parquet", **columns)
    pool(tmp_path / "sw-queries/dev-00000-of-00001.parquet", _id=["7"], text=["Paka?"])
    files = miracl.find_hard_negatives(tmp_path)
    assert [(file.source, file.table, file.lang) for file in files] == [
        ("miracl-hard-negatives", "passages", lang) for lang in ("sw", "sw", "te", "te")
    ]
    assert list(files[1].rows(Skipped())) == [
        {"lang": "sw", "passage_id": "1#0", "title": "Paka", "text": "猫\u2028喝"},
        {"lang": "sw", "passage_id": "1#1", "title": "", "text": "part 1"},
    ]
    assert miracl.find_hard_negatives(tmp_path / "absent") == []
    pool(tmp_path / "xx-corpus/dev-00000-of-00001.parquet", _id=["7"])
    with pytest.raises(InputError, match="xx-corpus: unknown language code 'xx'"):
        miracl.find_hard_negatives(tmp_path)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"_id": ["a"] * 1001 + [None], "title": [""] * 1002, "text": ["t"] * 1002},
            "row 1002: must have the texts _id",
        ),
        ({"_id": ["a"], "title": ["t"], "text": [7]}, "row 1: must have the texts _id, title and text"),
        ({"id": ["a"], "title": ["t"], "text": ["t"]}, "no column '_id'; found: id, title, text"),
    ],
)
def test_a_bad_row_of_the_pool_is_named(tmp_path, columns, expected):
    path = pool(tmp_path / "sw-corpus/dev-00000-of-00001.parquet", **columns)
    with pytest.raises(InputError, match=f"{path}.*{expected}"):
        list(miracl.parse_hard_negatives(path, Skipped(), lang="sw"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cut off, or not a Parquet file"):
        list(miracl.parse_hard_negatives(path, Skipped(), lang="sw"))


@pytest.mark.parametrize("dev", ["dev", "dev.small"])
def test_msmarco(tmp_path, dev):
    written(tmp_path / "collection.tsv", '0\tA "cat" drinks.\n1\tDogs sing.\n')
    written(tmp_path / "queries.train.tsv", "7\twhat do cats do\n")
    written(tmp_path / "qrels.train.tsv", "7\t0\t0\t1\n7\t0\t0\t1\n")
    written(tmp_path / f"queries.{dev}.tsv", "8\twhat do dogs do\n")
    written(tmp_path / f"qrels.{dev}.tsv", "8\t0\t1\t1\n")
    if dev == "dev.small":  # both come in one archive
        written(tmp_path / "queries.dev.tsv", "8\twhat do dogs do\n9\twhat do birds do\n")
    skipped = Skipped()
    rows: dict[str, list[dict]] = {}
    for file in msmarco.find(tmp_path):
        assert file.lang == "en"
        rows.setdefault(file.table, []).extend(file.rows(skipped))
    for table, found in rows.items():
        validate(table, pa.Table.from_pylist(found, schema=SCHEMAS[table]), table, ["en"])
    assert [(row["split"], row["query_id"]) for row in rows["queries"]] == [("train", "7"), ("dev", "8")]
    assert [(row["split"], row["passage_id"]) for row in rows["qrels"]] == [("train", "0"), ("dev", "1")]
    assert rows["passages"][0] == {"lang": "en", "passage_id": "0", "title": "", "text": 'A "cat" drinks.'}
    assert skipped.rows == {"a repeated judgement": [1, 2]}
    assert msmarco.find(tmp_path / "absent") == []


def test_a_bad_line_of_the_collection_is_named(tmp_path):
    path = written(tmp_path / "collection.tsv", "0\ta\n1 b\n")
    with pytest.raises(InputError, match=r"collection\.tsv, line 2: must have 2 columns"):
        list(msmarco.parse_collection(path, Skipped()))


def test_upstreams_files(real_data):
    rows = {}
    for file in miracl.find(real_data / "anserini-tools"):
        skipped = Skipped()
        rows[file.table, file.lang, file.split] = list(file.rows(skipped))
        assert skipped == Skipped()
    expected = {(lang, split): n for lang, ns in QUERIES.items() for split, n in zip(("train", "dev"), ns) if n}
    assert {(lang, split): len(found) for (table, lang, split), found in rows.items() if table == "queries"} == expected
    for lang, split in expected:
        judged = pa.Table.from_pylist(rows["qrels", lang, split], schema=SCHEMAS["qrels"])
        validate("qrels", judged, "qrels", [lang])
        asked = {row["query_id"] for row in rows["queries", lang, split]}
        assert set(judged["query_id"].to_pylist()) == asked
        assert set(judged["relevance"].to_pylist()) == {0, 1}
    found = [row for file in miracl.find_corpus(real_data / "miracl-format-corpus") for row in file.rows(Skipped())]
    validate("passages", pa.Table.from_pylist(found, schema=SCHEMAS["passages"]), "corpus", ["bn", "en", "sw", "te"])
    assert len(found) == 16
