"""Entries of `data.own` as rows of the canonical tables, by role; wrong rows are named with file, row and entry."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Features, List, Value

from semantic_tokens import tables
from semantic_tokens.sources.canonical import corpus_rows, folder_of, task_rows, word_pair_rows
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.own.loader import find
from support.own_data import NLI, lines, record
from support.source_files import refused

NER = {"tokens": ["Juma", "runs"], "tags": ["B-PER", "O"]}
QA = {"question": "Who?", "context": "Juma runs.", "answers": {"text": ["Juma"], "answer_start": [0]}}


def read(folder, role, *rows, **entry):
    """(Rows of a file with these records, what was left out) for the split train."""
    lines(folder / "train.jsonl", *rows)
    lines(folder / "test.jsonl", *rows)
    files = find(record(folder, role, **{"files": f"{folder}/{{split}}.jsonl"} | entry))
    skipped = Skipped()
    found = list(files[0].rows(skipped))
    schema = tables.SCHEMAS.get(files[0].table)
    if schema is not None and found:
        tables.validate(files[0].table, pa.Table.from_pylist(found, schema=schema), "x", ("en", "sw"))
    return found, skipped


def test_columns_have_their_usual_names(tmp_path):
    about = {"lang": "en", "split": "train"}
    assert read(tmp_path, "nli", NLI)[0] == [about | NLI | {"label": 0}]
    assert read(tmp_path, "ner", NER)[0] == [about | NER]
    [row], _ = read(tmp_path, "qa", QA)
    assert row["answers"] == [{"text": "Juma", "start": 0}] and row["id"] == "train/train.jsonl:1"


def test_columns_are_renamed_and_taken_from_inside_others(tmp_path):
    given = {"id": 7, "q": {"text": "Who?"}, "doc": [{"body": "Juma runs."}], "spans": [{"t": "Juma", "at": 0}]}
    names = {"id": "id", "question": "q.text", "context": "c", "answers.text": "spans.t", "answers.start": "spans.at"}
    [row], _ = read(tmp_path, "qa", given | {"c": "Juma runs.", "a.b": 1}, columns=names)
    assert (row["id"], row["question"], row["answers"]) == ("7", "Who?", [{"text": "Juma", "start": 0}])


def test_a_sentence_may_be_text(tmp_path):
    [row], _ = read(tmp_path, "ner", {"tokens": "Juma runs", "tags": "B-PER O"})
    assert row["tokens"] == NER["tokens"] and row["tags"] == NER["tags"]


@pytest.mark.parametrize(
    ("labels", "value"),
    [
        (["contradiction", "entailment"], 1),
        ({"yes": "entailment"}, "yes"),
        ({"1": "entailment"}, "1"),
        ({1: "entailment"}, 1),
        ({}, "entailment"),
    ],
)
def test_labels_are_named_by_number_or_by_name(tmp_path, labels, value):
    assert read(tmp_path, "nli", NLI | {"label": value}, labels=labels)[0][0]["label"] == 0


def test_rows_with_a_label_to_leave_out_are_counted(tmp_path):
    rows, skipped = read(tmp_path, "nli", NLI | {"label": "-"}, NLI, labels={"-": None})
    assert len(rows) == 1 and skipped.rows == {"its label is one to leave out": [1, 1]}
    rows, skipped = read(tmp_path, "ner", NER | {"tags": ["X", "O"]}, NER, labels={"X": None})
    assert len(rows) == 1 and skipped.rows == {"its label is one to leave out": [1, 1]}


def test_an_i_tag_without_its_b_is_kept_and_noted(tmp_path):
    rows, skipped = read(tmp_path, "ner", NER | {"tags": ["O", "I-PER"]}, NER | {"tags": ["B-PER", "I-PER"]})
    assert len(rows) == 2 and skipped.notes == {"an I- tag that does not continue an entity": [1, 1]}


def test_the_names_of_labels_are_read_from_parquet(tmp_path):
    names = ["O", "B-LOC", "B-PER"]
    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))})
    table = pa.Table.from_pylist([{"tokens": ["Juma", "runs"], "ner_tags": [2, 0]}], schema=features.arrow_schema)
    for split in ("train", "test"):
        pq.write_table(table, tmp_path / f"{split}-0.parquet")
    path = record(tmp_path, "ner", files=f"{tmp_path}/{{split}}-*.parquet", columns={"tags": "ner_tags"})
    assert [row["tags"] for row in find(path)[0].rows(Skipped())] == [["B-PER", "O"]]


def test_languages_by_file_and_by_column(tmp_path):
    for lang in ("eng", "swa"):
        for split in ("train", "test"):
            lines(tmp_path / f"{lang}/{split}.jsonl", NLI)
    path = record(tmp_path, "nli", files=f"{tmp_path}/{{lang}}/{{split}}.jsonl", languages={"en": "eng", "sw": "swa"})
    assert [(file.lang, file.split) for file in find(path)] == [
        ("en", "train"), ("sw", "train"), ("en", "test"), ("sw", "test"),
    ]  # fmt: skip
    rows = [NLI | {"l": lang} for lang in ("english", "swahili", "hausa")]
    found, skipped = read(tmp_path, "nli", *rows, languages={"en": "english", "sw": "swahili"}, columns={"lang": "l"})
    assert [row["lang"] for row in found] == ["en", "sw"] and skipped.rows == {"in another language": [1, 3]}


def test_a_language_without_rows_is_an_error_that_names_the_key(tmp_path):
    for split in ("train", "test"):
        lines(tmp_path / f"{split}.jsonl", NLI | {"lang": "en"})
    entry = {"files": f"{tmp_path}/{{split}}.jsonl", "columns": {"lang": "lang"}}
    place = folder_of(record(tmp_path, "nli", ("en", "sw"), **entry))
    message = refused(lambda: list(task_rows("own-nli", "nli", place, ["en", "sw"], {})))
    assert message.startswith("data.own.nli.languages: no rows of sw in ") and "train.jsonl" in message
    assert len(list(task_rows("own-nli", "nli", place, ["en"], {}))) == 2
    message = refused(record, tmp_path, "nli", ("en", "sw"), files=f"{tmp_path}/{{lang}}-{{split}}.jsonl")
    assert f"no file of en like {tmp_path}/en-train.jsonl" in message


def test_the_same_files_give_the_same_bytes_in_their_order(tmp_path):
    for number in range(3):
        for split in ("train", "test"):
            lines(tmp_path / f"{split}-{number}.jsonl", NLI | {"premise": f"{number}"})
    place = folder_of(record(tmp_path, "nli", files=f"{tmp_path}/{{split}}-*.jsonl"))
    for name in ("a", "b"):
        tables.write_rows("nli", task_rows("own-nli", "nli", place, ["en"], {}), tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert tables.read("nli", tmp_path / "a.parquet")["premise"].to_pylist() == ["0", "1", "2"] * 2


def test_training_examples_are_limited_for_each_language(tmp_path):
    for split in ("train", "test"):
        lines(tmp_path / f"{split}.jsonl", *[NLI | {"lang": lang} for lang in ("en", "sw") * 3])
    entry = {"files": f"{tmp_path}/{{split}}.jsonl", "columns": {"lang": "lang"}}
    place = folder_of(record(tmp_path, "nli", ("en", "sw"), **entry))
    rows = list(task_rows("own-nli", "nli", place, ["en", "sw"], {}, {"train": 2}))
    assert sorted(row["lang"] for row in rows if row["split"] == "train") == ["en", "en", "sw", "sw"]


def answers(**changes):
    return QA | {"answers": QA["answers"] | changes}


@pytest.mark.parametrize(
    ("role", "row", "expected"),
    [
        ("nli", {"a": 1}, "no column 'label' (data.own.nli.columns, label); there are a"),
        ("nli", {"a": 1, "b": {"c": 1, "d": [{"e": 1}]}}, "there are a, b.c, b.d.e"),
        ("nli", NLI | {"premise": None}, "'premise' must be text, but is None"),
        ("nli", NLI | {"label": "maybe"}, "'label' must be one of entailment, neutral, contradiction (data.own"),
        ("nli", NLI | {"label": 1}, "nothing says what the numbers mean (data.own.nli.labels), but is 1"),
        ("nli", NLI | {"label": True}, "but is True"),
        ("ner", NER | {"tags": ["B-MISC", "O"]}, "'tags' must be one of O, B-PER"),
        ("ner", NER | {"tags": ["O"]}, "'tokens' must be a list of texts, as many as"),
        ("ner", NER | {"tokens": [], "tags": []}, "'tags' must be a list of labels"),
        ("qa", answers(answer_start=["x"]), "'answers.answer_start' must be 1 whole numbers"),
        ("qa", answers(answer_start=[0, 1]), "'answers.answer_start' must be 1 whole numbers"),
        ("qa", QA | {"answers": {"text": ["Juma"]}}, "no column 'answers.answer_start' (data.own.qa.columns, answers"),
        ("retrieval", {"query": "a", "positive": [1]}, "'positive' must be text or a list of texts"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_file_and_number(tmp_path, role, row, expected):
    good = {"nli": NLI, "ner": NER, "qa": QA, "retrieval": {"query": "a", "positive": "b"}}[role]
    message = refused(read, tmp_path, role, good, row)
    assert message.startswith(f"{tmp_path}/train.jsonl, line 2: ") and expected in message


def test_a_number_beyond_the_labels(tmp_path):
    message = refused(read, tmp_path, "nli", NLI | {"label": 3}, labels=["entailment", "neutral"])
    assert "train.jsonl, line 1: 'label' must be one of 0, 1, " in message and message.endswith("but is 3")


def test_an_answer_that_is_not_at_its_offset_is_left_out_as_of_any_source(tmp_path):
    off = QA | {"answers": {"text": ["runs"], "answer_start": [0]}}
    half = QA | {"answers": {"text": ["runs", "Juma"], "answer_start": [0, 0]}}
    none = QA | {"answers": {"text": [], "answer_start": []}}
    rows, skipped = read(tmp_path, "qa", off, half, none)
    assert [row["answers"] for row in rows] == [[{"text": "Juma", "start": 0}]]
    assert skipped.rows == {"no answer is in the context at its offset": [1, 1], "no answer": [1, 3]}
    assert skipped.notes == {"an answer left out that is not in the context at its offset": [1, 2]}


def test_squads_own_json_needs_no_columns(tmp_path):
    answers = [{"text": "Juma", "answer_start": 0}]
    qas = [{"id": "1", "question": "Who?", "answers": answers}]
    document = {"data": [{"paragraphs": [{"context": "Juma runs.", "qas": qas}]}]}
    for split in ("train", "test"):
        (tmp_path / f"{split}.json").write_text(json.dumps(document))
    [row] = find(record(tmp_path, "qa", files=f"{tmp_path}/{{split}}.json"))[0].rows(Skipped())
    assert row == {"lang": "en", "split": "train", "id": "1", "question": "Who?", "context": "Juma runs.",
                   "answers": [{"text": "Juma", "start": 0}]}  # fmt: skip


def test_text_is_sampled_up_to_the_cap_and_all_of_it_is_counted(tmp_path):
    lines(tmp_path / "en.jsonl", *[{"body": f"text {i}"} for i in range(50)], {"body": " "})
    place = folder_of(record(tmp_path, "corpus", files=f"{tmp_path}/{{lang}}.jsonl", columns={"text": "body"}))
    skips, amounts = {}, []
    rows = list(corpus_rows({"own-corpus": place}, ["en"], 20, 0, skips, amounts))
    assert len(rows) == 20 and rows == list(corpus_rows({"own-corpus": place}, ["en"], 20, 0, {}, []))
    assert [(amount.texts, amount.taken) for amount in amounts] == [(50, 20)]
    assert skips[f"{tmp_path}/en.jsonl"].rows == {"an empty text": [1, 51]}
    lines(tmp_path / "en.jsonl", {"body": " "})
    message = refused(lambda: list(corpus_rows({"own-corpus": place}, ["en"], 20, 0, {}, [])))
    assert message.startswith("data.own.corpus.languages: no rows of en")


def test_dictionaries_of_pairs_of_languages(tmp_path):
    for pair, rows in {"en-sw": [("the sky", "anga"), ("cat", "paka"), ("", "x")], "sw-en": [("paka", "cat")]}.items():
        lines(tmp_path / f"{pair}.jsonl", *[{"a": a, "b": b} for a, b in rows])
    entry = {"files": f"{tmp_path}/{{lang}}.jsonl", "columns": {"word_a": "a", "word_b": "b"}}
    place = folder_of(record(tmp_path, "dictionaries", ("en", "sw"), languages=["en-sw", "sw-en"], **entry))
    skips = {}
    rows = list(word_pair_rows({"own-dictionaries": place}, ["en", "sw"], skips))
    assert [(row["word_a"], row["word_b"], row["source"]) for row in rows] == [
        ("sky", "anga", "own"),
        ("cat", "paka", "own"),
    ]
    assert skips[f"{tmp_path}/en-sw.jsonl"].rows == {"an empty word": [1, 3]}


def test_a_file_of_two_splits_is_refused(tmp_path):
    lines(tmp_path / "sw-train.jsonl", NLI)
    lines(tmp_path / "sw-test.jsonl", NLI)
    files = {"train": f"{tmp_path}/sw*.jsonl", "test": f"{tmp_path}/sw-test.jsonl"}
    message = refused(lambda: record(tmp_path, "nli", files=files))
    assert "sw-test.jsonl: is read as en train and as en test; a file has one language and split" in message
