"""The split to which a scene or question belongs, by what it is about and never by its words or language.

So no rewording, looser question or translation of a test item is trained on.
"""

import random
from collections.abc import Sequence

from semantic_tokens.world.knowledge import Fact, Knowledge, Ref, topic


def split_of_scene(knowledge: Knowledge, fact: Fact) -> str:
    """The split of a scene, whatever its modifier, adjuncts and polarity: a scene and its opposite share theirs."""
    name = topic(fact)
    about = min(name, knowledge.lexicon.concepts[name].antonym or name)
    target = "" if fact.verb == "is" or fact.object is None else fact.object.key
    draw = _draw(knowledge.seed, "split", fact.subject.key, about, target)
    return "train" if draw < 0.6 else "dev" if draw < 0.75 else "test"


def split_of_query(seed: int, facts: Sequence[Fact], subject: Ref | None) -> str:
    """The split of a query: one for all questions that name the article's `subject` and ask about the same fact, and,
    with `subject` None, one for all that only describe it by the same facts, whoever it is; adjuncts count for nothing.
    """
    told = sorted(fact.verb if subject else f"{fact.verb} {fact.object or fact.place}" for fact in facts)
    draw = _draw(seed, "query", subject, *told)
    return "train" if draw < 0.7 else "dev" if draw < 0.8 else "test"


def _draw(seed: int, kind: str, *about: object) -> float:
    return random.Random("/".join(map(str, (seed, kind, *about)))).random()
