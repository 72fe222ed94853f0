"""The same facts said in every language: parallel sentences of the embedded world.

They are scenes without names, for every language gives the people of the world names of its own, and of the test split,
so that no example of training tells them. Which synonyms are used is drawn anew in each language.
"""

import random
from collections.abc import Iterator, Sequence

from semantic_tokens.world import grammar
from semantic_tokens.world.examples import split_of
from semantic_tokens.world.knowledge import Fact, Knowledge, scene
from semantic_tokens.world.lexicon import Lexicon
from semantic_tokens.world.speaker import Speaker


def parallel_sentences(lexicon: Lexicon, languages: Sequence[str], count: int, seed: int) -> Iterator[dict[str, str]]:
    """`count` sentences in each language, as rows `lang, sentence_id, text`; no two are about the same three words."""
    knowledge = Knowledge(lexicon, "test", seed)
    facts = _distinct_scenes(knowledge, count, seed)
    for lang in languages:
        speaker = Speaker(knowledge, lang, random.Random(f"{seed}/parallel/{lang}"))
        for number, fact in enumerate(facts):
            words = grammar.statement(lang, grammar.clause(lang, speaker.roles(fact)))
            yield {"lang": lang, "sentence_id": str(number), "text": grammar.written(lang, words)[0]}


def _distinct_scenes(knowledge: Knowledge, count: int, seed: int) -> list[Fact]:
    rng = random.Random(f"{seed}/parallel")
    found: dict[tuple, Fact] = {}
    while len(found) < count:
        fact = scene(knowledge, rng)
        if split_of(fact, seed) == "test":
            found.setdefault((fact.subject, fact.verb, fact.object), fact)
    return list(found.values())
