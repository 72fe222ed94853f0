"""From a source's files to canonical tables: languages, splits, samples, and what is left out."""

import csv

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import corpus_rows, reservoir, task_rows, word_pair_rows
from semantic_tokens.sources.left_out import write_skips


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


def test_training_examples_of_each_language_are_drawn_by_the_seed(tmp_path):
    for lang in ("en", "sw"):
        lines = [f"premise {i}\thypothesis {i}\tneutral\n" for i in range(30)]
        header = "premise\thypo\tlabel\n"
        write(tmp_path / f"XNLI-MT-1.0/multinli/multinli.train.{lang}.tsv", "".join([header, *lines]))
    evaluated = "".join(f"{lang}\tneutral\ta {i}\tb\n" for lang in ("en", "sw") for i in range(5))
    write(tmp_path / "XNLI-1.0/xnli.test.tsv", f"language\tgold_label\tsentence1\tsentence2\n{evaluated}")

    def drawn(seed, **limits):
        rows = list(task_rows("xnli", "nli", tmp_path, ["all"], {}, limits, seed=seed))
        assert sum(row["split"] == "test" for row in rows) == 2 * limits.get("test", 5)
        chosen = [row for row in rows if row["split"] == "train"]
        return {lang: [row["premise"] for row in chosen if row["lang"] == lang] for lang in ("en", "sw")}

    first, again, other = drawn(0, train=6), drawn(0, train=6), drawn(1, train=6, test=3)
    assert first == again != other and first["en"] != first["sw"]
    assert all(len(set(own)) == 6 for own in first.values())
    assert drawn(0, train=99) == drawn(0) and len(drawn(0)["sw"]) == 30
    left = list(task_rows("xnli", "nli", tmp_path, ["all"], {}, {"test": 3}, left_out=["train"]))
    assert [row["split"] for row in left] == ["test"] * 6, "another split is trained on"


def test_the_corpus_takes_an_even_share_of_each_source(tmp_path):
    write(tmp_path / "text/ha.txt", "".join(f"text {i}\n" for i in range(100)))
    write(tmp_path / "ntrex/newstest2019-ref.hau.txt", "".join(f"news {i}\n" for i in range(100)))
    folders = {"text": tmp_path / "text", "ntrex": tmp_path / "ntrex"}
    texts = [row["text"] for row in corpus_rows(folders, ["all"], 20, 0, {}, [])]
    assert sum(text.startswith("text") for text in texts) == sum(text.startswith("news") for text in texts) == 10
    with pytest.raises(InputError, match="no text in the languages yo"):
        list(corpus_rows(folders, ["yo"], 20, 0, {}, []))
    with pytest.raises(InputError, match=r"no text in yo, sw under .*: leave them out of data\.corpus\.languages"):
        list(corpus_rows(folders, ["ha", "yo", "sw"], 20, 0, {}, []))


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
        "of": "3",
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
