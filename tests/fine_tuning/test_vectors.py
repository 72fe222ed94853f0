"""Vectors of texts: pooling, similarity, prefixes, temperature; and a model that is scored without fine-tuning."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.bi_encoder import contrastive_loss
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.fine_tuning.training import Recipe, score
from semantic_tokens.fine_tuning.vectors import Reading, encode_rows, encode_texts
from semantic_tokens.tasks import nli, retrieval
from support.toy_examples import collection_of, nli_tables, nli_tokenizer, ranking_tables, ranking_tokenizer
from support.toy_tasks import encoded, loader, run, settings

TEMPLATE = Template((2,), (3,), (3,), 0)
TEXTS = Ragged.from_lists([[7], [8, 9, 10, 11], [12, 7]])


def model_of(n_ids=40):
    torch.manual_seed(0)
    return loader(n_ids)("encoder", 0).eval()


def states(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids])).last_hidden_state[0]


def test_the_mean_is_over_a_text_s_own_tokens_however_long_the_others_are():
    model = model_of()
    found = encode_texts(Network(model), TEMPLATE, TEXTS, Reading("mean", "dot"))
    for vector, text in zip(found, ([7], [8, 9, 10, 11], [12, 7]), strict=True):
        torch.testing.assert_close(vector, states(model, [2, *text, 3]).mean(0), rtol=1e-4, atol=1e-5)


def test_cosines_are_products_of_vectors_of_length_1():
    model = model_of()
    for pooling in ("cls", "mean"):
        dot, cosine = (encode_texts(Network(model), TEMPLATE, TEXTS, Reading(pooling, s)) for s in ("dot", "cosine"))
        assert dot.norm(dim=1).min() > 1.5
        torch.testing.assert_close(cosine @ cosine.T, torch.cosine_similarity(dot[:, None], dot[None], dim=2))
    rows = encode_rows(Network(model), TEMPLATE, TEXTS, np.array([2, 0]), Reading("mean", "cosine"))
    np.testing.assert_allclose(rows, cosine.detach().numpy()[[2, 0]], rtol=1e-4, atol=1e-6)


def test_a_first_token_is_refused_where_the_tokenizer_puts_none():
    bare = Template((), (3,), (3,), 0)
    Reading("mean").check(bare, "retrieval")
    with pytest.raises(InputError, match=r"tasks\.retrieval\.pooling = 'cls': .* allowed: 'mean'"):
        Reading("cls").check(bare, "retrieval")


def test_prefixes_are_read_and_count_in_the_length():
    tables = ranking_tables(3)
    tokenizer = ranking_tokenizer(tables)
    chosen = settings(query_length=5, query_prefix="find find ", passage_prefix="good ")
    ids = encoded(retrieval, tables, tokenizer, chosen).read()
    plain = encoded(retrieval, tables, tokenizer, settings(query_length=5)).read()
    find, good = tokenizer.token_to_id("find"), tokenizer.token_to_id("good")
    for kind, own, bare in zip(
        *(ids[name].to_pylist() for name in ("kind", "input_ids")), plain["input_ids"].to_pylist()
    ):
        assert own == ([find, find, *bare][:3] if kind == "query" else [good, *bare])


def test_temperature_divides_the_similarities():
    collection, _ = collection_of(retrieval, ranking_tables(2))
    groups = np.array([[0, 0, 1]])
    query, passages = torch.tensor([[2.0]]), torch.tensor([[1.0], [0.5]])
    for temperature in (1.0, 0.25):
        expected = math.log1p(math.exp((1.0 - 2.0) / temperature))
        assert contrastive_loss(collection, groups, query, passages, temperature).item() == pytest.approx(
            expected, rel=1e-4
        )


def test_as_is_nothing_is_trained_and_no_training_rows_are_needed():
    tables, models = ranking_tables(6), []
    tokenizer = ranking_tokenizer(tables)
    for name in ("queries", "qrels"):
        column = tables[name].schema.get_field_index("split")
        tables[name] = tables[name].set_column(column, "split", [["test"] * len(tables[name])])
    first, other = (
        run(retrieval, tables, tokenizer, settings(epochs=epochs), "as-is", split="test", seen=models)
        for epochs in (1, 50)
    )
    assert first == other and [row.passages for row in first] == [12, 12] and first[0].n == 6
    torch.manual_seed(0)
    fresh = loader(tokenizer.get_vocab_size())("encoder", 0).state_dict()
    assert all(torch.equal(value, fresh[name]) for name, value in models[0].state_dict().items())
    with pytest.raises(InputError, match="no rows of split 'train'"):
        run(retrieval, tables, tokenizer, settings(), "in-language", split="test")


def test_a_task_with_a_head_is_refused_as_is():
    tables = nli_tables(6)
    tokenizer = nli_tokenizer(tables)
    with pytest.raises(InputError, match=r"task 'nli': has a head, .* cannot be scored as-is"):
        run(nli, tables, tokenizer, settings(), "as-is", split="test")


def test_a_task_without_training_rows_is_refused_elsewhere():
    untrained = replace(retrieval.TASK, trained=False)
    data = Data(None, {}, np.arange(3), "zero-shot", "test")
    with pytest.raises(InputError, match="has nothing to train on, so it is scored as-is only, not zero-shot"):
        score(untrained, data, Recipe(loader(3), SimpleNamespace(), 0))


def test_what_is_recorded_names_the_settings_that_decide_a_score():
    common = {"epochs": 1, "batch_size": 1, "learning_rate": 1, "warmup_ratio": 0, "max_length": 8, "query_length": 8}
    given = retrieval.Retrieval(**common, pooling="mean", query_prefix="query: ")
    assert given.recorded() == 'pooling=mean; similarity=dot; temperature=1.0; query_prefix="query: "'
    common.pop("query_length")
    assert nli.TASK.settings(**common).recorded() is None
