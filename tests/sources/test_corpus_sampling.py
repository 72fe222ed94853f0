"""Languages are sampled by how much text there is of them, not by how much of it was read."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens import tables
from semantic_tokens.pretraining.masking import language_probabilities
from semantic_tokens.pretraining.token_cache import read_cache, write_cache
from semantic_tokens.sources import amounts
from semantic_tokens.sources.amounts import Amount
from semantic_tokens.sources.canonical import _sampled, corpus_rows
from semantic_tokens.sources.loaders import text

WORDS = {"en": 9, "sw": 4}  # of an article, at most
ARTICLES = {"en": [4_000, 2_000], "sw": [300]}


def wikipedia(folder: Path) -> Path:
    """Shards of English and Swahili; articles get shorter from the first to the last, as in the real one."""
    rng = np.random.default_rng(0)
    for lang, shards in ARTICLES.items():
        (folder / f"20231101.{lang}").mkdir(parents=True)
        for i, size in enumerate(shards):
            lengths = np.linspace(WORDS[lang], 1, size).round().astype(int)
            texts = [" ".join(f"w{word}" for word in rng.integers(0, 35, length)) for length in lengths]
            path = folder / f"20231101.{lang}" / f"train-{i:05d}-of-{len(shards):05d}.parquet"
            pq.write_table(pa.table({"text": texts}), path, row_group_size=1000)
    return folder


def read(folder: Path, tokenizer, cap: int, name: str):
    """The token cache of at most `cap` articles per language, by way of all files between."""
    there: list[Amount] = []
    rows = corpus_rows({"wikipedia": folder}, ["all"], cap, 0, {}, there)
    tables.write_rows("corpus", rows, folder / f"{name}.parquet")
    amounts.write(there, folder / f"{name}.csv")
    assert amounts.read(folder / f"{name}.csv") == there
    paths = folder / f"{name}.npy", folder / f"{name}.json"
    scales = amounts.scales(amounts.read(folder / f"{name}.csv"))
    write_cache(folder / f"{name}.parquet", tokenizer, ["en", "sw"], 10, *paths, scales)
    return read_cache(*paths), there


def test_a_cap_that_binds_leaves_the_sampling_of_languages_as_it_is(tmp_path, word_tokenizer):
    folder = wikipedia(tmp_path)
    whole, everything = read(folder, word_tokenizer, 10**6, "whole")
    capped, some = read(folder, word_tokenizer, 600, "capped")
    assert [(part.lang, part.texts, part.taken) for part in everything] == [("en", 6000, 6000), ("sw", 300, 300)]
    assert [(part.lang, part.texts, part.taken) for part in some] == [("en", 6000, 600), ("sw", 300, 300)]
    assert [part.scale for part in whole.languages] == [1, 1]
    assert [part.scale for part in capped.languages] == [10, 1]
    assert capped.languages[0].rows < whole.languages[0].rows / 8
    expected = language_probabilities(whole, 0.7)
    assert language_probabilities(capped, 0.7) == pytest.approx(expected, abs=0.01)
    rows = np.array([part.rows for part in capped.languages]) ** 0.7
    assert rows[0] / rows.sum() < expected[0] - 0.1, "what was read would give English too little"


def test_each_source_of_a_language_represents_its_own_text():
    """100 of 1,000 long articles and 50 of 50 short lines: 10 times the former, once the latter."""
    parts = [Amount("en", "wikipedia", 1000, 100, 90_000), Amount("en", "text", 50, 50, 1_000)]
    assert amounts.scales([*parts, Amount("sw", "text", 7, 7, 70)]) == {"en": 901_000 / 91_000, "sw": 1}
    assert amounts.scales([Amount("yo", "text", 3, 0, 0)]) == {"yo": 0}


def test_lines_of_text_are_counted_while_they_are_drawn(tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "ha.txt").write_text("".join(f"{i:04d}\n" for i in range(100)))
    there: list[Amount] = []
    assert len(list(corpus_rows({"text": tmp_path / "text"}, ["all"], 20, 0, {}, there))) == 20
    assert there == [Amount("ha", "text", 100, 20, 80)]


def test_of_more_files_than_texts_are_wanted_some_are_read_and_all_are_counted(tmp_path):
    path = tmp_path / "en.txt"
    path.write_text("".join(f"one {i}\n" for i in range(50)), encoding="utf-8")
    [file] = text.find(tmp_path)
    there: list[Amount] = []
    rows = list(_sampled("text", [file] * 30, 20, "0", {}, there))
    assert len(rows) == 20
    assert [(amount.texts, amount.taken) for amount in there] == [(1500, 20)]
