"""Losses and fine-tuning steps against the field's own code: transformers, sentence-transformers."""

import numpy as np
import pyarrow as pa
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from semantic_tokens.fine_tuning import bi_encoder
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.vectors import encode_texts
from semantic_tokens.tables import NER_TAGS, SCHEMAS
from semantic_tokens.tasks import ner, nli, qa, retrieval
from support.one_step import assert_is_the_step_of, one_step
from support.toy_examples import (
    a_row,
    collection_of,
    ner_tables,
    ner_tokenizer,
    nli_tables,
    nli_tokenizer,
    qa_tokenizer,
    ranking_tables,
)
from support.toy_tasks import loader, settings


def qa_tables():
    rows = [a_row("en", "train", i, f"which number {i}", f"there is a number {i} in here", str(i)) for i in range(6)]
    return {"qa": pa.Table.from_pylist(rows, SCHEMAS["qa"])}


def ner_batch(tokenizer, tables):
    rows = [row for row in tables["ner"].to_pylist() if row["split"] == "train"]
    batch = tokenizer(
        [r["tokens"] for r in rows],
        is_split_into_words=True,
        padding=True,
        return_token_type_ids=True,
        return_tensors="pt",
    )
    labels = torch.full_like(batch["input_ids"], -100)
    for i, row in enumerate(rows):
        words = batch.word_ids(i)
        for word, tag in enumerate(row["tags"]):
            labels[i, words.index(word)] = NER_TAGS.index(tag)
    return {**batch, "labels": labels}


def nli_batch(tokenizer, tables):
    rows = [row for row in tables["nli"].to_pylist() if row["split"] == "train"]
    texts = [r["premise"] for r in rows], [r["hypothesis"] for r in rows]
    batch = tokenizer(*texts, padding=True, return_token_type_ids=True, return_tensors="pt")
    return {**batch, "labels": torch.tensor([r["label"] for r in rows])}


def qa_batch(tokenizer, tables):
    rows = tables["qa"].to_pylist()
    batch = tokenizer(
        [r["question"] for r in rows],
        [r["context"] for r in rows],
        padding=True,
        return_token_type_ids=True,
        return_tensors="pt",
    )
    places = []
    for i, row in enumerate(rows):
        answer = row["answers"][0]
        last = answer["start"] + len(answer["text"]) - 1
        places.append([batch.char_to_token(i, at, sequence_index=1) for at in (answer["start"], last)])
    starts, ends = torch.tensor(places).T
    return {**batch, "start_positions": starts, "end_positions": ends}


@pytest.mark.parametrize(
    ("task", "head", "tables", "tokenizer_of", "batch_of"),
    [
        (ner, "token-classification", ner_tables(8), ner_tokenizer, ner_batch),
        (nli, "sequence-classification", nli_tables(9), nli_tokenizer, nli_batch),
        (qa, "question-answering", qa_tables(), qa_tokenizer, qa_batch),
    ],
)
def test_a_fine_tuning_step_is_that_of_transformers_own_loss(task, head, tables, tokenizer_of, batch_of, monkeypatch):
    """Loss, clipped gradient and weights after one step of AdamW; transformers tokenises, labels and computes."""
    tokenizer = tokenizer_of(tables)
    found = one_step(task, tables, tokenizer, settings(epochs=1, batch_size=10_000, warmup_ratio=0.0), monkeypatch)
    assert task.TASK.head == head
    found.start.config.problem_type = "single_label_classification"
    batch = batch_of(PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]"), tables)
    assert_is_the_step_of(found, found.start(**batch).loss)


def test_in_batch_loss_is_sentence_transformers_multiple_negatives_ranking_loss():
    losses = pytest.importorskip(
        "sentence_transformers.sentence_transformer.losses", reason="sentence-transformers is in envs/bench.lock alone"
    )
    from sentence_transformers.util import dot_score

    tables = ranking_tables()
    collection, tokenizer = collection_of(retrieval, tables)
    model = loader(tokenizer.get_vocab_size())("encoder", 0).eval()
    queries = np.arange(0, 24, 5)
    groups = np.array([(q, collection.positives[q][0], collection.negatives[q][0]) for q in queries])
    assert len(np.unique(groups[:, 1:])) == groups[:, 1:].size
    vectors = [
        encode_texts(Network(model), collection.template, texts.take(column))
        for texts, column in zip((collection.queries, collection.passages, collection.passages), groups.T, strict=True)
    ]
    reference = losses.MultipleNegativesRankingLoss(None, scale=1.0, similarity_fct=dot_score)
    expected = reference.compute_loss_from_embeddings(vectors, None)
    torch.testing.assert_close(bi_encoder.in_batch_loss(Network(model), collection, groups), expected)
