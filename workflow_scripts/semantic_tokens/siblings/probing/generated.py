"""The same facts said in every language: parallel sentences of the embedded world.

They are scenes without names, since every language names the people of the world differently. They are of the test
split, so that no training example tells them. Synonyms are drawn separately in each language."""

import random
from collections.abc import Iterator, Sequence

from semantic_tokens.errors import InputError
from semantic_tokens.world import grammar
from semantic_tokens.world.knowledge import Fact, Knowledge, scene
from semantic_tokens.world.lexicon import Lexicon
from semantic_tokens.world.speaker import Speaker
from semantic_tokens.world.splits import split_of_scene

_TRIES = 1_000  # for each scene, so many that a world with enough of them is never refused by chance


def parallel_sentences(lexicon: Lexicon, languages: Sequence[str], count: int, seed: int) -> Iterator[dict[str, str]]:
    """`count` sentences in each language, as rows `lang, sentence_id, text`; no two are about the same three words.

    Raises InputError where the world has fewer scenes.
    """
    knowledge = Knowledge(lexicon, "test", seed)
    facts = _distinct_scenes(knowledge, count, seed)
    for lang in languages:
        speaker = Speaker(knowledge, lang, random.Random(f"{seed}/parallel/{lang}"))
        for number, fact in enumerate(facts):
            words = grammar.statement(lang, grammar.clause(lang, speaker.roles(fact)))
            yield {"lang": lang, "sentence_id": str(number), "text": grammar.written(lang, words)[0]}


def _distinct_scenes(knowledge: Knowledge, count: int, seed: int) -> list[Fact]:
    rng = random.Random(f"{seed}/parallel")
    found: dict[tuple[object, ...], Fact] = {}
    for _ in range(_TRIES * count):
        fact = scene(knowledge, rng)
        if split_of_scene(knowledge, fact) == "test":
            found.setdefault((fact.subject, fact.verb, fact.object), fact)
        if len(found) == count:
            return list(found.values())
    raise InputError(f"probing.sentences = {count}: the embedded world has {len(found)} scenes to tell; ask for fewer")
