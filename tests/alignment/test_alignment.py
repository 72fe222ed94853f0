"""Word pairs to token pairs, the held-out split, InfoNCE against an explicit loop, and what alignment changes."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from semantic_tokens import tables
from semantic_tokens.alignment.held_out import hold_out, precision_at_1
from semantic_tokens.alignment.history import write_history
from semantic_tokens.alignment.infonce import KnownPairs, align, batches, info_nce
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


def cliques(n_concepts: int, n_languages: int, forms: int = 1) -> TokenPairs:
    """Every form of a concept paired with every form in every other language; token = (concept, language, form)."""
    names = [(i, j) for i in range(n_languages) for j in range(i + 1, n_languages)]
    triples = [
        ((concept * n_languages + i) * forms + x, (concept * n_languages + j) * forms + y, number)
        for number, (i, j) in enumerate(names)
        for concept in range(n_concepts)
        for x in range(forms)
        for y in range(forms)
    ]
    a, b, language_pair = np.array(triples).T
    return TokenPairs(a, b, language_pair, tuple((f"l{i}", f"l{j}") for i, j in names), pa.table({}))


@given(st.integers(2, 8), st.integers(2, 4), st.integers(1, 3), st.floats(0, 0.6), st.integers(0, 3))
def test_held_out_pairs_are_never_trained_and_every_word_is(n_concepts, n_languages, forms, share, seed):
    pairs = cliques(n_concepts, n_languages, forms)
    split = hold_out(pairs, share, seed)
    edges = [frozenset(edge) for edge in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)]
    trained = {edge for edge, kept in zip(edges, split.training, strict=True) if kept}
    assert (~split.training).sum() <= share * len(pairs)
    assert set().union(*trained) == set().union(*edges)
    language = {i: f"l{i // forms % n_languages}" for i in range(n_concepts * n_languages * forms)}
    for target, queries in split.queries.items():
        for word, gold in queries:
            translations = {next(iter(edge - {word})) for edge in edges if word in edge}
            assert set(gold) == {other for other in translations if language[other] == target}
            assert not any(frozenset((word, other)) in trained for other in gold)


def plain_hold_out(pairs: TokenPairs, share: float, seed: int) -> tuple[set[frozenset[int]], dict]:
    """The definition in sets: the pairs kept back, and target language -> word -> its translations."""
    translations, partners = defaultdict(set), defaultdict(set)
    for a, b, number in zip(pairs.a.tolist(), pairs.b.tolist(), pairs.language_pair.tolist(), strict=True):
        for word, other, language in ((a, b, pairs.names[number][1]), (b, a, pairs.names[number][0])):
            translations[word, language].add(other)
            partners[word].add(other)
    wanted = share * sum(map(len, partners.values())) / 2
    units, kept_back, queries = sorted(translations), set(), defaultdict(dict)
    for unit in np.random.default_rng(seed).permutation(len(units)).tolist():
        (word, language), others = units[unit], translations[units[unit]]
        spared = all(len(partners[other]) > 1 for other in others) and len(others) < len(partners[word])
        if len(kept_back) + len(others) <= wanted and others <= partners[word] and spared:
            queries[language][word] = tuple(sorted(others))
            kept_back |= {frozenset((word, other)) for other in others}
            partners[word] -= others
            for other in others:
                partners[other].remove(word)
    return kept_back, queries


EDGE = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)).filter(lambda edge: edge[0] != edge[1])


@UNHURRIED
@given(st.sets(EDGE, min_size=1), st.floats(0, 1), st.integers(0, 9))
def test_held_out_is_the_plain_draw(edges, share, seed):
    a, b, number = np.array(sorted(edges)).T
    pairs = TokenPairs(a, b, number, (("de", "en"), ("de", "fr"), ("en", "en"), ("en", "fr")), pa.table({}))
    made, (kept_back, queries) = hold_out(pairs, share, seed), plain_hold_out(pairs, share, seed)
    assert {language: dict(found) for language, found in made.queries.items()} == queries
    assert made.training.tolist() == [frozenset(edge) not in kept_back for edge in zip(a.tolist(), b.tolist())]


def test_held_out_takes_its_share_where_it_can():
    assert (~hold_out(cliques(50, 3), 0.1, 0).training).sum() == 15
    assert hold_out(cliques(50, 2), 0.1, 0).queries == {}  # one partner each: nothing would train the words


def test_a_pair_held_out_in_one_pair_of_languages_is_held_out_in_all():
    pairs = cliques(20, 3)
    twice = TokenPairs(
        np.concatenate([pairs.a, pairs.b]),
        np.concatenate([pairs.b, pairs.a]),
        np.concatenate([pairs.language_pair, pairs.language_pair + 3]),
        (*pairs.names, ("m0", "m1"), ("m0", "m2"), ("m1", "m2")),
        pairs.coverage,
    )
    training = hold_out(twice, 0.1, 0).training
    assert not training.all() and np.array_equal(training[:60], training[60:])


def test_precision_by_hand():
    pairs = cliques(2, 3)  # tokens 0 1 2 | 3 4 5
    split = replace(hold_out(pairs, 0.0, 0), queries={"l1": [(0, (1,)), (3, (4,))], "l2": [(0, (2,))]})
    table = torch.tensor([[1.0, 0], [2.0, 0.1], [0, 1.0], [0.1, 1.0], [3.0, -1], [1.0, 0.1]])
    # 0 -> l1: 1, right; 3 -> l1: 1 and not 4, wrong; 0 -> l2: 5 and not 2, wrong.
    assert precision_at_1(table, split, block=1) == pytest.approx(1 / 3)
    assert math.isnan(precision_at_1(table, replace(split, queries={})))


def slow_info_nce(table, a, b, positives, temperature) -> float:
    def cosine(i, j):
        return float(table[i] @ table[j] / (table[i].norm() * table[j].norm()))

    def is_negative(i, j):
        return i != j and frozenset((i, j)) not in positives

    total = 0.0
    for i, j in zip(a, b, strict=True):
        for one, other, side in ((i, j, b), (j, i, a)):
            against = [cosine(one, k) / temperature for k in side if is_negative(one, k)]
            own = cosine(one, other) / temperature
            total += math.log(math.exp(own) + sum(math.exp(score) for score in against)) - own
    return total / (2 * len(a))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12), st.integers(0, 99))
def test_loss_equals_the_explicit_loop(edges, seed):
    edges = [edge for edge in edges if edge[0] != edge[1]] or [(0, 1)]
    table = torch.from_numpy(np.random.default_rng(seed).normal(size=(7, 4)))
    a, b = torch.tensor(edges).T
    known = KnownPairs(a, b, 7)
    batch = torch.arange(0, len(edges), 2)  # the others are known positives outside the batch
    found = info_nce(table[a[batch]], table[b[batch]], known.masked(a[batch], b[batch]), 0.3)
    expected = slow_info_nce(table, a[batch].tolist(), b[batch].tolist(), {frozenset(edge) for edge in edges}, 0.3)
    assert float(found) == pytest.approx(expected, abs=1e-9)
    again = known.masked(a[batch], b[batch])
    assert torch.equal(again, known.masked(a[batch], b[batch]))


def test_language_sampling():
    language_pair = np.repeat([0, 1], [90, 10])
    drawn = np.concatenate(list(batches(language_pair, 1.0, 32, seed=0, epoch=0)))
    assert sorted(drawn.tolist()) == list(range(100))
    even = list(batches(language_pair, 0.0, 32, seed=0, epoch=0))
    assert [len(batch) for batch in even] == [32, 32, 32, 4]
    counts = np.bincount(np.concatenate(even), minlength=100)
    assert counts[:90].max() == 1 and counts[:90].sum() == 50 and counts[90:].tolist() == [5] * 10
    other = np.concatenate(list(batches(language_pair, 1.0, 32, seed=0, epoch=1)))
    assert not np.array_equal(drawn, other)


def rotated(n_concepts: int, n_languages: int, dim: int) -> torch.Tensor:
    """One vector a concept, turned by a rotation of its own in every language; 30 rows more that no pair names."""
    rng = np.random.default_rng(0)
    concepts = rng.normal(size=(n_concepts, dim))
    turns = [np.linalg.qr(rng.normal(size=(dim, dim)))[0] for _ in range(n_languages)]
    rows = np.stack([concepts @ turn for turn in turns], axis=1).reshape(-1, dim)
    return torch.from_numpy(np.concatenate([rows, rng.normal(size=(30, dim))]).astype(np.float32))


def test_alignment_finds_translations_it_was_not_shown():
    table, pairs = rotated(60, 4, 16), cliques(60, 4)
    made = align(table, pairs, Settings(), seed=0)
    before, after = made.history[0], made.history[-1]
    assert before["held_out_precision_at_1"] < 0.2 and after["held_out_precision_at_1"] > 0.9
    assert before["drift"] == pytest.approx(0, abs=1e-6) and after["drift"] > 0.05
    assert made.history[1]["loss"] > after["loss"]
    assert torch.equal(made.embeddings[240:], table[240:])
    assert not (made.embeddings[:240] == table[:240]).all(dim=1).any()
    torch.testing.assert_close(made.embeddings.norm(dim=1), table.norm(dim=1))
    assert torch.equal(align(table, pairs, Settings(), seed=0).embeddings, made.embeddings)


def test_the_sweep_keeps_the_best_rate():
    table, pairs = rotated(40, 3, 16), cliques(40, 3)
    swept = align(table, pairs, Settings(epochs=4, learning_rates=(0.3, 1e-6)), seed=0)
    alone = align(table, pairs, Settings(epochs=4, learning_rates=(0.3,)), seed=0)
    assert swept.learning_rate == 0.3 and torch.equal(swept.embeddings, alone.embeddings)
    assert [(row["learning_rate"], row["epoch"]) for row in swept.history] == [
        (rate, epoch) for rate in (1e-6, 0.3) for epoch in range(5)
    ]
    assert {row["learning_rate"] for row in swept.history if row["chosen"]} == {0.3}


def test_at_a_tie_the_smaller_rate_is_kept():
    table, pairs = rotated(20, 3, 16), cliques(20, 3)
    swept = align(table, pairs, Settings(epochs=1, learning_rates=(1e-8, 1e-9)), seed=0)
    assert len({row["held_out_precision_at_1"] for row in swept.history}) == 1 and swept.learning_rate == 1e-9


def test_training_is_that_of_dense_adam_on_all_rows():
    """The gradient is taken of a batch's rows alone, but the update is that of the plain loop."""
    table, pairs = rotated(20, 3, 8).double()[:60], cliques(20, 3)
    given = Settings(batch_size=16, epochs=2, learning_rates=(0.01,))
    keep = hold_out(pairs, given.held_out, 0).training
    a, b, languages = torch.from_numpy(pairs.a[keep]), torch.from_numpy(pairs.b[keep]), pairs.language_pair[keep]
    known, rows = KnownPairs(a, b, 60), torch.nn.Parameter(table.clone())
    optimizer = torch.optim.Adam([rows], lr=0.01)
    for epoch in range(2):
        for batch in batches(languages, given.language_sampling, 16, 0, epoch):
            i, j = a[batch], b[batch]
            optimizer.zero_grad()
            info_nce(rows[i], rows[j], known.masked(i, j), given.temperature).backward()
            optimizer.step()
    expected = torch.nn.functional.normalize(rows.detach(), dim=1) * table.norm(dim=1, keepdim=True)
    torch.testing.assert_close(align(table, pairs, given, seed=0).embeddings, expected, rtol=1e-9, atol=1e-9)


def test_history_file(tmp_path):
    pairs = replace(cliques(20, 3), coverage=pa.table({"lang_a": ["l0"], "lang_b": ["l1"], "given": [7], "kept": [5]}))
    result = align(rotated(20, 3, 8), pairs, Settings(epochs=2), seed=0)
    write_history(result, pairs, tmp_path / "history.csv", tmp_path / "coverage.csv")
    found = csv.read_csv(tmp_path / "history.csv").to_pylist()
    assert [row["epoch"] for row in found] == [0, 1, 2] and all(row["chosen"] for row in found)
    assert found[2]["loss"] == result.history[2]["loss"]
    assert csv.read_csv(tmp_path / "coverage.csv").to_pylist() == pairs.coverage.to_pylist()


def test_a_sweep_needs_held_out_pairs():
    table, pairs = rotated(20, 2, 8), cliques(20, 2)
    with pytest.raises(InputError, match="none to choose a learning rate by"):
        align(table, pairs, Settings(learning_rates=(1e-3, 1e-2)), seed=0)
    assert math.isnan(align(table, pairs, Settings(epochs=1), seed=0).history[-1]["held_out_precision_at_1"])


def test_numbers_that_are_not_finite_are_refused_on_the_way_in_and_out():
    table, pairs = rotated(20, 3, 8), cliques(20, 3)
    with pytest.raises(InputError, match=r"alignment at a learning rate of 1e\+25: .* norms of the aligned rows"):
        align(table, pairs, Settings(learning_rates=(1e25,)), seed=0)
    table[7, 2] = torch.nan
    with pytest.raises(InputError, match=r"alignment: 1 of the 720 numbers of the table .* first at \[7, 2\]"):
        align(table, pairs, Settings(), seed=0)
