"""Reranking's and retrieval's fine-tuning steps against transformers' own classes and sentence-transformers' loss."""

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from semantic_tokens.tasks import rerank, retrieval
from support.one_step import assert_is_the_step_of, one_step
from support.toy_examples import ranking_tables, ranking_tokenizer
from support.toy_tasks import settings

ONE_BATCH = {"epochs": 1, "batch_size": 10_000, "warmup_ratio": 0.0}


def texts_of(tables):
    """Query and passage texts in the order of their tables; a passage is its title and its text."""
    passages = (f"{row['title']} {row['text']}".strip() for row in tables["passages"].to_pylist())
    return tables["queries"]["text"].to_pylist(), list(passages)


def reads(tokenizer, *texts):
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]")
    return fast(*texts, padding=True, return_token_type_ids=len(texts) > 1, return_tensors="pt")


def test_a_step_of_reranking_is_softmax_over_the_logits_of_transformers_classifier(monkeypatch):
    tables = ranking_tables()
    tokenizer = ranking_tokenizer(tables)
    found = one_step(rerank, tables, tokenizer, settings(**ONE_BATCH), monkeypatch)
    assert found.items.shape == (24, 1 + 4), "a query and four passages, the first of them relevant"
    queries, passages = texts_of(tables)
    asked = [queries[group[0]] for group in found.items for _ in group[1:]]
    read = [passages[passage] for group in found.items for passage in group[1:]]
    logits = found.start(**reads(tokenizer, asked, read)).logits.view(len(found.items), 4)
    assert_is_the_step_of(found, torch.nn.functional.cross_entropy(logits, torch.zeros(24, dtype=torch.long)))


def test_a_step_of_retrieval_is_sentence_transformers_loss_of_transformers_vectors(monkeypatch):
    """MultipleNegativesRankingLoss at scale 1, by dot product, over positives and hard negatives of the batch."""
    losses = pytest.importorskip(
        "sentence_transformers.sentence_transformer.losses", reason="sentence-transformers is in envs/bench.lock alone"
    )
    from sentence_transformers.util import dot_score

    tables = ranking_tables()
    tokenizer = ranking_tokenizer(tables)
    found = one_step(retrieval, tables, tokenizer, settings(**ONE_BATCH), monkeypatch)
    assert found.items.shape == (24, 3), "a query, its positive and a hard negative"
    queries, passages = texts_of(tables)
    columns = [[queries[row] for row in found.items[:, 0]], *([passages[row] for row in c] for c in found.items.T[1:])]
    vectors = [found.start(**reads(tokenizer, texts)).last_hidden_state[:, 0] for texts in columns]
    reference = losses.MultipleNegativesRankingLoss(None, scale=1.0, similarity_fct=dot_score)
    assert_is_the_step_of(found, reference.compute_loss_from_embeddings(vectors, None))
