"""Labelled examples of the five tasks in one language, made from facts, so that the right answer is known.

Every generator takes the knowledge of one split; splits share no entity, and examples that are about concepts only are
kept apart by `splits.py`. Nothing is labelled by looking at the text.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from semantic_tokens.world import grammar
from semantic_tokens.world.articles import Article
from semantic_tokens.world.grammar import Word
from semantic_tokens.world.inference import LABELS, Form, claim, draw_form, pair
from semantic_tokens.world.knowledge import Fact, Knowledge, scene
from semantic_tokens.world.speaker import Speaker
from semantic_tokens.world.splits import split_of_query, split_of_scene
from semantic_tokens.world.too_few import TooFew

_NAMELESS_SENTENCES = 0.2
_TRIES = 1_000  # for each NLI pair, so many that a world with enough of them is never refused by chance
_WORDINGS = 10  # times that the same may be asked in other words, within a split, where a seed leaves it few facts


def ner(knowledge: Knowledge, articles: list[Article], count: int, seed: int) -> list[dict[str, Any]]:
    """Sentences of articles with BIO tags; a fifth of them are scenes without any name."""
    lang, split = articles[0].lang, knowledge.split
    rng = random.Random(f"{seed}/ner/{lang}/{split}")
    named = _distinct(sentence for article in articles for sentence in article.sentences)
    n_nameless = round(count * _NAMELESS_SENTENCES)
    if count - n_nameless > len(named):
        raise TooFew(f"sizes.ner.{split}", count, int(len(named) / (1 - _NAMELESS_SENTENCES)), lang)
    rng.shuffle(named)
    scenes = _nameless(knowledge, Speaker(knowledge, lang, rng), n_nameless)
    chosen = [*scenes, *named[: count - n_nameless]]
    return [_ner_row(lang, split, words) for words in rng.sample(chosen, count)]


def _ner_row(lang: str, split: str, words: tuple[Word, ...]) -> dict[str, Any]:
    return {"lang": lang, "split": split, "tokens": [w.text for w in words], "tags": [w.label for w in words]}


def _distinct(sentences: Iterable[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
    return list({tuple(word.text for word in sentence): sentence for sentence in sentences}.values())


def _nameless(knowledge: Knowledge, speaker: Speaker, count: int) -> list[tuple[Word, ...]]:
    """`count` distinct scenes of the knowledge's split, of which there are many more than sentences with names."""
    found: list[tuple[Word, ...]] = []
    while len(found) < count:
        fact = scene(knowledge, speaker.rng)
        if split_of_scene(knowledge, fact) == knowledge.split:
            found = _distinct([*found, tuple(speaker.say(fact))])
    return found


def nli(knowledge: Knowledge, lang: str, count: int, seed: int, owners: dict[str, str]) -> list[dict[str, Any]]:
    """Premise and hypothesis pairs, the three labels in equal numbers.

    Neither sentence of a pair is about what belongs to another split, or stands in `owners` (sentence -> split, which
    grows) as another split's.
    """
    split, rng = knowledge.split, random.Random(f"{seed}/nli/{lang}/{knowledge.split}")
    speaker = Speaker(knowledge, lang, rng)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for _ in range(_TRIES * count):
        if len(rows) == count:
            break
        form = draw_form(rng, len(rows) % len(LABELS))
        facts = _pair_of_split(knowledge, rng, form)
        premise, hypothesis = (grammar.written(lang, speaker.say(fact))[0] for fact in facts)
        if (premise, hypothesis) in rows or {owners.get(text, split) for text in (premise, hypothesis)} != {split}:
            continue
        owners |= {premise: split, hypothesis: split}
        rows[premise, hypothesis] = {
            "lang": lang, "split": split, "premise": premise, "hypothesis": hypothesis, "label": form.label
        }  # fmt: skip
    if len(rows) < count:
        raise TooFew(f"sizes.nli.{split}", count, len(rows), lang)
    return list(rows.values())


def _pair_of_split(knowledge: Knowledge, rng: random.Random, form: Form) -> tuple[Fact, Fact]:
    """A pair of the form, both of whose sentences belong to the split.

    The form is drawn first, so that it tells as much of the label in every split.
    """
    while True:
        facts = pair(knowledge, rng, claim(knowledge, rng), form)
        if all(split_of_scene(knowledge, fact) == knowledge.split for fact in facts):
            return facts


def qa(knowledge: Knowledge, articles: list[Article], count: int, seed: int) -> list[dict[str, Any]]:
    """Questions about facts that an article states, each with its answer span in that article's text."""
    lang, split = articles[0].lang, knowledge.split
    rng = random.Random(f"{seed}/qa/{lang}/{split}")
    asked = [(article, i, role) for article in articles for i, role in _askable(article)]
    if len(asked) < count:
        raise TooFew(f"sizes.qa.{split}", count, len(asked), lang)
    rng.shuffle(asked)
    speaker = Speaker(knowledge, lang, rng)
    rows = []
    for number, (article, index, role) in enumerate(asked[:count]):
        question = grammar.written(lang, speaker.ask(_loosened(rng, article, article.facts[index], role), role))[0]
        answer = _answer_span(article, index, role, speaker)
        rows.append(
            {"lang": lang, "split": split, "id": f"{lang}-{split}-{number}", "question": question,
             "context": article.text, "answers": [answer]}
        )  # fmt: skip
    return rows


def _askable(article: Article) -> Iterator[tuple[int, str]]:
    """(index of the sentence, role): one fact may be asked for in several ways, but only one fact may answer."""
    for index, fact in enumerate(article.facts):
        roles = {"S": fact.subject != article.subject, "O": fact.object and fact.verb != "is",
                 "P": fact.relation == "profession", "L": fact.place, "T": fact.time}  # fmt: skip
        for role, there in roles.items():
            others = [other for other in article.facts if other is not fact and other.verb == fact.verb]
            if there and not others and _value(fact, role) != article.subject:
                yield index, role


def _value(fact: Fact, role: str) -> Any:
    return {"S": fact.subject, "O": fact.object, "P": fact.object, "L": fact.place, "T": fact.time}[role]


def _loosened(rng: random.Random, article: Article, fact: Fact, asked: str) -> Fact:
    """The fact as a question states it: without some of the adjuncts, but with what is asked and whom it is about."""
    place = fact.place if asked == "L" or fact.place == article.subject or rng.random() < 0.5 else None
    time = fact.time if asked == "T" or rng.random() < 0.5 else None
    return replace(fact, place=place, time=time)


def _answer_span(article: Article, index: int, role: str, speaker: Speaker) -> dict[str, Any]:
    """{text, start in characters}: the words of the role, without adposition and without the word for year."""
    text, starts = grammar.written(article.lang, article.words)
    offset = sum(len(sentence) for sentence in article.sentences[:index])
    grammatical = {word.text for gloss in ("in", "the", "year-word") for word in speaker.function(gloss)}
    places = [
        offset + i
        for i, word in enumerate(article.sentences[index])
        if word.role == role and word.text not in grammatical
    ]
    start, last = starts[places[0]], places[-1]
    return {"text": text[start : starts[last] + len(article.words[last].text)], "start": start}


@dataclass(frozen=True)
class Query:
    """A question about an article: one fact with a role left open, or two facts whose subject is left open."""

    article: Article
    facts: tuple[Fact, ...]
    asked: str
    text: str = ""

    @property
    def described(self) -> bool:
        return len(self.facts) > 1

    def split(self, seed: int) -> str:
        return split_of_query(seed, self.facts, None if self.described else self.article.subject)

    @property
    def kept(self) -> str:
        """The adjunct that must not be left out: what is asked, or all that a fact without object says."""
        return "L" if self.described and any(fact.object is None for fact in self.facts) else self.asked


def queries(
    knowledges: Mapping[str, Knowledge], articles: list[Article], split: str, count: int, seed: int
) -> list[Query]:
    """`count` queries of a split about the collection `articles`; half name the subject, half only describe it.

    All splits ask about the same collection, as in MIRACL, but no two ask for the same facts, in whatever words.
    """
    lang = articles[0].lang
    rng = random.Random(f"{seed}/queries/{lang}/{split}")
    speakers = {name: Speaker(knowledge, lang, rng) for name, knowledge in knowledges.items()}
    wanted = [query for article in articles for query in _queries_about(article) if query.split(seed) == split]
    rng.shuffle(wanted)
    found: dict[str, Query] = {}
    for query in wanted * _WORDINGS:
        if len(found) == count:
            break
        speaker = speakers[query.article.split]
        facts = [_loosened(rng, query.article, fact, query.kept) for fact in query.facts]
        words = speaker.ask_who(facts) if query.described else speaker.ask(facts[0], query.asked)
        text = grammar.written(lang, words)[0]
        found.setdefault(text, replace(query, facts=tuple(facts), text=text))
    if len(found) < count:
        raise TooFew(f"sizes.retrieval.{split}", count, len(found), lang)
    return list(found.values())


def _queries_about(article: Article) -> list[Query]:
    named = [Query(article, (article.facts[index],), asked) for index, asked in _askable(article)]
    own = [fact for fact in article.facts if fact.subject == article.subject]
    return named + [Query(article, pair, "S") for pair in combinations(own, 2)]


def states(article: Article, wanted: Fact, asked: str) -> bool:
    """Does the article state the fact, whatever fills the role asked for and whatever the query left out?"""
    blank = {"S": "subject", "O": "object", "P": "object", "L": "place", "T": "time"}[asked]
    keys = [key for key in ("subject", "object", "place", "time") if key != blank and getattr(wanted, key) is not None]
    return any(
        fact.verb == wanted.verb and all(getattr(fact, key) == getattr(wanted, key) for key in keys)
        for fact in article.facts
    )
