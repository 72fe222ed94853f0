"""Tokenizers of tiny backbones: the same from a table read in parts, and from a share of a corpus that is too large."""

import json
import re

import numpy as np
import pytest
from tokenizers import Tokenizer

from semantic_tokens import tables
from semantic_tokens.backbones.occurring import count_tokens
from semantic_tokens.backbones.tokenizers import sampled_texts, train_unigram, train_wordpiece
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import read_vocabulary

rng = np.random.default_rng(0)
WORDS = ["".join(rng.choice(list("abcdeдома猫'-"), rng.integers(2, 7))) for _ in range(300)]


def corpus_of(path, texts):
    tables.write_rows("corpus", ({"lang": "en" if i % 2 else "ru", "text": text} for i, text in enumerate(texts)), path)
    return path


@pytest.fixture
def texts():
    return [" ".join(rng.choice(WORDS, 6)) for _ in range(400)]


def trained(train, texts, folder, size):
    folder.mkdir()
    train(texts, size, folder, 32)
    return (folder / "tokenizer.json").read_text()


@pytest.mark.parametrize(("train", "size"), [(train_wordpiece, 80), (train_unigram, 40)])
def test_a_table_in_parts_gives_the_tokenizer_of_the_list(tmp_path, monkeypatch, texts, train, size):
    monkeypatch.setattr(tables, "_ROWS_A_CHUNK", 37)
    corpus = corpus_of(tmp_path / "corpus.parquet", texts)
    whole = trained(train, lambda: texts, tmp_path / "list", size)
    assert trained(train, lambda: sampled_texts(corpus), tmp_path / "table", size) == whole
    vocabulary = json.loads(whole)["model"]["vocab"]
    assert len(vocabulary) == size
    assert trained(train, lambda: texts[:50], tmp_path / "fewer", size) != whole


def test_the_alphabet_comes_first_in_order_without_what_occurs_once(tmp_path):
    vocabulary = json.loads(trained(train_wordpiece, lambda: ["zz ab ab", "q ba"], tmp_path / "out", 11))["model"][
        "vocab"
    ]
    assert sorted(vocabulary, key=vocabulary.get)[5:9] == ["a", "b", "z", "##b"]


def test_a_large_corpus_is_thinned_evenly(tmp_path):
    corpus = corpus_of(tmp_path / "corpus.parquet", [f"{i:04d}" for i in range(1000)])  # 4,000 characters
    assert len(list(sampled_texts(corpus))) == len(list(sampled_texts(corpus, 4000))) == 1000
    kept = list(sampled_texts(corpus, 1500))
    assert kept == [f"{i:04d}" for i in range(0, 1000, 3)]


def test_long_articles_are_learnt_from(tmp_path):
    articles = [" ".join(WORDS) * 10]  # far above SentencePiece's own limit of 4,192 bytes
    vocabulary = json.loads(trained(train_unigram, lambda: articles, tmp_path / "out", 40))["model"]["vocab"]
    assert "".join(WORDS[0][:1]) in {piece for piece, _ in vocabulary}


def test_what_is_not_a_corpus_is_refused(tmp_path):
    with pytest.raises(InputError, match="absent"):
        sampled_texts(tmp_path / "absent.parquet")


@pytest.mark.parametrize(("train", "asked"), [(train_unigram, 998), (train_wordpiece, 1000)])
def test_a_corpus_that_yields_too_few_pieces_says_how_many(tmp_path, train, asked):
    text = rf"of {asked} pieces, but the corpus yields at most (\d+); lower"
    with pytest.raises(InputError, match=text) as refused:
        trained(train, lambda: ["ab ba abba", "ba"] * 20, tmp_path / "out", 1000)
    most = int(re.search(text, str(refused.value))[1]) + 1000 - asked
    assert (
        len(json.loads(trained(train, lambda: ["ab ba abba", "ba"] * 20, tmp_path / "most", most))["model"]["vocab"])
        == most
    )


def test_a_vocabulary_smaller_than_the_alphabet_is_refused(tmp_path):
    with pytest.raises(InputError, match="has 10 characters and special tokens; raise"):
        trained(train_wordpiece, lambda: ["ab ba", "ca"] * 20, tmp_path / "out", 9)


@pytest.mark.parametrize("size", [120, 160, 200])
def test_all_pieces_of_several_characters_occur_and_cut_the_text_as_if_none_were_left_out(tmp_path, texts, size):
    words = [" ".join(texts)]
    (tmp_path / "out").mkdir()
    train_wordpiece(lambda: texts, size, tmp_path / "out", 32)
    path = tmp_path / "out" / "tokenizer.json"
    vocabulary, counts = read_vocabulary(path), count_tokens(Tokenizer.from_file(str(path)), [words])
    never = [vocabulary.tokens[i] for i in vocabulary.clusterable_ids if counts[i] == 0]
    assert len(vocabulary) == size
    assert all(len(piece.removeprefix("##")) == 1 for piece in never)
