"""Examples of every task, small and learnable, with a tokenizer of their words."""

import numpy as np
import pyarrow as pa

from semantic_tokens.fine_tuning.ranking import load_collection
from semantic_tokens.tables import SCHEMAS
from semantic_tokens.tasks import ner, nli, qa, rerank, retrieval
from support.toy_tasks import encoded, settings, wordpiece

NOUNS = ["cat", "dog", "tree", "house", "river"]
FIRST_NAMES, SURNAMES, PLACES = ["Ann", "Bob", "Eve"], ["Smith", "Jones"], ["Rome", "Oslo", "Lima"]


def nli_tables(n=60, languages=("en", "ru"), label_of=lambda i: i % 3):
    """The word at the end of the hypothesis decides the label."""
    rng, marks, rows = np.random.default_rng(1), ["yes", "maybe", "no"], []
    for split, count in (("train", n), ("test", n // 2)):
        for lang in languages:
            for i in range(count):
                a, b, label = rng.choice(NOUNS), rng.choice(NOUNS), label_of(i)
                rows.append((lang, split, f"the {a} sees a {b}", f"a {b} {marks[label]}", label))
    columns = SCHEMAS["nli"].names
    return {"nli": pa.Table.from_pylist([dict(zip(columns, row)) for row in rows], SCHEMAS["nli"])}


def ner_tables(n=40):
    """People have two words, places one."""
    rng, rows = np.random.default_rng(2), []
    for split, count in (("train", n), ("test", n // 2)):
        for lang in ("en", "sw"):
            for _ in range(count):
                person = [rng.choice(FIRST_NAMES), rng.choice(SURNAMES)]
                tokens = ["the", rng.choice(NOUNS), "of", *person, "in", rng.choice(PLACES)]
                tags = ["O", "O", "O", "B-PER", "I-PER", "O", "B-LOC"]
                rows.append((lang, split, tokens, tags))
    columns = SCHEMAS["ner"].names
    return {"ner": pa.Table.from_pylist([dict(zip(columns, row)) for row in rows], SCHEMAS["ner"])}


def nli_tokenizer(tables):
    return wordpiece(tables["nli"]["premise"].to_pylist() + tables["nli"]["hypothesis"].to_pylist())


def ner_tokenizer(tables):
    return wordpiece(" ".join(tokens) for tokens in tables["ner"]["tokens"].to_pylist())


QA_WORDS = ["cat", "dog", "tree", "house", "river", "sun", "moon"]
NUMBERS = ["11", "22", "33", "44"]


def a_row(lang, split, i, question, context, answer, start=None):
    start = context.index(answer) if start is None else start
    answers = [{"text": answer, "start": start}]
    return {"lang": lang, "split": split, "id": str(i), "question": question, "context": context, "answers": answers}


def qa_tables(n=50, length=9):
    """The answer is the one number of the context."""
    rng, rows = np.random.default_rng(3), []
    for split, count in (("train", n), ("test", n // 2)):
        for lang in ("en", "sw"):
            for i in range(count):
                words = list(rng.choice(QA_WORDS, length))
                words[rng.integers(length)] = number = str(rng.choice(NUMBERS))
                rows.append(a_row(lang, split, f"{lang}{split}{i}", "how many?", " ".join(words), number))
    return {"qa": pa.Table.from_pylist(rows, SCHEMAS["qa"])}


def qa_tokenizer(tables):
    return wordpiece(tables["qa"]["context"].to_pylist() + tables["qa"]["question"].to_pylist())


FILLERS = ["sun", "moon", "star", "sky", "rain", "wind"]


def rows_of(name, rows):
    return pa.Table.from_pylist([dict(zip(SCHEMAS[name].names, row)) for row in rows], SCHEMAS[name])


def ranking_tables(n=12, n_candidates=6):
    """Query i asks for key i; one passage of its language has the key and the word "good", which no other passage has
    that is a candidate. Passage ids repeat between languages. All queries are in split train."""
    rng = np.random.default_rng(4)
    queries, passages, qrels, candidates = [], [], [], []
    for lang in ("en", "tr"):
        for i in range(n):
            queries.append((lang, "train", f"q{i}", f"find key{lang}{i}"))
            passages.append((lang, f"p{i}", f"key{lang}{i}", f"good {rng.choice(FILLERS)}"))
            qrels.append((lang, "train", f"q{i}", f"p{i}", 1))
            passages.append((lang, f"x{i}", "", f"{rng.choice(FILLERS)} {rng.choice(FILLERS)}"))
            pool = [f"p{i}", *(f"x{j % n}" for j in range(i, i + n_candidates - 1))]
            candidates += [(lang, f"q{i}", p, rank) for rank, p in enumerate(pool, start=1)]
            qrels.append((lang, "train", f"q{i}", f"x{(i + n - 1) % n}", 0))
    return {
        "queries": rows_of("queries", queries),
        "passages": rows_of("passages", passages),
        "qrels": rows_of("qrels", qrels),
        "candidates": rows_of("candidates", candidates),
    }


def ranking_tokenizer(tables):
    return wordpiece(tables["queries"]["text"].to_pylist() + tables["passages"]["text"].to_pylist())


def collection_of(task, tables, chosen=None):
    tokenizer = ranking_tokenizer(tables)
    features = encoded(task, tables, tokenizer, chosen or settings())
    return load_collection(features, tables, np.arange(tokenizer.get_vocab_size(), dtype=np.int32)), tokenizer


def torch_bytes(model):
    return b"".join(value.numpy().tobytes() for value in model.state_dict().values())


# task -> its tables, and the tokenizer of them
TOYS = {
    ner: (ner_tables, ner_tokenizer),
    nli: (nli_tables, nli_tokenizer),
    qa: (qa_tables, qa_tokenizer),
    rerank: (ranking_tables, ranking_tokenizer),
    retrieval: (ranking_tables, ranking_tokenizer),
}
