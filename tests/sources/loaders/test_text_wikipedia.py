"""Plain text and Wikipedia: which lines and articles come out, how articles are sampled, how little memory it takes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import text, wikipedia

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(text.__file__).parents[3])}


def parsed(file):
    skipped = Skipped()
    return [row["text"] for row in file.rows(skipped)], skipped


def shard(folder, i, n_articles, lang="sw", n=3, row_group_size=1000):
    """A shard whose articles say where they stand: "{shard} {row}"."""
    path = folder / f"20231101.{lang}" / f"train-{i:05d}-of-{n:05d}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [f"{i} {row}" for row in range(n_articles)]
    table = pa.table({"id": texts, "url": texts, "title": texts, "text": texts})
    pq.write_table(table, path, row_group_size=row_group_size)
    return path


def test_lines_of_text_without_blank_ones(tmp_path):
    content = "\ufeffPaka hunywa. \r\n\r\n \t\r\n\u3000猫\u2028喝\r\nnull"
    (tmp_path / "sw.txt").write_text(content, encoding="utf-8", newline="")
    (file,) = text.find(tmp_path)
    texts, skipped = parsed(file)
    assert texts == ["Paka hunywa.", "猫\u2028喝", "null"]
    assert skipped.rows == {"a blank line": [2, 2]}


@pytest.mark.parametrize(("content", "expected"), [("", "no text"), ("\n \n", "no text")])
def test_a_file_without_text(tmp_path, content, expected):
    (tmp_path / "sw.txt").write_text(content)
    with pytest.raises(InputError, match=rf"sw\.txt: {expected}"):
        parsed(text.find(tmp_path)[0])


def test_find_text_and_ntrex(tmp_path):
    for name in ("zh.txt", "pcm.txt", "notes.md"):
        (tmp_path / name).write_text("x\n")
    assert [(file.source, file.table, file.lang) for file in text.find(tmp_path)] == [
        ("text", "corpus", "pcm"),
        ("text", "corpus", "zh"),
    ]
    ntrex = tmp_path / "ntrex"
    ntrex.mkdir()
    for code in ("ref.zho-CN", "ref.swa", "src.eng"):
        (ntrex / f"newstest2019-{code}.txt").write_text("x\r\n")
    files = text.find_ntrex(ntrex)
    assert [(file.source, file.lang) for file in files] == [("ntrex", "sw"), ("ntrex", "zh"), ("ntrex", "en")]
    assert list(files[1].rows(Skipped())) == [{"lang": "zh", "text": "x"}]
    assert text.find(tmp_path / "absent") == text.find_ntrex(tmp_path / "absent") == []


@pytest.mark.parametrize("code", ["zul", "eng-GB", "aze-Latn"])
def test_the_file_of_an_unknown_language_is_named(tmp_path, code):
    (tmp_path / f"newstest2019-ref.{code}.txt").write_text("x\n")
    assert text.find_ntrex(tmp_path) == [], "NTREX has many more languages than the project"
    with pytest.raises(InputError, match=rf"newstest2019-ref\.{code}\.txt: unknown language code"):
        text.find(tmp_path)


def test_upstreams_text(real_data):
    files = text.find_ntrex(real_data / "ntrex")
    assert len(files) == 23
    for file in files:
        texts, skipped = parsed(file)
        assert len(texts) + sum(count for count, _ in skipped.rows.values()) == 1997
    own = {file.lang: file for file in text.find(real_data / "text")}
    assert len(own) == 31
    assert len(parsed(own["te"])[0]) == 1766


def test_articles_and_empty_ones(tmp_path):
    path = shard(tmp_path, 0, 3)
    pq.write_table(pa.table({"text": ["Paka\n\nhunywa.", " \n", None, "Mbwa"]}), path)
    (file,) = wikipedia.find(tmp_path)
    assert (file.source, file.table, file.lang, file.split) == ("wikipedia", "corpus", "sw", "")
    texts, skipped = parsed(file)
    assert texts == ["Paka\n\nhunywa.", "Mbwa"]
    assert skipped.rows == {"an empty article": [2, 2]}


def test_find_wikipedia(tmp_path):
    shard(tmp_path, 1, 1)
    shard(tmp_path, 0, 1)
    shard(tmp_path, 0, 1, lang="ar", n=1)
    assert [(file.lang, file.path.name[:11]) for file in wikipedia.find(tmp_path)] == [
        ("ar", "train-00000"),
        ("sw", "train-00000"),
        ("sw", "train-00001"),
    ]
    assert wikipedia.find(tmp_path / "absent") == []
    shard(tmp_path, 0, 1, lang="xx")
    assert len(wikipedia.find(tmp_path)) == 3, "Wikipedia has many more languages than the project"


def test_a_shard_cut_off_damaged_or_without_text_is_named(tmp_path):
    path = shard(tmp_path, 0, 5000)
    whole = path.read_bytes()
    (file,) = wikipedia.find(tmp_path)
    path.write_bytes(whole[: len(whole) // 2])
    for read in (lambda: parsed(file), lambda: wikipedia.sample([file], 10, seed=0)):
        with pytest.raises(InputError, match=r"train-00000-of-00003\.parquet: cut off, or not a Parquet file"):
            read()
    path.write_bytes(whole[:1000] + bytes(len(whole) - 5000) + whole[-4000:])
    with pytest.raises(InputError, match=r"train-00000-of-00003\.parquet, after row \d+: the file is damaged"):
        parsed(file)
    pq.write_table(pa.table({"title": ["a"]}), path)
    with pytest.raises(InputError, match=r"train-00000-of-00003\.parquet: no column 'text'; found: title"):
        parsed(file)


def places(files):
    """int [n, 2]: shard and row of the articles read."""
    return np.array([list(map(int, article.split())) for file in files for article in parsed(file)[0]])


def test_a_sample_takes_from_every_shard_its_share_and_from_all_over_it(tmp_path):
    for i, size in enumerate((20_000, 20_000, 10_000)):
        shard(tmp_path, i, size)
    found = places(wikipedia.sample(wikipedia.find(tmp_path), 5000, seed=1))
    assert np.bincount(found[:, 0]).tolist() == [2000, 2000, 1000]
    assert len(np.unique(found, axis=0)) == 5000
    for i, size in enumerate((20_000, 20_000, 10_000)):
        rows = found[found[:, 0] == i, 1]
        assert np.all(np.diff(rows) > 0)
        assert 0.45 < rows.mean() / size < 0.55
        assert np.histogram(rows, bins=4, range=(0, size))[0].min() > 0.15 * len(rows)


@pytest.mark.parametrize("n", [1, 2, 3, 99, 101, 1202, 1203, 1204, 5000])
def test_a_sample_has_as_many_articles_as_asked_for_or_all(tmp_path, n):
    for i, size in enumerate((1, 1150, 52)):
        shard(tmp_path, i, size, row_group_size=500)
    found = places(wikipedia.sample(wikipedia.find(tmp_path), n, seed=0))
    assert len(np.unique(found, axis=0)) == len(found) == min(n, 1203)


def test_a_sample_depends_on_the_seed_alone(tmp_path):
    for i in range(2):
        shard(tmp_path, i, 3000)
    first, again, other = (places(wikipedia.sample(wikipedia.find(tmp_path), 250, seed)) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert wikipedia.sample(wikipedia.find(tmp_path), 0, seed=0) == wikipedia.sample([], 5, seed=0) == []


def test_row_groups_without_a_chosen_article_are_not_read(tmp_path, monkeypatch):
    shard(tmp_path, 0, 50_000)
    read: list[int] = []
    original = pq.ParquetFile.iter_batches

    def recorded(file, *arguments, row_groups, **others):
        read.extend(row_groups)
        return original(file, *arguments, row_groups=row_groups, **others)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", recorded)
    files = wikipedia.sample(wikipedia.find(tmp_path), 500, seed=0)
    assert read == []
    assert len(places(files)) == 500
    assert 5 <= len(read) <= 10


# In a separate process: rows, seconds of computing, and KiB by which the peak memory grew (Linux knows the peak).
MEASURE = """
import sys
import time
from pathlib import Path
from semantic_tokens.sources.loaders import miracl, text
from semantic_tokens.sources.files import Skipped

def peak():
    line, = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])

file, = {"text": text, "miracl": miracl}[sys.argv[1]].find(Path(sys.argv[2]))
before = peak()
print(sum(1 for row in file.rows(Skipped())), time.process_time(), peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.parametrize(
    ("source", "name", "line", "mebibytes"),
    [
        ("text", "sw.txt", "Sentensi ya {0}", 2),
        ("miracl", "qrels/qrels.miracl-v1.0-sw-train.tsv", "{1}\tQ0\t{0}#7\t1", 512),  # holds pairs, which may repeat
    ],
    ids=["text", "qrels"],
)
def test_two_million_lines_are_parsed_in_little_memory(tmp_path, source, name, line, mebibytes):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    with (tmp_path / name).open("w") as handle:
        handle.writelines(line.format(i, i // 4) + "\n" for i in range(2_000_000))
    command = [sys.executable, "-c", MEASURE, source, str(tmp_path)]
    measured = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    n_rows, seconds, kibibytes = map(float, measured.stdout.split())
    assert n_rows == 2_000_000
    assert seconds < 15
    assert kibibytes < mebibytes * 1024
