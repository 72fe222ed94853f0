"""Retrieval and reranking: losses, negatives, search, missed passages, chance."""

import math
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import torch

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning import bi_encoder, ranking
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.vectors import encode_rows, encode_texts
from semantic_tokens.tables import SCHEMAS
from semantic_tokens.tasks import rerank, retrieval
from support.toy_examples import collection_of, ranking_tables, ranking_tokenizer, rows_of
from support.toy_tasks import a_permutation, assert_parts_do_not_matter, encoded, loader, run, settings


@pytest.mark.parametrize(("task", "epochs"), [(retrieval, 30), (rerank, 8)])
def test_the_toy_is_learnt_alike_in_every_order_of_the_vocabulary(task, epochs):
    tables = ranking_tables()
    tokenizer, chosen = ranking_tokenizer(tables), settings(epochs=epochs, batch_size=8)
    scores = run(task, tables, tokenizer, chosen)
    assert [(row.lang, row.metric, row.n) for row in scores] == [("en", "ndcg_at_10", 12), ("tr", "ndcg_at_10", 12)]
    assert all(row.value > 0.9 for row in scores)
    grouped = run(task, tables, tokenizer, chosen, permutation=a_permutation(tokenizer))
    assert [row.value for row in grouped] == pytest.approx([row.value for row in scores], abs=0.05)


@pytest.mark.parametrize("task", [retrieval, rerank])
def test_the_same_seed_gives_the_same_scores(task):
    tables, models = ranking_tables(6), []
    tokenizer = ranking_tokenizer(tables)
    for _ in range(2):
        run(task, tables, tokenizer, settings(epochs=1), seen=models, dropout=0.1)
    first, second = (list(model.state_dict().values()) for model in models)
    assert all(torch.equal(a, b) for a, b in zip(first, second))


def discounts(n):
    return sum(1 / math.log2(i + 1) for i in range(1, min(10, n) + 1))


def test_chance_is_a_random_order_of_all_passages_or_of_the_candidates():
    tables = ranking_tables()
    tables["candidates"] = tables["candidates"].filter(
        pa.compute.invert(
            pa.compute.and_(
                pa.compute.equal(tables["candidates"]["passage_id"], "p0"),
                pa.compute.equal(tables["candidates"]["lang"], "en"),
            )
        )
    )
    tokenizer = ranking_tokenizer(tables)
    scores = run(retrieval, tables, tokenizer, settings(epochs=1))
    assert [row.chance for row in scores] == pytest.approx([discounts(24) / 24] * 2)
    scores = run(rerank, tables, tokenizer, settings(epochs=1))
    # English query 0 has lost its only relevant passage: five candidates, none of them right.
    assert [row.chance for row in scores] == pytest.approx([discounts(6) / 6 * 11 / 12, discounts(6) / 6])


def test_reranking_counts_what_the_first_stage_missed():
    tables = ranking_tables()
    positives = pa.compute.starts_with(tables["candidates"]["passage_id"], "p")
    english = pa.compute.equal(tables["candidates"]["lang"], "en")
    lost = pa.compute.and_(positives, english)
    tables["candidates"] = tables["candidates"].filter(pa.compute.invert(lost))
    scores = run(rerank, tables, ranking_tokenizer(tables), settings(epochs=1))
    assert (scores[0].value, scores[0].chance, scores[0].n) == (0.0, 0.0, 12)
    assert scores[1].value > 0.0


def test_a_judged_query_without_candidates_scores_zero():
    tables = ranking_tables(4)
    tables["candidates"] = tables["candidates"].filter(pa.compute.not_equal(tables["candidates"]["query_id"], "q1"))
    scores = run(rerank, tables, ranking_tokenizer(tables), settings(epochs=8, batch_size=8))
    assert all(0.5 < row.value <= 0.75 and row.n == 4 for row in scores)


@pytest.mark.parametrize("task", [retrieval, rerank])
def test_features_do_not_depend_on_the_parts_of_the_tables(task):
    tables = ranking_tables()
    tables["passages"] = pa.concat_tables(
        [rows_of("passages", [("en", f"u{i}", "", "sun") for i in range(9)]), tables["passages"]]
    )
    assert_parts_do_not_matter(task, tables, ranking_tokenizer(tables), settings())


def test_rows_link_within_their_language():
    tables = ranking_tables()
    collection, _ = collection_of(retrieval, tables)
    for query in range(len(collection.queries)):
        lang, query_id = (collection.query_table[name][query].as_py() for name in ("lang", "id"))
        for links in (collection.positives, collection.negatives, collection.candidates):
            rows = links[query]
            assert set(collection.passage_table["lang"].take(rows).to_pylist()) == {lang}
        assert ranking.passage_ids(collection, collection.positives[query]) == [f"p{query_id[1:]}"]
        assert ranking.passage_ids(collection, collection.candidates[query])[0] == f"p{query_id[1:]}"


@pytest.mark.parametrize("name", ["qrels", "candidates"])
def test_a_link_to_nothing_is_refused(name):
    tables = ranking_tables(3)
    extra = {"qrels": ("en", "train", "q0", "p99", 1), "candidates": ("en", "q0", "p99", 9)}[name]
    tokenizer = ranking_tokenizer(tables)
    tables[name] = pa.concat_tables([rows_of(name, [extra]), tables[name]])
    with pytest.raises(InputError, match=f"table {name}, row .*passage_id 'p99' of language 'en' does not exist"):
        run(retrieval, tables, tokenizer, settings())


def test_negatives_are_candidates_and_judged_ones_but_never_positives():
    collection, _ = collection_of(retrieval, ranking_tables())
    queries = np.arange(24)
    pools = ranking.negative_pools(collection, queries, judged=True)
    for query, pool in zip(queries, pools):
        expected = {*collection.candidates[query], *collection.negatives[query]} - {*collection.positives[query]}
        assert set(pool) == expected
    groups = ranking.draw_groups(collection, queries, pools, 3, np.random.default_rng(0))
    assert groups.shape == (24, 5)
    for group, pool in zip(groups, pools):
        assert group[1] in collection.positives[group[0]]
        assert len({*group[2:]}) == 3
        assert {*group[2:]} <= {*pool}
    again = ranking.draw_groups(collection, queries, pools, 3, np.random.default_rng(0))
    assert (groups == again).all()
    small = ranking.draw_groups(collection, queries[:1], [pools[0][:2]], 5, np.random.default_rng(0))
    assert {*small[0, 2:]} <= {*pools[0][:2]}


def test_negatives_of_a_query_without_candidates_are_of_its_language():
    tables = ranking_tables(3)
    tables["candidates"] = tables["candidates"].slice(0, 0)
    collection, _ = collection_of(retrieval, tables)
    pool = ranking.negative_pools(collection, np.array([4]), judged=False)[0]
    assert set(pool) == {*collection.passages_of("tr")} - {*collection.positives[4]}


def test_in_batch_loss_ignores_other_relevant_passages():
    tables = ranking_tables(4)
    # Passage p1 is relevant to q0 as well, and a negative drawn for q2.
    tables["qrels"] = pa.concat_tables([tables["qrels"], rows_of("qrels", [("en", "train", "q0", "p1", 1)])])
    collection, tokenizer = collection_of(retrieval, tables)
    model = loader(tokenizer.get_vocab_size())("encoder", 0).eval()
    p, x = ({i: 2 * i + shift for i in range(4)} for shift in (0, 1))
    groups = np.array([[0, p[0], x[0]], [1, p[1], x[0]], [2, p[2], p[1]]])

    def vector(texts, row):
        rows = collection.template.sequences(texts.take(np.array([row])))
        return model(input_ids=torch.tensor(rows.pad(0))).last_hidden_state[0, 0]

    queries = [vector(collection.queries, q) for q in groups[:, 0]]
    columns = [*groups[:, 1], *groups[:, 2]]
    passages = [vector(collection.passages, c) for c in columns]
    losses = []
    for i, query in enumerate(queries):
        kept = [j for j, c in enumerate(columns) if j == i or c not in collection.positives[groups[i, 0]]]
        scores = torch.stack([query @ passages[j] for j in kept])
        losses.append(scores.logsumexp(0) - query @ passages[i])
    assert 1 not in [j for j, c in enumerate(columns) if c not in collection.positives[0]]
    assert bi_encoder.in_batch_loss(Network(model), collection, groups).item() == pytest.approx(
        sum(losses).item() / 3, rel=1e-5
    )


def test_search_is_exact_in_blocks(monkeypatch):
    collection, tokenizer = collection_of(retrieval, ranking_tables())
    model = loader(tokenizer.get_vocab_size())("encoder", 0).eval()
    queries, passages = np.arange(12), collection.passages_of("en")
    encoders = [
        partial(encode_rows, Network(model), collection.template, texts)
        for texts in (collection.queries, collection.passages)
    ]
    whole = bi_encoder.search(collection, queries, passages, *encoders)
    monkeypatch.setattr(bi_encoder, "BLOCK", 7)
    blocks = bi_encoder.search(collection, queries, passages, *encoders)
    with torch.no_grad():
        vectors = {
            i: encode_texts(Network(model), collection.template, collection.passages.take(np.array([i])))[0]
            for i in passages
        }
        for query in queries:
            own = encode_texts(Network(model), collection.template, collection.queries.take(np.array([query])))[0]
            scores = sorted((float(own @ v) for v in vectors.values()), reverse=True)[:10]
            for found in (whole, blocks):
                assert sorted(found[f"q{query}"].values(), reverse=True) == pytest.approx(scores, rel=1e-4)


def test_listwise_loss_is_softmax_cross_entropy_of_the_first():
    scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    expected = (-math.log(math.e**2 / (math.e**2 + math.e + 1)) + math.log(3)) / 2
    assert float(rerank.listwise_loss(scores)) == pytest.approx(expected)


def test_pairs_are_cut_to_the_longest_length_and_queries_to_half():
    tables = ranking_tables(3)
    long = tables["queries"].to_pylist()
    long[0]["text"] = "find " * 50
    tables["queries"] = pa.Table.from_pylist(long, SCHEMAS["queries"])
    collection, tokenizer = collection_of(rerank, tables, settings(max_length=13))
    ids, second_start = rerank.pair_rows(collection, np.array([[0, 0], [1, 2]]), 13)
    assert collection.queries.lengths[0] == 5
    assert max(ids.lengths) <= 13
    assert second_start[0] == 1 + 5 + 1
    text = f"{tables['passages']['title'][2].as_py()} {tables['passages']['text'][2].as_py()}"
    whole = tokenizer.encode(long[1]["text"], text).ids
    assert list(ids[1])[:-1] == whole[: len(ids[1]) - 1]


def test_only_judged_passages_and_candidates_are_encoded_for_reranking():
    tables = ranking_tables(3)
    extra = rows_of("passages", [("en", "unseen", "", "sun")])
    tables["passages"] = pa.concat_tables([tables["passages"], extra])
    features = encoded(rerank, tables, ranking_tokenizer(tables), settings()).read()
    ids = features.filter(pa.compute.equal(features["kind"], "passage"))["id"].to_pylist()
    assert "unseen" not in ids
    assert len(ids) == len(tables["passages"]) - 1
