"""All canonical tables of the embedded world, from its settings and one seed: same seed, same bytes."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from semantic_tokens import tables
from semantic_tokens.world import examples, parallel
from semantic_tokens.world.articles import (
    Article,
    collection,
    concept_articles,
    entity_articles,
    knowledge_bases,
    retold,
)
from semantic_tokens.world.dictionaries import word_pairs
from semantic_tokens.world.knowledge import Fact, Knowledge
from semantic_tokens.world.lexicon import Lexicon, read_lexicon
from semantic_tokens.world.names import SPLITS
from semantic_tokens.world.too_few import TooFew, least

TABLES = ("corpus", "word_pairs", "ner", "nli", "qa", "queries", "passages", "qrels", "word_concepts")
_JUDGED_NEGATIVES = 3


@dataclass(frozen=True)
class WorldSize:
    """How much to generate. `sizes[task][split]` counts examples per language; `passages` and `articles` are per
    language."""

    languages: Sequence[str]
    articles: int
    passages: int
    sizes: Mapping[str, Mapping[str, int]]
    dictionaries: Mapping[str, tuple[float, float]]


def build(size: WorldSize, seed: int) -> dict[str, pa.Table]:
    """Canonical tables by name (TABLES, and of `parallel.TABLES` those that have sizes), every one valid against
    `tables.SCHEMAS` and of the size asked for.

    Raises TooFew, which names the config's key and what is possible, where the world has not so much to tell.
    """
    lexicon = read_lexicon()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    refused: list[TooFew] = []
    for lang in size.languages:
        try:
            for name, found in _language_rows(lexicon, lang, size, seed).items():
                rows[name].extend(found)
        except TooFew as error:
            refused.append(error)
    if refused:
        raise least(refused)
    for task in (task for task in parallel.TABLES if task in size.sizes):
        rows[task] = _parallel_rows(lexicon, task, size, seed)
    rows["word_pairs"] = word_pairs(lexicon, list(size.languages), size.dictionaries, seed)
    return {name: pa.Table.from_pylist(found, schema=tables.SCHEMAS[name]) for name, found in rows.items()}


def _language_rows(lexicon: Lexicon, lang: str, size: WorldSize, seed: int) -> dict[str, list[dict[str, Any]]]:
    knowledges = knowledge_bases(lexicon, seed)
    entities = entity_articles(knowledges, lang, seed)
    passages = collection(knowledges, lang, size.passages, seed)
    told = concept_articles(knowledges["train"], lang, size.articles, seed)
    return task_rows(knowledges, entities, passages, size, seed) | {
        "corpus": _corpus(knowledges, [*entities, *passages, *told], seed),
        "word_concepts": _word_concepts(lexicon, lang),
    }


def _parallel_rows(lexicon: Lexicon, task: str, size: WorldSize, seed: int) -> list[dict[str, Any]]:
    """Of a task across languages, split by split."""
    knowledges, told = knowledge_bases(lexicon, seed), parallel.TABLES[task]
    return [row for split in SPLITS for row in told(knowledges[split], size.languages, size.sizes[task][split], seed)]


def task_rows(
    knowledges: dict[str, Knowledge], entities: list[Article], passages: list[Article], size: WorldSize, seed: int
) -> dict[str, list[dict[str, Any]]]:
    """Rows of the task tables in the language of the articles; of dev and test no text is in training.

    ner, nli: by sentence; qa: by context and by question; retrieval: by query (its passages are of all splits).
    """
    lang, owners = passages[0].lang, dict[str, str]()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("ner", "nli", "qa", "queries", "qrels")}
    for split in SPLITS:
        own, knowledge = [article for article in entities if article.split == split], knowledges[split]
        counts = {task: size.sizes[task][split] for task in ("ner", "nli", "qa", "retrieval")}
        rows["ner"] += examples.ner(knowledge, own, counts["ner"], seed)
        rows["nli"] += examples.nli(knowledge, lang, counts["nli"], seed, owners)
        rows["qa"] += examples.qa(knowledge, own, counts["qa"], seed)
        queries, qrels = _judged_queries(knowledges, passages, split, counts["retrieval"], seed)
        rows["queries"] += queries
        rows["qrels"] += qrels
    return rows | {"passages": _passages(passages, lang)}


def _corpus(knowledges: Mapping[str, Knowledge], articles: list[Article], seed: int) -> list[dict[str, Any]]:
    random.Random(f"{seed}/corpus/{articles[0].lang}").shuffle(articles)
    return [{"lang": article.lang, "text": retold(article, knowledges[article.split], seed)} for article in articles]


def _word_concepts(lexicon: Lexicon, lang: str) -> list[dict[str, Any]]:
    return [
        {"lang": lang, "word": word, "concept": concept.name, "class": concept.semantic_class}
        for concept in lexicon.concepts.values()
        for word in concept.forms[lang]
    ]


def _passages(articles: list[Article], lang: str) -> list[dict[str, Any]]:
    return [
        {"lang": lang, "passage_id": f"{lang}#{i}", "title": article.title, "text": article.text}
        for i, article in enumerate(articles)
    ]


def _judged_queries(
    knowledges: Mapping[str, Knowledge], articles: list[Article], split: str, count: int, seed: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Queries of a split over the whole collection, with every relevant passage and a few judged negatives."""
    lang, rows, qrels = articles[0].lang, [], []
    for number, query in enumerate(examples.queries(knowledges, articles, split, count, seed)):
        key = {"lang": lang, "split": split, "query_id": f"{lang}-{split}-{number}"}
        rows.append({**key, "text": query.text})
        rng = random.Random(f"{seed}/judgements/{key['query_id']}")
        judged = _judgements(articles, query.facts, query.asked, rng)
        qrels += [{**key, "passage_id": f"{lang}#{i}", "relevance": relevance} for i, relevance in judged]
    return rows, qrels


def _judgements(
    articles: list[Article], wanted: Sequence[Fact], asked: str, rng: random.Random
) -> list[tuple[int, int]]:
    """(passage number, 1 or 0). Negatives state a part of what is wanted, or else are drawn at random."""
    met = [sum(examples.states(article, fact, asked) for fact in wanted) for article in articles]
    relevant = [i for i, count in enumerate(met) if count == len(wanted)]
    partly = [i for i, count in enumerate(met) if 0 < count < len(wanted)]
    others = [i for i, count in enumerate(met) if count == 0]
    negatives = rng.sample(partly, min(_JUDGED_NEGATIVES, len(partly)))
    negatives += rng.sample(others, min(_JUDGED_NEGATIVES - len(negatives), len(others)))
    return [(i, 1) for i in relevant] + [(i, 0) for i in negatives]
