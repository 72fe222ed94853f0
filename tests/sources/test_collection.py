"""The collection to search: which passages each kind has, and judgements of passages that are not in it."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.collection import judged_passages, judged_queries, judgement_rows, noted, passage_rows

N_PASSAGES = 50


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folders(tmp_path):
    """Two languages with a corpus of d#0 to d#49 in two files, and a pool of d#2, d#3 and d#4.

    The train query is judged on d#7, which the pool lacks, and on one that is nowhere; the dev query on d#2, d#41.
    """
    topics = tmp_path / "topics-and-qrels"
    for lang in ("sw", "te"):
        write(topics / f"qrels/qrels.miracl-v1.0-{lang}-train.tsv", "1\tQ0\tgone#1\t0\n1\tQ0\td#7\t1\n")
        write(topics / f"qrels/qrels.miracl-v1.0-{lang}-dev.tsv", "2\tQ0\td#2\t1\n2\tQ0\td#41\t0\n")
        (tmp_path / "corpus" / lang).mkdir(parents=True)
        for i, numbers in enumerate((range(30), range(30, N_PASSAGES))):
            with gzip.open(tmp_path / f"corpus/{lang}/docs-{i}.jsonl.gz", "wt", encoding="utf-8") as handle:
                for n in numbers:
                    handle.write(json.dumps({"docid": f"d#{n}", "title": "", "text": f"{lang} {n}"}) + "\n")
        (tmp_path / f"pool/{lang}-corpus").mkdir(parents=True)
        columns = {"_id": ["d#2", "d#3", "d#4"], "title": [""] * 3, "text": ["pooled"] * 3}
        pq.write_table(pa.table(columns), tmp_path / f"pool/{lang}-corpus/dev-00000-of-00001.parquet")
    return {"miracl": topics, "miracl-corpus": tmp_path / "corpus", "miracl-hard-negatives": tmp_path / "pool"}


def judged_in(folders, languages=("all",), n=None, seed=0):
    """The passages judged for at most `n` queries of a language and split."""
    return judged_passages(folders["miracl"], languages, judged_queries(folders["miracl"], languages, n, seed))


def collected(folders, kind, languages=("all",), distractors=None, seed=0):
    judged = judged_in(folders, languages)
    return list(passage_rows(kind, folders, languages, judged, distractors, seed, {}))


def ids(rows, lang="te"):
    return [row["passage_id"] for row in rows if row["lang"] == lang]


def test_what_is_judged(folders):
    judged = {"d#2", "d#7", "d#41", "gone#1"}
    assert judged_in(folders) == {"sw": judged, "te": judged}
    assert judged_in(folders, ["te"]) == {"te": judged}


def test_queries_are_drawn_by_the_seed_in_each_language_and_split(tmp_path):
    (tmp_path / "qrels").mkdir()
    for split in ("train", "dev"):
        lines = "".join(f"{split}{i}\tQ0\td#{i}\t1\n" for i in range(20))
        (tmp_path / f"qrels/qrels.miracl-v1.0-te-{split}.tsv").write_text(lines, encoding="utf-8")
    first, again, other = (judged_queries(tmp_path, ["te"], 5, seed) for seed in (0, 0, 1))
    assert first == again != other and len(first) == 10
    assert sum(query.startswith("dev") for _, query in first) == 5
    assert len(judged_queries(tmp_path, ["te"], None, 0)) == len(judged_queries(tmp_path, ["te"], 99, 0)) == 40
    rows = list(judgement_rows(tmp_path, ["te"], first, {}, {}))
    assert {(row["lang"], row["query_id"]) for row in rows} == first


def test_the_full_collection_is_the_corpus(folders):
    rows = collected(folders, "full")
    assert ids(rows, "sw") == ids(rows, "te") == [f"d#{n}" for n in range(N_PASSAGES)]
    assert {row["lang"] for row in collected(folders, "full", ["te"])} == {"te"}


def test_a_sampled_collection_is_the_judged_passages_and_so_many_others(folders):
    drawn = collected(folders, "sampled", distractors=5)
    for lang in ("sw", "te"):
        assert len(ids(drawn, lang)) == len(set(ids(drawn, lang))) == 3 + 5
        assert {"d#2", "d#7", "d#41"} < set(ids(drawn, lang))
    assert drawn == collected(folders, "sampled", distractors=5)
    assert drawn != collected(folders, "sampled", distractors=5, seed=1)


def test_hard_negatives_are_the_pool_and_what_it_lacks_of_the_judged_passages(folders):
    rows = collected(folders, "hard-negatives", ["te"])
    assert ids(rows) == ["d#2", "d#3", "d#4", "d#7", "d#41"]
    assert [row["text"] for row in rows] == ["pooled"] * 3 + ["te 7", "te 41"]


def test_a_language_without_a_pool_is_named(folders):
    for path in (folders["miracl-hard-negatives"] / "sw-corpus").iterdir():
        path.unlink()
    assert ids(collected(folders, "hard-negatives", ["te"]))
    with pytest.raises(InputError, match="pool: no pool of passages in sw"):
        collected(folders, "hard-negatives")


@pytest.mark.parametrize(("kind", "there"), [("full", {"d#2", "d#7", "d#41"}), ("pool alone", {"d#2"})])
def test_judgements_of_absent_passages_are_left_out_and_counted_by_file_and_line(folders, kind, there):
    asked, absent = judged_queries(folders["miracl"], ["te"], None, 0), judged_in(folders, ["te"])
    present = [{"lang": "te", "passage_id": name} for name in [*there, "d#3"]] + [{"lang": "xx", "passage_id": "d#7"}]
    assert list(noted(present, absent)) == present
    skips = {}
    rows = list(judgement_rows(folders["miracl"], ["te"], asked, absent, skips))
    assert {row["passage_id"] for row in rows} == there
    assert {(row["query_id"], row["split"]) for row in rows} <= {("1", "train"), ("2", "test")}
    train = skips[str(folders["miracl"] / "qrels/qrels.miracl-v1.0-te-train.tsv")]
    dev = skips[str(folders["miracl"] / "qrels/qrels.miracl-v1.0-te-dev.tsv")]
    assert train.rows == {"the passage is not in the collection": [1 if kind == "full" else 2, 1]}
    assert dev.rows == ({} if kind == "full" else {"the passage is not in the collection": [1, 2]})
