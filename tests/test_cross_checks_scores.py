"""Scores of fine-tuned models against the field's own: predictions by transformers' classes, and seqeval, scikit-learn,
SQuAD's evaluation and pytrec_eval on them."""

from functools import partial
from statistics import fmean

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from semantic_tokens.tables import NER_TAGS
from semantic_tokens.tasks import ner, nli, qa, rerank, retrieval
from support.squad import squad_scores
from support.toy_examples import (
    ner_tables,
    ner_tokenizer,
    nli_tables,
    nli_tokenizer,
    qa_tables,
    qa_tokenizer,
    ranking_tables,
    ranking_tokenizer,
)
from support.toy_tasks import run, settings

MAX_ANSWER = 30


def by_seqeval(model, read, tables, lang):
    from seqeval.metrics import f1_score

    rows = rows_of(tables["ner"], lang, "test")
    batch = read([row["tokens"] for row in rows], is_split_into_words=True)
    best = model(**batch).logits.argmax(-1)
    words = [batch.word_ids(i) for i in range(len(rows))]
    tags = [
        [NER_TAGS[best[i, words[i].index(word)]] for word in range(len(row["tokens"]))] for i, row in enumerate(rows)
    ]
    return {"f1": f1_score([row["tags"] for row in rows], tags)}


def by_scikit_learn(model, read, tables, lang):
    from sklearn.metrics import accuracy_score

    rows = rows_of(tables["nli"], lang, "test")
    batch = read([row["premise"] for row in rows], [row["hypothesis"] for row in rows], return_token_type_ids=True)
    return {"accuracy": accuracy_score([row["label"] for row in rows], model(**batch).logits.argmax(-1))}


def by_squad(model, read, tables, lang):
    scores = []
    for row in rows_of(tables["qa"], lang, "test"):
        batch = read([row["question"]], [row["context"]], return_token_type_ids=True)
        outputs, places = model(**batch), [i for i, text in enumerate(batch.sequence_ids(0)) if text == 1]
        spans = [(i, j) for i in places for j in places if i <= j < i + MAX_ANSWER]
        first, last = max(spans, key=lambda span: outputs.start_logits[0, span[0]] + outputs.end_logits[0, span[1]])
        answer = row["context"][batch.token_to_chars(0, first).start : batch.token_to_chars(0, last).end]
        scores.append(squad_scores(answer, [gold["text"] for gold in row["answers"]]))
    return {name: fmean(values) for name, values in zip(("f1", "exact_match"), zip(*scores, strict=True), strict=True)}


def by_pytrec_eval(model, read, tables, lang, score):
    import pytrec_eval

    passages = {
        row["passage_id"]: f"{row['title']} {row['text']}".strip() for row in of_language(tables, "passages", lang)
    }
    qrels, found = {}, {}
    for row in of_language(tables, "qrels", lang):
        qrels.setdefault(row["query_id"], {})[row["passage_id"]] = row["relevance"]
    for query in of_language(tables, "queries", lang):
        listed = score(model, read, query["text"], passages, candidates_of(tables, lang, query["query_id"]))
        found[query["query_id"]] = {name: float(value) for name, value in listed.items()}
    values = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10"}).evaluate(found)
    return {"ndcg_at_10": fmean(value["ndcg_cut_10"] for value in values.values())}


def of_pairs(model, read, query, passages, candidates):
    texts = [passages[name] for name in candidates]
    batch = read([query] * len(texts), texts, return_token_type_ids=True)
    return dict(zip(candidates, model(**batch).logits[:, 0], strict=True))


def of_vectors(model, read, query, passages, candidates):
    one, others = (model(**read(texts)).last_hidden_state[:, 0] for texts in ([query], list(passages.values())))
    return dict(zip(passages, (others @ one[0]).tolist(), strict=True))


def rows_of(table, lang, split):
    return [row for row in table.to_pylist() if (row["lang"], row["split"]) == (lang, split)]


def of_language(tables, name, lang):
    return [row for row in tables[name].to_pylist() if row["lang"] == lang]


def candidates_of(tables, lang, query):
    return [row["passage_id"] for row in of_language(tables, "candidates", lang) if row["query_id"] == query]


@pytest.mark.parametrize(
    ("task", "tables", "tokenizer_of", "split", "rate", "reference"),
    [
        (ner, ner_tables(24), ner_tokenizer, "test", 5e-3, by_seqeval),
        (nli, nli_tables(24), nli_tokenizer, "test", 5e-3, by_scikit_learn),
        (qa, qa_tables(12), qa_tokenizer, "test", 5e-3, by_squad),
        (rerank, ranking_tables(), ranking_tokenizer, "train", 1e-4, partial(by_pytrec_eval, score=of_pairs)),
        (retrieval, ranking_tables(), ranking_tokenizer, "train", 5e-3, partial(by_pytrec_eval, score=of_vectors)),
    ],
)
def test_the_score_of_a_model_is_the_fields_own(task, tables, tokenizer_of, split, rate, reference):
    """Little trained, so that it is right on some and wrong on others."""
    tokenizer, models = tokenizer_of(tables), []
    scores = run(task, tables, tokenizer, settings(epochs=1, learning_rate=rate), split=split, seen=models)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]")
    read = partial(fast, padding=True, return_tensors="pt", return_token_type_ids=False)
    compared = []
    with torch.no_grad():
        for row in scores:
            expected = reference(models[0].eval(), read, tables, row.lang)
            if row.metric in expected:
                assert row.value == pytest.approx(expected[row.metric], abs=1e-6), (row.lang, row.metric)
                compared.append(row.value)
    assert len(compared) >= 2 and any(0 < value < 1 for value in compared), compared
