"""Natural-language inference pairs: what follows from a fact, what contradicts it, and what it leaves open.

Polarity does not give the label away: both sentences may be negated under every label.
"""

import random
from dataclasses import replace

from semantic_tokens.world.knowledge import Fact, Knowledge, Ref, attribute, scene

LABELS = ("entailment", "neutral", "contradiction")
_BOTH_NEGATED = 0.2


def pair(knowledge: Knowledge, rng: random.Random, fact: Fact, label: int) -> tuple[Fact, Fact]:
    """(premise, hypothesis) built from a scene so that the label (index into LABELS) holds by construction."""
    ways = {0: (_generalised, _shortened), 1: (_specialised, _extended, _unrelated), 2: (_opposed, _denied)}[label]
    if rng.random() < _BOTH_NEGATED:
        ways = {0: (_repeated_denial,), 1: (_unrelated_denial,), 2: (_affirmed,)}[label]
    return rng.choice(ways)(knowledge, rng, fact)


def _generalised(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    """A dog eats bread => an animal eats food. Where a concept has no hypernym it is only said again."""
    general = _shortened(know, rng, fact)[1]
    above = _above(know, fact.object) if fact.object else None
    return fact, replace(general, subject=_above(know, fact.subject), object=above)


def _shortened(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    return fact, replace(fact, modifier="", count=0, place=None, time=None)


def _repeated_denial(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    denied = replace(fact, negated=True)
    return denied, denied


def _specialised(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    """An animal eats food does not say whether a dog eats bread."""
    general = _generalised(know, rng, fact)[1]
    changed = (general.subject, general.object) != (fact.subject, fact.object)
    return (general, fact) if changed else _extended(know, rng, fact)


def _extended(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    """The hypothesis says more than the premise: a property or a place that was not mentioned."""
    plain = _shortened(know, rng, fact)[1]
    place = know.any_of(rng, "building", "nature")
    thing = str(fact.object.key) if fact.object else ""
    return plain, replace(plain, modifier=attribute(know, rng, thing), place=place)


def _unrelated(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    """The same subject, something else that it does."""
    return fact, replace(scene(know, rng), subject=fact.subject)


def _unrelated_denial(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    premise, hypothesis = _unrelated(know, rng, fact)
    return replace(premise, negated=True), replace(hypothesis, negated=True)


def _opposed(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    """The antonym of the verb, or else of an adjective, with everything else as it was."""
    concepts = know.lexicon.concepts
    verb = concepts[fact.verb].antonym
    if verb:
        return fact, replace(fact, verb=verb)
    adjectives = [name for kind in ("quality", "size") for name in know.lexicon.members[kind] if concepts[name].antonym]
    adjective = rng.choice(adjectives)
    return replace(fact, modifier=adjective), replace(fact, modifier=concepts[adjective].antonym)


def _denied(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    return fact, replace(rng.choice((fact, _shortened(know, rng, fact)[1])), negated=True)


def _affirmed(know: Knowledge, rng: random.Random, fact: Fact) -> tuple[Fact, Fact]:
    return replace(fact, negated=True), fact


def _above(know: Knowledge, ref: Ref) -> Ref:
    hypernym = know.lexicon.concepts[str(ref.key)].hypernym if ref.kind == "concept" else ""
    return Ref("concept", hypernym) if hypernym else ref
