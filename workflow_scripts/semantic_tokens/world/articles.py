"""Encyclopaedia-like articles: a title and a few sentences, each saying one fact."""

import random
from dataclasses import dataclass, replace

from semantic_tokens.world import grammar
from semantic_tokens.world.grammar import Word
from semantic_tokens.world.knowledge import Fact, Knowledge, Ref, has_opposite, opposite, scene, scene_slots
from semantic_tokens.world.lexicon import Lexicon
from semantic_tokens.world.names import SPLITS
from semantic_tokens.world.speaker import Speaker
from semantic_tokens.world.too_few import TooFew

_SENTENCES = 3
_PASSAGE_SENTENCES = 2
_RETOLD, _CONTRASTED = 0.6, 0.5


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
    subjects = _entities(knowledges, f"{seed}/order/article/{lang}")
    return [_article(knowledges[one.split], lang, one, f"{seed}/article", _SENTENCES) for one in subjects]


def collection(knowledges: dict[str, Knowledge], lang: str, size: int, seed: int) -> list[Article]:
    """`size` short passages to search, no two of them about subjects that share their distinguishing name.

    Raises TooFew where the language has too few such names.
    """
    subjects: dict[str, Ref] = {}
    for subject in _entities(knowledges, f"{seed}/order/passage/{lang}"):
        subjects.setdefault(_distinguishing_name(knowledges[subject.split], lang, subject), subject)
    if len(subjects) < size:
        raise TooFew("passages", size, len(subjects), lang)
    chosen = list(subjects.values())[:size]
    return [_article(knowledges[one.split], lang, one, f"{seed}/passage", _PASSAGE_SENTENCES) for one in chosen]


def _entities(knowledges: dict[str, Knowledge], key: str) -> list[Ref]:
    """All entities of all splits, shuffled."""
    entities = [subject for split in SPLITS for subject in knowledges[split].entities()]
    random.Random(key).shuffle(entities)
    return entities


def _distinguishing_name(knowledge: Knowledge, lang: str, subject: Ref) -> str:
    """The word of a name that the fewest others bear: family name, name of the place, stem of the organisation."""
    speaker = Speaker(knowledge, lang, random.Random(0))
    words = speaker.entity(subject)
    common = speaker.given_names | speaker.organisation_types
    return next(word for word in words if word not in common)


def concept_articles(knowledge: Knowledge, lang: str, count: int, seed: int) -> list[Article]:
    """`count` articles that cycle through the concepts, each with different scenes: the bulk of the pretraining
    text."""
    lexicon = knowledge.lexicon
    subjects = [name for name in lexicon.concepts if scene_slots(lexicon, name)]
    return [_concept_article(knowledge, lang, subjects[i % len(subjects)], i, seed) for i in range(count)]


def _article(knowledge: Knowledge, lang: str, subject: Ref, seed: str, sentences: int) -> Article:
    rng = random.Random(f"{seed}/{lang}/{knowledge.split}/{subject.kind}/{subject.key}")
    facts = knowledge.facts(subject)
    return _told(knowledge, lang, subject, rng.sample(facts, min(sentences, len(facts))), rng)


def _concept_article(knowledge: Knowledge, lang: str, name: str, index: int, seed: int) -> Article:
    rng = random.Random(f"{seed}/article/{lang}/concept/{name}/{index}")
    subject = Ref("concept", name)
    facts = rng.sample(knowledge.facts(subject), 1) if knowledge.facts(subject) else []
    facts += [scene(knowledge, rng, name) for _ in range(_SENTENCES - len(facts))]
    return _told(knowledge, lang, subject, facts, rng)


def retold(article: Article, knowledge: Knowledge, seed: int) -> str:
    """The article's text for pretraining. It ends by saying some facts again, in other words or by their opposite.

    Running text repeats itself; a model learns from that which words may stand for which and which exclude each other.
    """
    rng = random.Random(f"{seed}/retold/{article.lang}/{article.split}/{article.subject.key}/{len(article.words)}")
    speaker = Speaker(knowledge, article.lang, rng)
    again = [fact for fact in article.facts if rng.random() < _RETOLD]
    contrasted = [_contrast(knowledge, fact) if rng.random() < _CONTRASTED else fact for fact in again]
    said = [word for fact in rng.sample(contrasted, len(contrasted)) for word in speaker.say(fact)]
    return grammar.written(article.lang, [*article.words, *said])[0]


def _contrast(knowledge: Knowledge, fact: Fact) -> Fact:
    """The denial of the opposite, where there is one: "it is not small" for something big."""
    return replace(opposite(knowledge, fact), negated=True) if has_opposite(knowledge, fact) else fact


def _told(knowledge: Knowledge, lang: str, subject: Ref, facts: list[Fact], rng: random.Random) -> Article:
    speaker = Speaker(knowledge, lang, rng)
    title = grammar.written(lang, speaker.phrase(subject))[0]
    sentences = tuple(tuple(speaker.say(fact)) for fact in facts)
    return Article(lang, knowledge.split, subject, title, tuple(facts), sentences)


def knowledge_bases(lexicon: Lexicon, seed: int) -> dict[str, Knowledge]:
    return {split: Knowledge(lexicon, split, seed) for split in SPLITS}
