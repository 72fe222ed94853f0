"""The knowledge base: who and what exists in the world, and the facts about them, before any language says them.

Facts are drawn from one seed and shared by all languages. People, places and organisations belong to one split each
(train, dev or test), under names that no other split uses, so a test question is never about something that a training
question was about. What is generally true of concepts (a dog is an animal, cooks use knives) is shared.
"""

import random
from dataclasses import dataclass, replace
from functools import cache

from semantic_tokens.world.lexicon import LANGUAGES, Lexicon
from semantic_tokens.world.names import name_pools, offered_by_all

COUNTED = ("animal", "vehicle", "tool", "clothing", "object")
_PREFERRED, _KEPT_TO_PREFERENCE = 3, 0.8
PHYSICAL = ("animal", "vehicle", "tool", "clothing", "building", "furniture", "instrument", "object", "plant", "food")

# verb -> (classes of its subject, classes of its object)
SELECTION: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "to-eat": (("animal", "kin", "job"), ("food", "plant")),
    "to-drink": (("animal", "kin", "job"), ("drink",)),
    "to-wear": (("kin", "job"), ("clothing",)),
    "to-drive": (("job", "kin"), ("vehicle",)),
    "to-use": (("job",), ("tool", "material")),
    "to-play": (("job", "kin"), ("instrument",)),
    "to-build": (("job",), ("building", "furniture")),
    "to-buy": (("kin", "job"), ("food", "clothing", "vehicle", "furniture", "object", "tool")),
    "to-sell": (("job",), ("food", "clothing", "vehicle", "furniture", "object", "material")),
    "to-love": (("kin", "animal"), ("food", "animal", "subject", "kin")),
    "to-hate": (("kin", "job"), ("weather", "animal", "subject", "drink")),
    "to-fear": (("animal", "kin"), ("animal", "weather")),
    "to-own": (("job", "kin"), ("vehicle", "animal", "building", "instrument")),
    "to-make": (("job",), ("furniture", "tool", "clothing", "instrument", "material")),
    "to-see": (("kin", "animal"), ("nature", "animal", "building")),
    "to-find": (("kin", "job"), ("object", "material", "plant")),
    "to-lose": (("kin", "job"), ("object", "clothing", "tool")),
    "to-open": (("kin", "job"), ("building", "object", "furniture")),
    "to-close": (("kin", "job"), ("building", "object", "furniture")),
    "to-teach": (("job",), ("subject",)),
    "to-learn": (("kin",), ("subject", "instrument")),
    "to-study": (("job",), ("subject", "animal", "plant", "weather")),
    "to-write": (("job",), ("object",)),
    "to-read": (("kin",), ("object",)),
    "to-carry": (("job", "animal"), ("material", "object", "food")),
    "to-cut": (("job",), ("plant", "material", "body")),
    "to-wash": (("kin",), ("clothing", "body", "vehicle")),
    "to-clean": (("job", "kin"), ("building", "furniture", "tool")),
    "to-cook": (("kin", "job"), ("food",)),
    "to-grow": (("job",), ("plant", "food")),
    "to-catch": (("animal", "job"), ("animal",)),
    "to-give": (("kin",), ("object", "drink")),
    "to-take": (("kin",), ("object", "tool")),
    "to-help": (("kin", "job"), ("kin", "job")),
}


@dataclass(frozen=True)
class Ref:
    """What a fact is about: a concept, person, place, organisation or number. Entities are numbered within a split."""

    kind: str
    key: str | int
    split: str = ""


@dataclass(frozen=True)
class Fact:
    """One clause's worth of knowledge. `verb` is a verb concept, or `is` where the `object` is a predicate."""

    subject: Ref
    verb: str
    object: Ref | None = None
    modifier: str = ""
    count: int = 0
    place: Ref | None = None
    time: Ref | None = None
    negated: bool = False
    relation: str = "scene"


def topic(fact: Fact) -> str:
    """The concept that a fact says of its subject: the predicate, or the verb."""
    return str(fact.object.key) if fact.verb == "is" and fact.object else fact.verb


class Knowledge:
    """The facts of one split, and how many entities it has; their names are chosen per language (`name_pools`)."""

    def __init__(self, lexicon: Lexicon, split: str, seed: int) -> None:
        self.lexicon, self.split, self.seed = lexicon, split, seed
        # Its articles mention entities of training too.
        self.names = {
            one: {lang: name_pools(lexicon, lang, one, seed) for lang in LANGUAGES} for one in {split, "train"}
        }
        self.sizes = {one: offered_by_all(pools) for one, pools in self.names.items()}

    def counts(self, split: str) -> dict[str, int]:
        """Entities of a split by kind: a person is a given and a family name, an organisation a stem and a type."""
        size = self.sizes[split]
        return {
            "person": size["given"] * size["family"],
            "organisation": size["organisation"] * len(ORGANISATION_TYPES),
            "place": size["place"],
        }

    def entities(self) -> list[Ref]:
        counts = self.counts(self.split)
        return [Ref(kind, index, self.split) for kind, count in counts.items() for index in range(count)]

    def facts(self, subject: Ref) -> list[Fact]:
        """Every fact about an entity or concept, always the same for the same seed."""
        rng = random.Random(f"{self.seed}/{self.split}/{subject.kind}/{subject.key}")
        return _FACTS[subject.kind](self, subject, rng)

    def any_of(self, rng: random.Random, *classes: str) -> Ref:
        return Ref("concept", rng.choice(self.lexicon.members[rng.choice(classes)]))

    def person(self, rng: random.Random) -> Ref:
        return self._mentioned(rng, "person")

    def place(self, rng: random.Random) -> Ref:
        return self._mentioned(rng, "place")

    def organisation(self, rng: random.Random) -> Ref:
        return self._mentioned(rng, "organisation")

    def _mentioned(self, rng: random.Random, kind: str) -> Ref:
        """Half of what dev and test articles mention beside their subject is known from training, as in real text."""
        split = rng.choice((self.split, "train"))
        return Ref(kind, rng.randrange(self.counts(split)[kind]), split)


ORGANISATION_TYPES = ("company", "club", "institute", "association")


def has_opposite(knowledge: Knowledge, fact: Fact) -> bool:
    """Does the fact's predicate or verb have an antonym?"""
    return bool(knowledge.lexicon.concepts[topic(fact)].antonym)


def opposite(knowledge: Knowledge, fact: Fact) -> Fact:
    """The antonym of the verb or of the predicate, with everything else as it was. KeyError where it has none."""
    antonym = knowledge.lexicon.concepts[topic(fact)].antonym
    return replace(fact, object=Ref("concept", antonym)) if fact.verb == "is" else replace(fact, verb=antonym)


def scene(knowledge: Knowledge, rng: random.Random, about: str = "") -> Fact:
    """Something that happens: a subject does something to an object it often does that to; `about` takes part in it."""
    lexicon = knowledge.lexicon
    role, verb = rng.choice(scene_slots(lexicon, about)) if about else ("", rng.choice(tuple(SELECTION)))
    subjects, objects = SELECTION[verb]
    subject = about if role == "subject" else rng.choice(lexicon.members[rng.choice(subjects)])
    target = about if role == "object" else _preferred(knowledge, rng, subject, verb, objects)
    fact = Fact(Ref("concept", subject), verb, Ref("concept", target))
    return _with_adjuncts(knowledge, rng, fact)


def scene_slots(lexicon: Lexicon, concept: str) -> tuple[tuple[str, str], ...]:
    """The (role, verb) pairs that a concept's class may fill; empty for verbs, adjectives and times."""
    name = lexicon.concepts[concept].semantic_class
    return tuple(
        (role, verb) for verb, classes in SELECTION.items() for role, allowed in zip(("subject", "object"), classes)
        if name in allowed
    )  # fmt: skip


def _preferred(knowledge: Knowledge, rng: random.Random, subject: str, verb: str, classes: tuple[str, ...]) -> str:
    """Each subject has its few usual objects of a verb (related concepts first): words get contexts of their own."""
    members = knowledge.lexicon.members
    candidates = [concept for name in classes for concept in members[name]]
    if rng.random() > _KEPT_TO_PREFERENCE:
        return rng.choice(candidates)
    related = [concept for concept in knowledge.lexicon.concepts[subject].related if concept in candidates]
    habits = _drawn_once(f"{knowledge.seed}/habit/{subject}/{verb}", tuple(candidates), _PREFERRED)
    return rng.choice((*related, *habits)[:_PREFERRED])


@cache
def _drawn_once(key: str, candidates: tuple[str, ...], count: int) -> tuple[str, ...]:
    """A sample that depends on its key alone: what holds of a concept holds in every language and article."""
    return tuple(random.Random(key).sample(candidates, count))


def _with_adjuncts(knowledge: Knowledge, rng: random.Random, fact: Fact) -> Fact:
    target = str(fact.object.key) if fact.object else ""
    object_class = knowledge.lexicon.concepts[target].semantic_class
    if object_class in PHYSICAL and rng.random() < 0.4:
        fact = replace(fact, modifier=attribute(knowledge, rng, target))
    if object_class in COUNTED and rng.random() < 0.15:
        fact = replace(fact, count=rng.randint(1, 10))
    if rng.random() < 0.3:
        fact = replace(fact, place=knowledge.any_of(rng, "building", "nature"))
    elif rng.random() < 0.4:
        fact = replace(fact, time=knowledge.any_of(rng, "season", "time", "weather"))
    return fact


def attribute(knowledge: Knowledge, rng: random.Random, concept: str) -> str:
    """An adjective for a thing: mostly one of its usual two, otherwise any."""
    choices = tuple(word for name in ("colour", "size", "quality") for word in knowledge.lexicon.members[name])
    if rng.random() < _KEPT_TO_PREFERENCE:
        choices = _drawn_once(f"{knowledge.seed}/attribute/{concept}", choices, 2)
    return rng.choice(choices)


def _year(rng: random.Random) -> Ref:
    return Ref("number", rng.randint(1800, 2020))


def _person_facts(know: Knowledge, who: Ref, rng: random.Random) -> list[Fact]:
    own = know.any_of(rng, "vehicle", "animal", "instrument")
    return [
        Fact(who, "to-be-born", place=know.place(rng), time=_year(rng), relation="birth"),
        Fact(who, "is", know.any_of(rng, "job"), relation="profession"),
        Fact(who, "to-work", place=know.organisation(rng), relation="employer"),
        Fact(who, "to-love", know.any_of(rng, "food", "animal", "drink"), relation="loves"),
        Fact(who, "to-own", own, attribute(know, rng, str(own.key)), relation="owns"),
        Fact(who, "to-marry", know.person(rng), time=_year(rng), relation="marriage"),
        Fact(who, "to-study", know.any_of(rng, "subject"), place=know.organisation(rng), relation="studies"),
        Fact(who, "to-fear", know.any_of(rng, "animal", "weather"), relation="fears"),
        Fact(who, "is", know.any_of(rng, "quality"), relation="character"),
    ]


def _organisation_facts(know: Knowledge, what: Ref, rng: random.Random) -> list[Fact]:
    goods = ("vehicle", "tool", "clothing", "furniture", "instrument")
    made, sold = know.any_of(rng, *goods), know.any_of(rng, "food", "object", "material", "drink")
    return [
        Fact(know.person(rng), "to-found", what, place=know.place(rng), time=_year(rng), relation="foundation"),
        Fact(what, "to-make", made, attribute(know, rng, str(made.key)), relation="makes"),
        Fact(what, "to-sell", sold, place=know.place(rng), relation="sells"),
        Fact(know.person(rng), "to-lead", what, relation="leader"),
        Fact(what, "to-own", know.any_of(rng, "building"), place=know.place(rng), relation="owns"),
        Fact(what, "is", know.any_of(rng, "quality", "size"), relation="character"),
    ]


def _place_facts(know: Knowledge, where: Ref, rng: random.Random) -> list[Fact]:
    return [
        Fact(where, "to-grow", know.any_of(rng, "food", "plant"), relation="grows"),
        Fact(where, "to-sell", know.any_of(rng, "material", "clothing", "drink"), relation="sells"),
        Fact(where, "is", know.any_of(rng, "quality", "size"), relation="character"),
        Fact(know.organisation(rng), "to-build", know.any_of(rng, "building"), place=where, time=_year(rng),
             relation="building"),
        Fact(know.person(rng), "to-live", place=where, relation="inhabitant"),
        Fact(know.person(rng), "to-die", place=where, time=_year(rng), relation="death"),
    ]  # fmt: skip


def _concept_facts(know: Knowledge, what: Ref, rng: random.Random) -> list[Fact]:
    concept = know.lexicon.concepts[str(what.key)]
    facts = [Fact(what, "is", Ref("concept", concept.hypernym), relation="kind")] if concept.hypernym else []
    if concept.semantic_class in PHYSICAL:
        facts.append(Fact(what, "is", Ref("concept", attribute(know, rng, concept.name)), relation="character"))
    if concept.semantic_class == "animal":
        facts.append(Fact(what, "to-live", place=know.any_of(rng, "nature"), relation="habitat"))
    return facts


_FACTS = {
    "person": _person_facts,
    "organisation": _organisation_facts,
    "place": _place_facts,
    "concept": _concept_facts,
}
