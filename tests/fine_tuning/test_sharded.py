"""Retrieval in shards: the scores of one process, from files of vectors and exact search."""

import numpy as np
import pytest
import torch

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning import bi_encoder
from semantic_tokens.fine_tuning.encode_passages import StoredVectors, encode_shard
from semantic_tokens.fine_tuning.exact_search import best
from semantic_tokens.fine_tuning.ranking import load_judgements
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.fine_tuning.training import Recipe, score, train
from semantic_tokens.models.checkpoint import load_for_task, save
from semantic_tokens.models.truncation import truncate
from semantic_tokens.tasks import retrieval
from support.toy_examples import ranking_tables, ranking_tokenizer
from support.toy_tasks import encoded, loader, settings


@pytest.fixture(scope="module")
def toy():
    """Tables, features in row groups of seven, a load of random weights, the group map."""
    tables = ranking_tables()
    tokenizer = ranking_tokenizer(tables)
    group_of = np.random.default_rng(5).permutation(tokenizer.get_vocab_size()).astype(np.int32)
    features = encoded(retrieval, tables, tokenizer, settings())
    return tables, features, loader(len(group_of), permutation=group_of), group_of


def encode_all(features, group_of, model, n_shards, folder):
    paths = [folder / f"{shard}.npy" for shard in range(n_shards)]
    for shard, path in enumerate(paths):
        encode_shard(features, group_of, model, shard, n_shards, path)
    return paths


@pytest.mark.parametrize("n_shards", [1, 3, 40])
def test_shards_give_the_scores_of_one_process(toy, n_shards, tmp_path, monkeypatch):
    tables, features, load, group_of = toy
    chosen = settings(epochs=2)
    data = Data(features, tables, group_of, "in-language", "train")
    expected = score(retrieval.TASK, data, Recipe(load, chosen, 0))
    assert {row.lang for row in expected} == {"en", "tr"} and all(0 < row.value < 1 for row in expected)

    model = train(retrieval.TASK, retrieval.TASK.prepare(data, chosen), Recipe(load, chosen, 0))
    save(model, tmp_path / "model")
    monkeypatch.setattr(bi_encoder, "BLOCK", 5)
    again = load_for_task(tmp_path / "model", "encoder", 0)
    paths = encode_all(features, group_of, again, n_shards, tmp_path)
    assert n_shards < features.num_row_groups or min(len(np.load(path)) for path in paths) == 0
    judgements = load_judgements(features, tables)
    vectors = StoredVectors(paths, features.metadata.num_rows)
    n_queries = len(judgements.query_table)
    rows = retrieval.evaluate(judgements, vectors.take, lambda rows: vectors.take(rows, n_queries), "train")
    assert rows == expected


def test_a_truncated_model_is_saved_as_it_was_trained(toy, tmp_path):
    _, features, load, group_of = toy
    torch.manual_seed(0)
    model = truncate(load("encoder", 0), 8).eval()
    save(model, tmp_path / "model")
    (path,) = encode_all(features, group_of, load_for_task(tmp_path / "model", "encoder", 0), 1, tmp_path)
    (tmp_path / "own").mkdir()
    (own,) = encode_all(features, group_of, model, 1, tmp_path / "own")
    assert np.load(path).std() > 0 and (np.load(path) == np.load(own)).all()


def test_vectors_of_other_features_are_refused(toy, tmp_path):
    _, features, load, group_of = toy
    paths = encode_all(features, group_of, load("encoder", 0).eval(), 2, tmp_path)
    with pytest.raises(InputError, match=r"1\.npy.*: \d+ vectors, but the features have \d+ rows"):
        StoredVectors(paths[1:], features.metadata.num_rows)


def test_search_finds_the_largest_products_over_blocks():
    rng = np.random.default_rng(0)
    queries, vectors = (rng.normal(size=(n, 6)).astype(np.float32) for n in (25, 90))
    names = rng.permutation(1000)[:90]
    blocks = [(names[i : i + 7], vectors[i : i + 7]) for i in range(0, 90, 7)]
    values, rows = best(queries, blocks, 10)
    order = np.argsort(-(queries @ vectors.T), 1)[:, :10]
    assert (rows == names[order]).all()
    np.testing.assert_allclose(values, np.take_along_axis(queries @ vectors.T, order, 1), rtol=1e-5)


def test_search_says_where_there_are_too_few():
    values, rows = best(np.eye(2, dtype=np.float32), [(np.array([4, 9]), np.eye(2, dtype=np.float32))], 3)
    assert rows.tolist() == [[4, 9, -1], [9, 4, -1]] and values[:, :2].tolist() == [[1, 0], [1, 0]]
