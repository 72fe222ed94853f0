"""XNLI: the hub's Parquet and the authors' tables give the same rows; quotes are text; bad rows are named."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders.xnli import LANGUAGES, find, parse_evaluation, parse_parquet, parse_train
from semantic_tokens.tables import SCHEMAS, validate

HEADER = "language\tgold_label\tsentence1_parse\tsentence1\tsentence2\tpairID\n"


def evaluation(path, content):
    path.write_text(content, encoding="utf-8", newline="")
    skipped = Skipped()
    return list(parse_evaluation(path, skipped, split="dev")), skipped


def train(path, content):
    path.write_text(content, encoding="utf-8", newline="")
    return list(parse_train(path, Skipped(), lang="sw"))


def hub(path, rows, names=("premise", "hypothesis", "label")):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table([list(column) for column in zip(*rows)], names=list(names)), path)
    return path


def nli(lang, split, premise, hypothesis, label):
    return {"lang": lang, "split": split, "premise": premise, "hypothesis": hypothesis, "label": label}


def test_columns_are_found_by_name_and_quotes_are_text(tmp_path):
    content = (
        HEADER.replace("\n", "\r\n") + 'ar\tneutral\t\t"a\tb"c\t1\r\nzh\tcontradictory\t(X)\t猫\u2028喝\t水\t2\r\n'
    )
    rows, skipped = evaluation(tmp_path / "xnli.dev.tsv", "\ufeff" + content)
    assert rows == [nli("ar", "dev", '"a', 'b"c', 1), nli("zh", "dev", "猫\u2028喝", "水", 2)]
    assert skipped == Skipped()


def test_train_labels_are_spelled_both_ways(tmp_path):
    content = 'premise\thypo\tlabel\na\tb\tentailment\n"c\td\tcontradictory\ne\tf\tcontradiction\n'
    rows = train(tmp_path / "multinli.train.sw.tsv", content)
    assert rows == [nli("sw", "train", "a", "b", 0), nli("sw", "train", '"c', "d", 2), nli("sw", "train", "e", "f", 2)]


def test_pairs_without_a_gold_label_are_counted(tmp_path):
    rows, skipped = evaluation(
        tmp_path / "x.tsv", HEADER + "en\t-\t\ta\tb\t1\nen\tneutral\t\tc\td\t2\nen\t-\t\te\tf\t3\n"
    )
    assert rows == [nli("en", "dev", "c", "d", 1)]
    assert skipped.rows == {"the annotators did not agree on a label": [2, 2]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            HEADER + "en\tneutral\t\ta\tb\t1\nen\tmaybe\t\ta\tb\t1\n",
            "line 3: unknown label 'maybe'; allowed: entailment",
        ),
        (HEADER + "fa\tneutral\t\ta\tb\t1\n", "line 2: unknown language 'fa'; allowed: ar bg"),
        (HEADER + "en\tneutral\ta\tb\t1\n", "line 2: has 5 columns, but the header has 6"),
        (HEADER.replace("gold_label", "gold"), "line 1: no column gold_label; found: language, gold"),
        (HEADER, "no rows"),
        ("", "no rows"),
    ],
)
def test_what_is_refused(tmp_path, content, expected):
    with pytest.raises(InputError) as error:
        evaluation(tmp_path / "x.tsv", content)
    assert str(tmp_path / "x.tsv") in str(error.value)
    assert expected in str(error.value)


def test_the_hubs_parquet(tmp_path):
    path = hub(tmp_path / "x.parquet", [("a", "b", 0), ("c", "d", 2)])
    rows = list(parse_parquet(path, Skipped(), lang="th", split="test"))
    assert rows == [nli("th", "test", "a", "b", 0), nli("th", "test", "c", "d", 2)]


@pytest.mark.parametrize("bad", [("c", "d", -1), ("c", "d", 3), (None, "d", 1), ("c", "d", None)])
def test_the_bad_row_of_a_parquet_file_is_named_beyond_the_first_batch(tmp_path, bad):
    path = hub(tmp_path / "x.parquet", [("a", "b", 0)] * 1234 + [bad])
    with pytest.raises(InputError, match=r"x\.parquet, row 1235: must be two sentences and a label 0, 1 or 2"):
        list(parse_parquet(path, Skipped(), lang="th", split="test"))


def test_a_parquet_file_cut_off_or_without_a_column(tmp_path):
    path = hub(tmp_path / "x.parquet", [("a", "b")], ("premise", "label"))
    with pytest.raises(InputError, match=r"x\.parquet: no column 'hypothesis'; found: premise, label"):
        list(parse_parquet(path, Skipped(), lang="th", split="test"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"x\.parquet: cut off, or not a Parquet file"):
        list(parse_parquet(path, Skipped(), lang="th", split="test"))


def test_find_lists_either_shape_and_refuses_both(tmp_path):
    for name in ("sw/train", "sw/validation", "ar/test", "all_languages/test"):
        hub(tmp_path / "hub" / f"{name}-00000-of-00001.parquet", [("a", "b", 0)])
    authors = tmp_path / "authors"
    (authors / "XNLI-1.0").mkdir(parents=True)
    (authors / "XNLI-1.0" / "xnli.dev.tsv").write_text(HEADER + "en\tneutral\t\tc\td\t2\n")
    (authors / "XNLI-MT-1.0" / "multinli").mkdir(parents=True)
    (authors / "XNLI-MT-1.0" / "multinli" / "multinli.train.ur.tsv").write_text("premise\thypo\tlabel\na\tb\tneutral\n")
    files = find(tmp_path / "hub") + find(authors)
    assert [(file.source, file.lang, file.split) for file in files] == [
        ("xnli", "ar", "test"),
        ("xnli", "sw", "train"),
        ("xnli", "sw", "dev"),
        ("xnli-original", "+".join(LANGUAGES), "dev"),
        ("xnli-original", "ur", "train"),
    ]
    for file in files:
        (row,) = file.rows(Skipped())
        assert row["lang"] in file.lang.split("+")
        assert row["split"] == file.split
    assert find(tmp_path / "absent") == []
    hub(authors / "ar" / "test-00000-of-00001.parquet", [("a", "b", 0)])
    with pytest.raises(InputError, match="the same rows twice; keep one"):
        find(authors)


@pytest.mark.parametrize("name", ["xx/test-00000-of-00001.parquet", "XNLI-MT-1.0/multinli/multinli.train.xx.tsv"])
def test_an_unknown_language_is_named_with_its_file(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=f"{name}: unknown language code 'xx'"):
        find(tmp_path)


def test_upstreams_files(real_data):
    rows: list[dict] = []
    for file in find(real_data / "xnli"):
        skipped = Skipped()
        rows += file.rows(skipped)
        assert skipped == Skipped()
    validate("nli", pa.Table.from_pylist(rows, schema=SCHEMAS["nli"]), "xnli", LANGUAGES)
    for split, a_language in (("train", 4), ("dev", 1), ("test", 1)):
        found = sorted(row["lang"] for row in rows if row["split"] == split)
        assert found == sorted(LANGUAGES * a_language)
