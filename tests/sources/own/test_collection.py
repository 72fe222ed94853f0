"""Pairs and groups as a collection: every passage once, every query with all that is said of it."""

import pyarrow as pa
import pytest

from semantic_tokens import tables
from semantic_tokens.sources.own.collection import Pairs
from support.own_data import lines, record
from support.source_files import refused

GROUPS = {"columns": {"query": "anchor", "negative": "negative"}}


def pairs(folder, train, test, languages=("en",), **entry):
    lines(folder / "train.jsonl", *train)
    lines(folder / "test.jsonl", *test)
    path = record(folder, "retrieval", languages, **{"files": f"{folder}/{{split}}.jsonl"} | entry)
    return Pairs(path, languages, {})


def tables_of(found):
    """queries, passages and qrels, checked as canonical tables."""
    made = []
    for name, rows in (("queries", found.queries()), ("passages", found.passages()), ("qrels", found.qrels())):
        table = pa.Table.from_pylist(list(rows), schema=tables.SCHEMAS[name])
        tables.validate(name, table, name)
        made.append(table.to_pylist())
    return made


def row(query, positive, negative=(), **more):
    return {"anchor": query, "positive": positive, "negative": list(negative)} | more


def test_rows_of_a_query_are_joined_and_a_passage_is_there_once(tmp_path):
    train = [row("q1", "a", ["b", "c"]), row("q1", ["b"]), row("q2", ["a", "a"], ["c"])]
    queries, passages, qrels = tables_of(pairs(tmp_path, train, [row("q3", "d")], **GROUPS))
    assert [(query["text"], query["split"]) for query in queries] == [("q1", "train"), ("q2", "train"), ("q3", "test")]
    assert [passage["text"] for passage in passages] == ["a", "b", "c", "d"]
    texts = {passage["passage_id"]: passage["text"] for passage in passages}
    asked = {query["query_id"]: query["text"] for query in queries}
    judged = {(asked[one["query_id"]], texts[one["passage_id"]]): one["relevance"] for one in qrels}
    assert judged == {
        ("q1", "a"): 1, ("q1", "b"): 1, ("q1", "c"): 0, ("q2", "a"): 1, ("q2", "c"): 0, ("q3", "d"): 1,
    }, "relevant where any row says so"  # fmt: skip


def test_a_query_of_two_splits_is_one_of_each(tmp_path):
    queries, _, qrels = tables_of(pairs(tmp_path, [row("q", "a")], [row("q", "b")], **GROUPS))
    assert [query["split"] for query in queries] == ["train", "test"]
    assert len({query["query_id"] for query in queries}) == 2 and len(qrels) == 2


def test_pairs_without_negatives(tmp_path):
    train, test = [{"query": "q", "positive": "a"}], [{"query": "r", "positive": "b"}]
    _, passages, qrels = tables_of(pairs(tmp_path, train, test))
    assert len(passages) == len(qrels) == 2 and all(one["relevance"] == 1 for one in qrels)


def test_a_query_without_a_relevant_passage_is_left_out_and_counted(tmp_path):
    found = pairs(tmp_path, [row("q", []), row("r", "a")], [row("s", "b")], **GROUPS)
    assert [query["text"] for query in found.queries()] == ["r", "s"]
    [(count, line)] = [skipped.rows["no relevant passage"] for skipped in found.skips.values() if skipped.rows]
    assert (count, line) == (1, 1)


def test_a_language_without_a_query_is_an_error_that_names_the_key(tmp_path):
    rows = [row("q", "a", lang="en")]
    columns = GROUPS["columns"] | {"lang": "lang"}
    found = pairs(tmp_path, rows, rows, languages=("en", "sw"), columns=columns)
    message = refused(lambda: list(found.queries()))
    assert message.startswith("data.own.retrieval.languages: no rows of sw in ")


@pytest.mark.parametrize("wanted", [["en"], ["sw"]])
def test_the_same_text_in_two_languages_is_two_passages(tmp_path, wanted):
    rows = [row("q", "a", lang=lang) for lang in ("en", "sw")]
    columns = GROUPS["columns"] | {"lang": "lang"}
    _, passages, _ = tables_of(pairs(tmp_path, rows, rows, languages=("en", "sw"), columns=columns))
    assert [passage["lang"] for passage in passages] == ["en", "sw"]
    found = Pairs(tmp_path / "own-retrieval.json", wanted, {})
    assert {passage["lang"] for passage in found.passages()} == set(wanted)
