"""Losses and fine-tuning steps against the field's own code: transformers, sentence-transformers."""

import copy

import numpy as np
import pyarrow as pa
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import PreTrainedTokenizerFast

from semantic_tokens.fine_tuning import training
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.fine_tuning.vectors import encode_texts
from semantic_tokens.tables import NER_TAGS, SCHEMAS
from semantic_tokens.tasks import ner, nli, qa, retrieval
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
from support.toy_tasks import encoded, loader, settings


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
    tokenizer, starts, losses, gradients = tokenizer_of(tables), [], [], []
    chosen = settings(epochs=1, batch_size=10_000, warmup_ratio=0.0)
    features = encoded(task, tables, tokenizer, chosen)
    inner, seen = loader(tokenizer.get_vocab_size()), []

    def load(head, n_labels):
        seen.append(inner(head, n_labels))
        for module in seen[0].modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        starts.append(copy.deepcopy(seen[0]))
        return seen[0]

    def spied(*arguments, **options):
        model, found = spied.original(*arguments, **options)
        losses.extend(found)
        return model, found

    def before_step(optimizer, *_):
        named = {id(p): name for name, p in seen[0].named_parameters()}
        groups = (p for group in optimizer.param_groups for p in group["params"])
        gradients.append({named[id(p)]: p.grad.clone() for p in groups if id(p) in named and p.grad is not None})

    spied.original = training.fine_tune
    monkeypatch.setattr(training, "fine_tune", spied)
    handle = register_optimizer_step_pre_hook(before_step)
    try:
        everything = np.arange(tokenizer.get_vocab_size(), dtype=np.int32)
        data = Data(features, tables, everything, "in-language", "train")
        training.score(task.TASK, data, load, chosen, 0)
    finally:
        handle.remove()

    reference = starts[0].train()
    batch = batch_of(PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]"), tables)
    reference.config.problem_type = "single_label_classification"
    loss = reference(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(reference.parameters(), 1.0)
    assert losses == [pytest.approx(loss.item(), rel=1e-5)]
    table = reference.get_input_embeddings().weight
    own = dict(reference.named_parameters())
    compared = {name: gradient for name, gradient in gradients[0].items() if gradient.shape == own[name].shape}
    assert len(gradients) == 1 and len(compared) >= sum(p.grad is not None for p in own.values()) - 1
    for name, gradient in compared.items():
        torch.testing.assert_close(gradient, own[name].grad, rtol=1e-3, atol=1e-6, msg=name)

    decayed = [p for p in reference.parameters() if p.ndim >= 2]
    others = [p for p in reference.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    torch.optim.AdamW(groups, lr=chosen.learning_rate, betas=(0.9, 0.99)).step()
    found = dict(seen[0].named_parameters())
    assert not torch.equal(table, inner(head, found[list(found)[-1]].shape[0]).get_input_embeddings().weight)
    for name, parameter in own.items():
        # Adam's first step is about the sign of a gradient; where that is rounding error alone, so is the step.
        clear = torch.ones_like(parameter, dtype=torch.bool) if parameter.grad is None else parameter.grad.abs() > 1e-4
        still = torch.zeros_like(clear) if parameter.grad is None else parameter.grad == 0
        kept = clear | still
        torch.testing.assert_close(found[name][kept], parameter[kept], rtol=2e-6, atol=2e-6, msg=name)


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
    torch.testing.assert_close(retrieval.in_batch_loss(Network(model), collection, groups), expected)
