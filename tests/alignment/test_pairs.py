"""From word pairs to token pairs: the plain definition, real dictionaries, what is refused."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from semantic_tokens import tables
from semantic_tokens.alignment.infonce import align
from semantic_tokens.alignment.pairs import TokenPairs, _Distinct, by_value, token_pairs
from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import word_pair_rows
from support.toy_alignment import Settings

UNHURRIED = settings(deadline=None)  # reads files, or meets a busy machine


def tokenizer() -> Tokenizer:
    pieces = ["[PAD]", "[UNK]", "[CLS]", "dog", "hound", "chien", "Hund", "taxi", "house", "##s"]
    made = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]", "[CLS]"])
    made.enable_padding(length=8)
    made.enable_truncation(1)
    return made


def word_pairs(*rows: str) -> pa.Table:
    """Rows of `word_a lang_a word_b lang_b source`."""
    names = ("word_a", "lang_a", "word_b", "lang_b", "source")
    return pa.table({name: [row.split()[i] for row in rows] for i, name in enumerate(names)})


def pairs_of(folder: Path, rows: Sequence[str], sources: list[str], rows_a_batch: int = 1000) -> TokenPairs:
    pq.write_table(word_pairs(*rows), folder / "word_pairs.parquet", row_group_size=3)
    return token_pairs(folder / "word_pairs.parquet", tokenizer(), sources, rows_a_batch)


ROWS = (
    "dog en chien fr muse",
    "chien fr dog en panlex",  # the same, the other way round
    "hound en chien fr muse",
    "Hund de dog en muse",
    "taxi en taxi fr muse",  # one token
    "houses en chien fr muse",  # two subwords
    "maison fr house en muse",  # unknown
    "[CLS] en chien fr muse",  # special
    "dog en hound en panlex",
    "hound en dog en panlex",
    "house en Hund de other",  # a source not asked for
)


@pytest.mark.parametrize("rows_a_batch", [1, 4, 100])
def test_token_pairs(tmp_path, rows_a_batch):
    made = pairs_of(tmp_path, ROWS, ["muse", "panlex"], rows_a_batch)
    assert made.names == (("de", "en"), ("en", "en"), ("en", "fr"))
    triples = zip(made.a.tolist(), made.b.tolist(), made.language_pair.tolist(), strict=True)
    assert list(triples) == [(6, 3, 0), (3, 4, 1), (3, 5, 2), (4, 5, 2)]
    assert made.coverage.to_pylist() == [
        {"lang_a": "de", "lang_b": "en", "given": 1, "kept": 1},
        {"lang_a": "en", "lang_b": "en", "given": 1, "kept": 1},
        {"lang_a": "en", "lang_b": "fr", "given": 6, "kept": 2},
    ]


def test_the_share_of_single_subwords_by_language_and_script(tmp_path):
    """`taxi` is one token in both languages: a word of one subword, but no pair of tokens."""
    rows = (*ROWS, "собака ru dog en muse", "42 ru dog en muse", "dog en hound en muse")
    made = pairs_of(tmp_path, rows, ["muse", "panlex"], rows_a_batch=4)
    assert [tuple(row.values()) for row in made.languages.to_pylist()] == [
        ("de", "Latn", 1, 1, 1),
        ("en", "Latn", 11, 9, 5),  # both words of hound-dog, which two dictionaries list
        ("fr", "Latn", 6, 5, 2),
        ("ru", "Cyrl", 1, 0, 0),
        ("ru", "none", 1, 0, 0),
    ]


@UNHURRIED
@given(st.permutations(ROWS), st.permutations(["muse", "panlex"]), st.integers(1, len(ROWS)))
def test_token_pairs_do_not_depend_on_the_order(tmp_path_factory, rows, sources, rows_a_batch):
    folder = tmp_path_factory.mktemp("pairs")
    made, expected = pairs_of(folder, rows, sources, rows_a_batch), pairs_of(folder, ROWS, ["muse", "panlex"])
    for name in ("a", "b", "language_pair"):
        assert np.array_equal(getattr(made, name), getattr(expected, name))


def plain_token_pairs(rows: list[str], sources: list[str]) -> tuple[list[tuple[str, str, int, int]], Counter, Counter]:
    """The definition in sets: (language, language, token, token), and how many were given and kept by languages."""
    ids = {"dog": 3, "hound": 4, "chien": 5, "Hund": 6, "taxi": 7, "house": 8}  # what is one subword
    fields = [row.split() for row in rows]
    words = {tuple(sorted([(f[1], f[0]), (f[3], f[2])])) for f in fields if f[4] in sources}
    kept = set()
    for (lang_a, a), (lang_b, b) in words:
        if a in ids and b in ids and a != b:
            one, other = (ids[a], ids[b]) if lang_a != lang_b else sorted([ids[a], ids[b]])
            kept.add((lang_a, lang_b, one, other))
    given = Counter((a[0], b[0]) for a, b in words)
    return sorted(kept), given, Counter(entry[:2] for entry in kept)


WORDS = st.sampled_from(["dog", "hound", "chien", "Hund", "taxi", "houses", "maison", "[CLS]", "dogs"])
LANGS = st.sampled_from(["de", "en", "fr"])
ANY_ROW = st.tuples(WORDS, LANGS, WORDS, LANGS, st.sampled_from(["muse", "other"])).map(" ".join)


@UNHURRIED
@given(st.lists(ANY_ROW, min_size=1, max_size=40), st.integers(1, 9))
def test_token_pairs_are_those_of_the_plain_definition(tmp_path_factory, rows, rows_a_batch):
    rows.append("house en maison fr muse")
    made = pairs_of(tmp_path_factory.mktemp("pairs"), rows, ["muse"], rows_a_batch)
    expected, given_rows, kept = plain_token_pairs(rows, ["muse"])
    found = zip(made.language_pair.tolist(), made.a.tolist(), made.b.tolist(), strict=True)
    assert [(*made.names[number], a, b) for number, a, b in found] == expected
    counts = {(row["lang_a"], row["lang_b"]): (row["given"], row["kept"]) for row in made.coverage.to_pylist()}
    assert counts == {name: (n, kept[name]) for name, n in given_rows.items()}


def test_what_is_sorted_does_not_grow_with_the_square_of_the_parts(monkeypatch):
    """500 parts of 20 numbers, most of them new: each is sorted a few times, not once for every part after it."""
    lengths = []
    monkeypatch.setattr(np, "sort", lambda numbers, sort=np.sort: lengths.append(len(numbers)) or sort(numbers))
    rng, found = np.random.default_rng(0), _Distinct(np.int64)
    parts = [rng.integers(0, 100_000, 20) for _ in range(500)]
    for part in parts:
        found.add(part)
    assert found.values().tolist() == sorted(set(np.concatenate(parts).tolist()))
    assert sum(lengths) < 4 * 500 * 20
    assert _Distinct(np.uint64).values().tolist() == []


def test_places_by_value():
    names, places = by_value(np.array([7, 2, 7, 5, 2, 2]))
    assert names.tolist() == [2, 5, 7] and [part.tolist() for part in places] == [[1, 4, 5], [3], [0, 2]]
    assert by_value(np.empty(0, np.int64))[1] == []


def test_the_same_words_the_other_way_round_are_another_pair(tmp_path):
    made = pairs_of(tmp_path, ["dog en chien fr muse", "chien en dog fr muse"], ["muse"])
    assert (made.a.tolist(), made.b.tolist()) == ([3, 5], [5, 3])
    assert made.coverage.to_pylist() == [{"lang_a": "en", "lang_b": "fr", "given": 2, "kept": 2}]


def test_real_dictionaries_with_a_real_vocabulary(real_data, tmp_path):
    rows = word_pair_rows({"muse": real_data / "muse"}, ["en", "es", "zh"], {})
    tables.write_rows("word_pairs", rows, tmp_path / "word_pairs.parquet")
    vocabulary = str(real_data / "bert_multi_cased" / "vocab.txt")
    mbert = Tokenizer(models.WordPiece.from_file(vocabulary, unk_token="[UNK]"))
    mbert.normalizer = normalizers.BertNormalizer(lowercase=False)
    mbert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    mbert.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    made = token_pairs(tmp_path / "word_pairs.parquet", mbert, ["muse"])
    assert made.coverage.to_pylist() == [
        {"lang_a": "en", "lang_b": "es", "given": 10_000, "kept": 3_562},
        {"lang_a": "en", "lang_b": "zh", "given": 39_334, "kept": 992},
    ]


@pytest.mark.slow
def test_real_dictionaries_with_the_pieces_of_xlmr(real_data, tmp_path):
    """Chinese words stand behind a lone mark: counted as two pieces, 44 pairs of en-zh would be kept, 13 of PanLex."""
    folders = {"muse": real_data / "muse", "panlex": real_data / "panlex"}
    tables.write_rows("word_pairs", word_pair_rows(folders, ["en", "th", "tr", "zh"], {}), tmp_path / "pairs.parquet")
    model = SentencePieceProcessor(model_file=str(real_data / "xlm_roberta" / "sentencepiece.bpe.model"))
    pieces = [(model.id_to_piece(i), model.get_score(i)) for i in range(model.get_piece_size())]
    xlmr = Tokenizer(models.Unigram(pieces, unk_id=model.unk_id()))
    xlmr.normalizer, xlmr.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    made = token_pairs(tmp_path / "pairs.parquet", xlmr, ["muse"])
    kept = {(row["lang_a"], row["lang_b"]): row["kept"] for row in made.coverage.to_pylist()}
    assert kept == {("en", "tr"): 2_570, ("en", "zh"): 3_723}
    by_script = {(row["lang"], row["script"]): (row["pairs"], row["kept"]) for row in made.languages.to_pylist()}
    assert by_script["zh", "Hani"] == (21_407, 3_719) and by_script["zh", "Latn"] == (17_927, 4)
    made = token_pairs(tmp_path / "pairs.parquet", xlmr, ["panlex"])
    kept = {(row["lang_a"], row["lang_b"]): row["kept"] for row in made.coverage.to_pylist()}
    assert kept == {("en", "zh"): 1_497, ("th", "tr"): 1_021}


def test_token_pairs_of_an_absent_source(tmp_path):
    with pytest.raises(InputError, match="no row of source 'concepticon'; it has muse, other, panlex"):
        pairs_of(tmp_path, ROWS, ["muse", "concepticon"], rows_a_batch=2)


def test_a_batch_is_checked_as_the_whole_table_would_be(tmp_path):
    table = word_pairs(*ROWS)
    table = table.set_column(0, "word_a", pa.array([*table["word_a"].to_pylist()[:-1], None]))
    pq.write_table(table, tmp_path / "bad.parquet", row_group_size=9)
    with pytest.raises(InputError, match=r"bad\.parquet, after row 9 \(table word_pairs\), row 2: word_a is null"):
        token_pairs(tmp_path / "bad.parquet", tokenizer(), ["muse"])
    with pytest.raises(InputError, match=r"absent\.parquet: no such file; it should hold the table"):
        token_pairs(tmp_path / "absent.parquet", tokenizer(), ["muse"])
    (tmp_path / "text.parquet").write_text("not Parquet at all")
    with pytest.raises(InputError, match=r"text\.parquet: not a Parquet file"):
        token_pairs(tmp_path / "text.parquet", tokenizer(), ["muse"])


def test_no_pair_kept(tmp_path):
    none = pairs_of(tmp_path, ["houses en maison fr muse"], ["muse"])
    assert len(none) == 0 and none.coverage["given"].to_pylist() == [1]
    with pytest.raises(InputError, match="nothing to align"):
        align(torch.ones(9, 2), none, Settings(), seed=0)
