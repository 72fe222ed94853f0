"""Ragged rows, templates read off tokenizers, truncation of pairs, batches, search terms, BM25 candidates."""

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning import bm25
from semantic_tokens.fine_tuning.batching import batches_within, length_grouped_batches, sorted_batches
from semantic_tokens.fine_tuning.encoding import Template, longest_first, token_ids, write_features
from semantic_tokens.fine_tuning.network import model_inputs
from semantic_tokens.fine_tuning.ragged import Ragged, join_rows
from semantic_tokens.fine_tuning.segmentation import search_terms, word_spans
from semantic_tokens.fine_tuning.training import new_model
from semantic_tokens.tables import SCHEMAS
from semantic_tokens.tasks import task
from support.toy_tasks import loader, unigram, wordpiece

TEXTS = ["the cat sat on the mat", "a dog", "", "Дом и сад", "猫在垫子上 ok"]
rows_of_integers = st.lists(st.lists(st.integers(0, 50), max_size=5), min_size=1, max_size=8)


@settings(deadline=None)
@given(rows_of_integers, st.data())
def test_ragged_rows_behave_as_lists(rows, data):
    ragged = Ragged.from_lists(rows)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=9)))
    limits = np.array(data.draw(st.lists(st.integers(0, 6), min_size=len(chosen), max_size=len(chosen))))
    taken = ragged.take(chosen, limits)
    expected = [rows[i][:limit] for i, limit in zip(chosen, limits)]
    assert [list(taken[i]) for i in range(len(taken))] == expected
    assert taken.pad(99).tolist() == [row + [99] * (max(map(len, expected)) - len(row)) for row in expected]
    assert join_rows([taken, ragged.take(chosen)]).to_arrow().to_pylist() == [
        row + rows[i] for row, i in zip(expected, chosen)
    ]
    halves = pa.chunked_array([ragged.to_arrow().slice(0, 1), ragged.to_arrow().slice(1)])
    assert Ragged.from_arrow(halves).to_arrow().to_pylist() == rows


def in_a_file(rows, rows_a_group):
    file = pa.BufferOutputStream()
    table = pa.table({"lang": ["en"] * len(rows), "ids": Ragged.from_lists(rows).to_arrow()})
    pq.write_table(table, file, row_group_size=rows_a_group)
    return pq.ParquetFile(file.getvalue())


@settings(deadline=None, max_examples=40)
@given(rows_of_integers, st.integers(1, 8), st.data())
def test_ragged_rows_are_read_from_any_row_groups(rows, rows_a_group, data):
    file = in_a_file(rows, rows_a_group)
    assert list(map(list, Ragged.read(file, "ids"))) == rows
    table = np.arange(51)[::-1]
    assert list(map(list, Ragged.read(file, "ids", table))) == [[50 - v for v in row] for row in rows]
    start = data.draw(st.integers(0, len(rows)))
    stop = data.draw(st.integers(start, len(rows)))
    part = Ragged.read(file, "ids").slice(start, stop)
    assert part.to_arrow().to_pylist() == rows[start:stop]
    assert part.offsets[0] == 0 and len(part.values) == part.offsets[-1]


def test_features_without_any_part_are_refused(tmp_path):
    with pytest.raises(InputError, match="nli: its tables have no rows"):
        write_features([], tmp_path / "nli.parquet", "nli")
    assert not (tmp_path / "nli.parquet").exists()


def test_ragged_groups_keep_the_order_given():
    groups = Ragged.from_groups(np.array([2, 0, 2]), np.array([7, 8, 5]), 4)
    assert groups.to_arrow().to_pylist() == [[8], [], [7, 5], []]


def test_lookup_refuses_a_token_without_group():
    with pytest.raises(ValueError, match="token id 1 "):
        Ragged.from_lists([[0, 1]]).lookup(np.array([0, -1], np.int32))


@pytest.mark.parametrize("train", [wordpiece, unigram])
def test_template_puts_together_what_the_post_processor_does(train):
    tokenizer = train(TEXTS * 20)
    template = Template.of(tokenizer)
    ids = token_ids(tokenizer, pa.chunked_array([TEXTS]), 100)
    singles = template.sequences(ids)
    first, second = np.array([0, 3, 2, 4]), np.array([1, 0, 4, 2])
    pairs, second_start = template.pairs(ids.take(first), ids.take(second))
    for row, text in enumerate(TEXTS):
        assert list(singles[row]) == tokenizer.encode(text).ids
    for row, (a, b) in enumerate(zip(first, second)):
        whole = tokenizer.encode(TEXTS[a], TEXTS[b])
        assert list(pairs[row]) == whole.ids
        assert second_start[row] == len(tokenizer.encode(TEXTS[a]).ids) + len(template.middle) - len(template.suffix)
    assert template.pad == tokenizer.token_to_id("[PAD]" if train is wordpiece else "<pad>")
    file = pa.BufferOutputStream()
    write_features([template.stored_in(pa.table({"x": [1]}))], file, "toy")
    assert Template.of_features(pq.ParquetFile(file.getvalue())) == template


def test_token_types_are_those_of_the_tokenizer():
    tokenizer = wordpiece(TEXTS * 20)
    template = Template.of(tokenizer)
    ids = token_ids(tokenizer, pa.chunked_array([TEXTS]), 100)
    rows, second_start = template.pairs(ids.take(np.array([0, 1])), ids.take(np.array([1, 3])))
    model = loader(tokenizer.get_vocab_size())("encoder", 0)
    inputs = model_inputs(model, rows, template.pad, second_start)
    tokenizer.enable_padding()
    expected = tokenizer.encode_batch([(TEXTS[0], TEXTS[1]), (TEXTS[1], TEXTS[3])])
    assert inputs["input_ids"].tolist() == [e.ids for e in expected]
    assert inputs["attention_mask"].tolist() == [e.attention_mask for e in expected]
    assert inputs["token_type_ids"].tolist() == [e.type_ids for e in expected]
    model.config.type_vocab_size = 1
    assert "token_type_ids" not in model_inputs(model, rows, template.pad, second_start)


def test_a_tokenizer_without_padding_token_is_refused():
    from tokenizers import Tokenizer, models

    with pytest.raises(InputError, match=r"\[PAD\] or <pad>"):
        Template.of(Tokenizer(models.WordPiece({"a": 0}, unk_token="a")))


def test_token_ids_are_cut():
    tokenizer = wordpiece(TEXTS * 20)
    assert max(token_ids(tokenizer, pa.chunked_array([TEXTS]), 2).lengths) == 2


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(2, 50))
def test_longest_first_cuts_the_longer_text(a, b, budget):
    first, second = longest_first(np.array([a]), np.array([b]), budget)
    x, y = a, b
    while x + y > budget:  # one token at a time from the longer
        x, y = (x, y - 1) if y >= x else (x - 1, y)
    assert (int(first[0]) + int(second[0])) == x + y
    assert abs(int(first[0]) - x) <= 1


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=80), st.integers(1, 16), st.integers(0, 3))
def test_batches_hold_every_row_once(lengths, size, seed):
    lengths = np.array(lengths)
    for batches in (
        length_grouped_batches(lengths, size, np.random.default_rng(seed)),
        sorted_batches(lengths, size),
    ):
        assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
        assert len(batches) == -(-len(lengths) // size)


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), max_size=80), st.integers(1, 300))
def test_batches_within_a_budget_hold_every_row_once(lengths, budget):
    lengths = np.array(lengths, np.int64)
    batches = batches_within(lengths, budget)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    taken = [len(batch) * lengths[batch].max() for batch in batches]
    assert all(tokens <= budget or len(batch) == 1 for tokens, batch in zip(taken, batches))
    for batch, following in pairwise(batches):  # no batch is smaller than it must be
        assert (len(batch) + 1) * lengths[following].min() > budget


def test_length_grouping_changes_between_epochs_and_pads_little():
    lengths = np.random.default_rng(0).integers(5, 100, 2000)
    first, again, other = (length_grouped_batches(lengths, 32, np.random.default_rng([0, e])) for e in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again))
    assert {frozenset(b) for b in first}.isdisjoint({frozenset(b) for b in other})
    padded = sum(lengths[b].max() * len(b) for b in first)
    assert padded < 1.15 * lengths.sum()
    assert sum(lengths[b].mean() for b in first[:20]) / 20 == pytest.approx(lengths.mean(), rel=0.25)  # not sorted


def test_rows_longer_than_the_positions_are_refused():
    with pytest.raises(InputError, match=r"rows of 65 tokens.*64 positions"):
        new_model(loader(50), "encoder", 0, 65, 0, "cpu")


def test_an_unknown_task_is_refused():
    with pytest.raises(InputError, match=r"'sentiment'.*ner, nli"):
        task("sentiment")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Cat, 12!", ["the", "cat", "12"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("తెలుగు", ["తెలుగు"]),
        ("北京市abc", ["北", "京", "市", "北京", "京市", "abc"]),
        ("ｶﾞｽ", ["ガ", "ス", "ガス"]),
        ("", []),
        ("?!", []),
    ],
)
def test_search_terms_of_many_scripts(text, terms):
    assert search_terms(text) == terms


def test_word_spans_split_characters_where_no_spaces_are_written():
    assert word_spans("IBM在 北京", "zh") == [(0, 3), (3, 4), (5, 6), (6, 7)]
    assert word_spans("IBM在 北京", "en") == [(0, 4), (5, 7)]


def in_parts_of(passages):
    """A language's passages in parts of two."""

    def of(lang):
        own = passages.filter(pa.compute.equal(passages["lang"], lang))
        return [own.slice(start, 2) for start in range(0, len(own), 2)]

    return of


def search_tables():
    passages = [
        ("en", "b", "Cats", "cats sleep"),
        ("en", "c", "", "dogs sleep"),
        ("en", "a", "", "dogs sleep"),
        ("en", "d", "", "nothing here at all"),
        ("zh", "a", "", "猫睡觉"),
    ]
    queries = [
        ("en", "dev", "q1", "sleep"),
        ("en", "dev", "q2", "zebra"),
        ("zh", "dev", "q1", "猫"),
        ("zh", "dev", "q2", "?!"),  # no term at all
        ("ru", "dev", "q", "x"),
    ]
    return (
        pa.Table.from_pylist([dict(zip(SCHEMAS["queries"].names, q)) for q in queries], SCHEMAS["queries"]),
        pa.Table.from_pylist([dict(zip(SCHEMAS["passages"].names, p)) for p in passages], SCHEMAS["passages"]),
    )


def test_candidates_stay_in_their_language_and_break_ties_by_id():
    queries, passages = search_tables()
    found = bm25.candidates(queries, in_parts_of(passages), depth=2)
    assert found.schema == SCHEMAS["candidates"]
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ("en", "q1", "a", 1),
        ("en", "q1", "c", 2),  # as good as a; b is longer
        ("zh", "q1", "a", 1),
    ]
    short = f"{len(queries) - 1} of {len(queries)} queries share a term with fewer than 2 passages"
    assert bm25.short_of(queries, found, 2) == short


@settings(deadline=None)
@given(st.lists(st.integers(-1, 4), min_size=1, max_size=30), st.integers(1, 12))
def test_best_is_a_stable_sort_of_the_positive_scores(scores, depth):
    expected = [i for i in sorted(range(len(scores)), key=lambda i: (-scores[i], i)) if scores[i] > 0][:depth]
    assert bm25.best(np.array(scores, np.float32), depth).tolist() == expected


def test_candidates_are_ranked_by_the_bm25_formula():
    texts = ["red fox", "red red fox jumps over", "blue whale", "red"]
    passages = pa.table(
        {"lang": ["en"] * 4, "passage_id": list("abcd"), "title": [""] * 4, "text": texts},
        SCHEMAS["passages"],
    )
    queries = pa.table({"lang": ["en"], "split": ["dev"], "query_id": ["q"], "text": ["red fox"]})
    documents = [text.split() for text in texts]
    mean_length = sum(map(len, documents)) / 4

    def score(document):
        total = 0.0
        for term in ("red", "fox"):
            n, tf = sum(term in d for d in documents), document.count(term)
            idf = math.log(1 + (4 - n + 0.5) / (n + 0.5))
            total += idf * tf / (tf + 0.9 * (1 - 0.4 + 0.4 * len(document) / mean_length))
        return total

    expected = [p for p, d in sorted(zip("abcd", documents), key=lambda item: -score(item[1])) if score(d) > 0]
    assert bm25.candidates(queries, in_parts_of(passages), 10)["passage_id"].to_pylist() == expected


def test_a_passage_without_terms_has_no_length():
    # Of the two, the longer one would be better if the mean length were above 2/3; it is 4/7.
    texts = ["cat cat dog", "cat", *["!"] * 5]
    passages = pa.table([["en"] * 7, list("abcdefg"), [""] * 7, texts], SCHEMAS["passages"])
    queries = pa.table({"lang": ["en"], "split": ["dev"], "query_id": ["q"], "text": ["cat"]})
    assert bm25.candidates(queries, in_parts_of(passages), 10)["passage_id"].to_pylist() == ["b", "a"]
