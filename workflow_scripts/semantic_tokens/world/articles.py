"""Encyclopaedia-like articles: a title and a few sentences, each saying one fact."""

import random
from dataclasses import dataclass

from semantic_tokens.world import grammar
from semantic_tokens.world.grammar import Word
from semantic_tokens.world.knowledge import SPLITS, Fact, Knowledge, Ref, scene, scene_slots
from semantic_tokens.world.lexicon import Lexicon
from semantic_tokens.world.speaker import Speaker

_SENTENCES = 5


@dataclass(frozen=True)
class Article:
    """One article about `subject` in one language. `facts[i]` is what `sentences[i]` says."""

    lang: str
    split: str
    subject: Ref
    title: str
    facts: tuple[Fact, ...]
    sentences: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> list[Word]:
        return [word for sentence in self.sentences for word in sentence]

    @property
    def text(self) -> str:
        return grammar.written(self.lang, self.words)[0]


def entity_articles(knowledges: dict[str, Knowledge], lang: str, seed: int) -> list[Article]:
    """One article for each person, organisation and place of each split, shuffled."""
    articles = [
        _article(knowledges[split], lang, subject, seed) for split in SPLITS for subject in knowledges[split].entities()
    ]
    random.Random(f"{seed}/order/{lang}").shuffle(articles)
    return articles


def concept_articles(knowledge: Knowledge, lang: str, count: int, seed: int) -> list[Article]:
    """`count` articles that go round the concepts, each telling other scenes: the bulk of the pretraining text."""
    lexicon = knowledge.lexicon
    subjects = [name for name in lexicon.concepts if scene_slots(lexicon, name)]
    return [_concept_article(knowledge, lang, subjects[i % len(subjects)], i, seed) for i in range(count)]


def _article(knowledge: Knowledge, lang: str, subject: Ref, seed: int) -> Article:
    rng = random.Random(f"{seed}/article/{lang}/{knowledge.split}/{subject.kind}/{subject.key}")
    facts = knowledge.facts(subject)
    return _told(knowledge, lang, subject, rng.sample(facts, min(_SENTENCES, len(facts))), rng)


def _concept_article(knowledge: Knowledge, lang: str, name: str, index: int, seed: int) -> Article:
    rng = random.Random(f"{seed}/article/{lang}/concept/{name}/{index}")
    subject = Ref("concept", name)
    facts = rng.sample(knowledge.facts(subject), 1) if knowledge.facts(subject) else []
    facts += [scene(knowledge, rng, name) for _ in range(_SENTENCES - len(facts))]
    return _told(knowledge, lang, subject, facts, rng)


def _told(knowledge: Knowledge, lang: str, subject: Ref, facts: list[Fact], rng: random.Random) -> Article:
    speaker = Speaker(knowledge, lang, rng)
    title = grammar.written(lang, speaker.phrase(subject))[0]
    sentences = tuple(tuple(speaker.say(fact)) for fact in facts)
    return Article(lang, knowledge.split, subject, title, tuple(facts), sentences)


def knowledge_bases(lexicon: Lexicon, seed: int) -> dict[str, Knowledge]:
    return {split: Knowledge(lexicon, split, seed) for split in SPLITS}
