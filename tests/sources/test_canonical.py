"""From a source's files to canonical tables: languages, splits, samples, and what is left out."""

import csv

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import corpus_rows, reservoir, task_rows, word_pair_rows, write_skips
from semantic_tokens.sources.catalogue import LOADERS
from semantic_tokens.sources.files import SourceFile


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def miracl(tmp_path):
    """Two languages, a train query and a dev query each."""
    for lang in ("sw", "te"):
        write(tmp_path / f"topics/topics.miracl-v1.0-{lang}-train.tsv", "1\twho?\n")
        write(tmp_path / f"topics/topics.miracl-v1.0-{lang}-dev.tsv", "2\twhat?\n")
    return tmp_path


def test_rows_of_the_wanted_languages_alone(miracl):
    rows = list(task_rows("miracl", "queries", miracl, ["te"], {}))
    assert {row["lang"] for row in rows} == {"te"}
    assert {row["lang"] for row in task_rows("miracl", "queries", miracl, ["all"], {})} == {"sw", "te"}
    with pytest.raises(InputError, match="no rows of the table queries in the languages yo"):
        list(task_rows("miracl", "queries", miracl, ["yo"], {}))


def test_a_source_without_test_set_is_scored_on_its_dev_set(miracl):
    rows = list(task_rows("miracl", "queries", miracl, ["te"], {}))
    assert {row["query_id"]: row["split"] for row in rows} == {"1": "train", "2": "test"}


def test_the_first_training_examples_of_each_language_and_no_more_is_read(tmp_path):
    """Two archives' files of XNLI whose lines after those wanted cannot be read."""
    for lang in ("en", "sw"):
        lines = [f"premise {i}\thypothesis {i}\tneutral\n" for i in range(3)]
        header = "premise\thypo\tlabel\n"
        write(tmp_path / f"XNLI-MT-1.0/multinli/multinli.train.{lang}.tsv", "".join([header, *lines, "broken\n"]))
    evaluated = "".join(f"{lang}\tneutral\ta {i}\tb\n" for lang in ("en", "sw") for i in range(5))
    write(tmp_path / "XNLI-1.0/xnli.test.tsv", f"language\tgold_label\tsentence1\tsentence2\n{evaluated}")
    rows = list(task_rows("xnli", "nli", tmp_path, ["all"], {}, train_examples=2))
    trained_on = [row for row in rows if row["split"] == "train"]
    first = {lang: [row["premise"] for row in trained_on if row["lang"] == lang] for lang in ("en", "sw")}
    assert first == {"en": ["premise 0", "premise 1"], "sw": ["premise 0", "premise 1"]}
    assert sum(row["split"] == "test" for row in rows) == 10, "what is scored is not cut"
    with pytest.raises(InputError, match="line 5"):
        list(task_rows("xnli", "nli", tmp_path, ["all"], {}, train_examples=4))


def test_the_first_examples_of_files_that_mix_languages(tmp_path, monkeypatch):
    def parse(path, skipped):
        for i, lang in enumerate("ababcba"):
            read.append(i)
            yield {"lang": lang, "split": "train", "n": i}

    read = []
    files = [SourceFile("mixed", tmp_path, "qa", "a+b+c", "train", parse)]
    monkeypatch.setitem(LOADERS, "mixed", lambda folder: files)
    rows = list(task_rows("mixed", "qa", tmp_path, ["a", "b"], {}, train_examples=2))
    assert [row["n"] for row in rows] == [0, 1, 2, 3] and read == [0, 1, 2, 3]


def test_the_corpus_takes_an_even_share_of_each_source(tmp_path):
    write(tmp_path / "text/ha.txt", "".join(f"text {i}\n" for i in range(100)))
    write(tmp_path / "ntrex/newstest2019-ref.hau.txt", "".join(f"news {i}\n" for i in range(100)))
    folders = {"text": tmp_path / "text", "ntrex": tmp_path / "ntrex"}
    texts = [row["text"] for row in corpus_rows(folders, ["all"], 20, 0, {}, [])]
    assert sum(text.startswith("text") for text in texts) == sum(text.startswith("news") for text in texts) == 10
    with pytest.raises(InputError, match="no text in the languages yo"):
        list(corpus_rows(folders, ["yo"], 20, 0, {}, []))


def test_word_pairs_of_the_wanted_languages_from_every_dictionary(tmp_path):
    write(tmp_path / "muse/en-ru.txt", "dog\tsobaka\nbird\ncat\tkoshka\n")
    write(tmp_path / "dictionaries/en-sw.txt", "dog\tmbwa\n")
    folders = {"muse": tmp_path / "muse", "dictionaries": tmp_path / "dictionaries"}
    found = list(word_pair_rows(folders, ["en", "sw"], {}))
    assert [(row["word_a"], row["word_b"], row["source"]) for row in found] == [("dog", "mbwa", "dictionaries")]
    skips = {}
    assert len(list(word_pair_rows(folders, ["all"], skips))) == 3
    write_skips(skips, tmp_path / "skipped.csv")
    [row] = csv.DictReader((tmp_path / "skipped.csv").open(encoding="utf-8"))
    assert row == {
        "file": str(tmp_path / "muse/en-ru.txt"),
        "kept": "no",
        "what": "not exactly two fields",
        "rows": "1",
        "first_line": "2",
    }


def test_a_reservoir_is_a_fair_sample_in_order():
    rows = [{"n": i} for i in range(10)]
    assert reservoir(rows, 20, "seed") == rows
    counts = [0] * 10
    for seed in range(2000):
        drawn = [row["n"] for row in reservoir(rows, 3, str(seed))]
        assert drawn == sorted(drawn) and len(set(drawn)) == 3
        for n in drawn:
            counts[n] += 1
    assert all(500 < count < 700 for count in counts), "each of 10 is one of 3 in 30% of the draws"
