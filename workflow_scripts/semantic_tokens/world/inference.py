"""Natural-language inference pairs: what follows from a claim, what contradicts it, and what it leaves open.

To say the same of a thing follows and to deny it contradicts; to say the opposite contradicts and to deny *that*
follows; to say something else is open, denied or not. Any label may be denied, generalised or shortened, so only the
meaning of both sentences decides; but, as in real collections, form tells something: most denials contradict, and most
general hypotheses follow (Gururangan et al., 2018, find that the hypothesis alone gives away 53-67% of SNLI and MNLI).
`test_world.py` holds what polarity and adjuncts alone give away to under 58%; what single words add is not measured.
"""

import random
from dataclasses import dataclass, replace

from semantic_tokens.world.knowledge import Fact, Knowledge, Ref, has_opposite, opposite, scene, topic

LABELS = ("entailment", "neutral", "contradiction")
_DENIED = {"entailment": 0.12, "neutral": 0.12, "contradiction": 0.7}
_GENERAL = {"entailment": 0.8, "neutral": 0.1, "contradiction": 0.1}
_COPULAR, _SPECIFIC = 0.15, 0.1


def claim(knowledge: Knowledge, rng: random.Random) -> Fact:
    """Something that has an opposite: a property with an antonym, or a scene whose verb has one."""
    fact = scene(knowledge, rng)
    if rng.random() < _COPULAR:
        return replace(fact, verb="is", object=Ref("concept", _property(knowledge, rng)), modifier="", count=0)
    while not has_opposite(knowledge, fact):
        fact = scene(knowledge, rng)
    return fact


@dataclass(frozen=True)
class Form:
    """What a pair looks like, whatever it is about. `label` is an index into LABELS; the hypothesis is denied, said of
    the general, or shortened; `specific`: the premise is of the general, and the hypothesis asks about one instance."""

    label: int
    denied: bool
    general: bool
    specific: bool
    shortened: bool


def draw_form(rng: random.Random, label: int) -> Form:
    name = LABELS[label]
    denied, general = rng.random() < _DENIED[name], rng.random() < _GENERAL[name]
    return Form(label, denied, general, name == "neutral" and rng.random() < _SPECIFIC, rng.random() < 0.5)


def pair(knowledge: Knowledge, rng: random.Random, premise: Fact, form: Form) -> tuple[Fact, Fact]:
    """(premise, hypothesis) made from a claim so that the form's label holds by construction."""
    above = _generalised(knowledge, premise)
    if form.specific and above != premise:
        # An animal loves food does not say whether a dog loves bread, or hates it.
        premise, hypothesis = above, rng.choice((premise, opposite(knowledge, premise)))
    else:
        hypothesis = _said_of_the_same(knowledge, rng, premise, LABELS[form.label], form.denied)
        hypothesis = _generalised(knowledge, hypothesis) if form.general else hypothesis
    if form.shortened:
        hypothesis = replace(hypothesis, modifier="", count=0, place=None, time=None)
    return premise, replace(hypothesis, negated=form.denied)


def _said_of_the_same(know: Knowledge, rng: random.Random, premise: Fact, label: str, denied: bool) -> Fact:
    if label == "neutral":
        return _something_else(know, rng, premise)
    follows = label == "entailment"
    return premise if follows != denied else opposite(know, premise)


def _something_else(know: Knowledge, rng: random.Random, fact: Fact) -> Fact:
    """Another claim about the same subject, in the same form, unrelated to the first."""
    while True:
        said = claim(know, rng)
        other = replace(fact, verb=said.verb, object=said.object)
        if (other.verb == "is") == (fact.verb == "is") and topic(other) not in _kin(know, topic(fact)):
            return other


def _generalised(know: Knowledge, fact: Fact) -> Fact:
    """The dog loves the bread => the animal loves the food. A concept without hypernym stays."""
    above = fact.object if fact.verb == "is" or fact.object is None else _above(know, fact.object)
    return replace(fact, subject=_above(know, fact.subject), object=above)


def _kin(know: Knowledge, concept: str) -> set[str]:
    """A concept, its antonym, and what is related to either."""
    names = {concept, _antonym(know, concept)}
    return names.union(*(know.lexicon.concepts[name].related for name in names))


def _antonym(know: Knowledge, concept: str) -> str:
    return know.lexicon.concepts[concept].antonym


def _property(know: Knowledge, rng: random.Random) -> str:
    members = know.lexicon.members
    return rng.choice([name for kind in ("quality", "size") for name in members[kind] if _antonym(know, name)])


def _above(know: Knowledge, ref: Ref) -> Ref:
    hypernym = know.lexicon.concepts[str(ref.key)].hypernym
    return Ref("concept", hypernym) if hypernym else ref
