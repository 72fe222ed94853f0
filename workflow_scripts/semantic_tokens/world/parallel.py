"""The same scenes told in every language: text for tasks across languages.

No scene has a name or a number, which would give it away: what a text and its translation share is meaning alone. Which
synonyms are used is drawn anew in each language, a question's again.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from semantic_tokens.world import grammar
from semantic_tokens.world.knowledge import Fact, Knowledge, scene
from semantic_tokens.world.speaker import Speaker
from semantic_tokens.world.splits import split_of_scene
from semantic_tokens.world.too_few import TooFew

_SENTENCES = 3  # of a passage
_SPARE = 2  # passages drawn for each that is wanted, for some have no question that they alone answer
_TRIES = 500  # scenes drawn in vain before the world is taken to have no more


def bitext(knowledge: Knowledge, languages: Sequence[str], count: int, seed: int) -> list[dict[str, Any]]:
    """Rows of the table bitext: `count` sentences of the knowledge's split, in every language."""
    facts = _scenes(knowledge, count, f"{seed}/bitext/{knowledge.split}")
    if len(facts) < count:
        raise TooFew(f"sizes.bitext.{knowledge.split}", count, len(facts), languages[0])
    return [
        {"lang": lang, "split": knowledge.split, "sentence_id": f"{knowledge.split}-{number}", "text": text}
        for lang in languages
        for number, text in enumerate(_told(knowledge, lang, facts, f"{seed}/bitext"))
    ]


def clir(knowledge: Knowledge, languages: Sequence[str], count: int, seed: int) -> list[dict[str, Any]]:
    """Rows of the table clir: `count` passages of three scenes, and a question about one of them, in every language.

    No other passage of the split answers the question.
    """
    split, rng = knowledge.split, random.Random(f"{seed}/clir/asked/{knowledge.split}")
    facts = _scenes(knowledge, _SENTENCES * _SPARE * count, f"{seed}/clir/{split}")
    asked = _asked([facts[i : i + _SENTENCES] for i in range(0, len(facts) - _SENTENCES + 1, _SENTENCES)], rng)[:count]
    if len(asked) < count:
        raise TooFew(f"sizes.clir.{split}", count, len(asked), languages[0])
    rows = list[dict[str, Any]]()
    for lang in languages:
        told = iter(_told(knowledge, lang, [fact for passage, _, _ in asked for fact in passage], f"{seed}/clir"))
        speaker = Speaker(knowledge, lang, random.Random(f"{seed}/clir/questions/{lang}/{split}"))
        for number, (_, fact, role) in enumerate(asked):
            question = speaker.ask(replace(fact, place=None, time=None), role)
            rows.append({
                "lang": lang, "split": split, "query_id": f"{split}-{number}", "passage_id": f"{split}-{number}",
                "question": grammar.written(lang, question)[0],
                "passage": grammar.PROFILES[lang].space.join(islice(told, _SENTENCES)),
            })  # fmt: skip
    return rows


def _asked(passages: Sequence[Sequence[Fact]], rng: random.Random) -> list[tuple[Sequence[Fact], Fact, str]]:
    """(passage, a fact of it, the role to ask for) of all passages that have a question which no other one answers."""
    told = Counter(_left(fact, role) for passage in passages for fact in passage for role in "SO")
    found = []
    for passage in passages:
        open_ones = [(fact, role) for fact in passage for role in "SO" if told[_left(fact, role)] == 1]
        if open_ones:
            found.append((passage, *rng.choice(open_ones)))
    return found


def _left(fact: Fact, role: str) -> tuple[object, ...]:
    """What a question for this role says."""
    return role, fact.verb, fact.object if role == "S" else fact.subject


def _scenes(knowledge: Knowledge, count: int, key: str) -> list[Fact]:
    """`count` scenes of the split, no two of the same subject, verb and object; fewer where it has not so many."""
    rng, found, in_vain = random.Random(key), dict[tuple[object, ...], Fact](), 0
    while len(found) < count and in_vain < _TRIES:
        fact = replace(scene(knowledge, rng), count=0)
        told = fact.subject, fact.verb, fact.object
        in_vain += 1
        if told not in found and split_of_scene(knowledge, fact) == knowledge.split:
            found[told], in_vain = fact, 0
    return list(found.values())


def _told(knowledge: Knowledge, lang: str, facts: Sequence[Fact], key: str) -> list[str]:
    """The scenes as sentences."""
    speaker = Speaker(knowledge, lang, random.Random(f"{key}/{lang}/{knowledge.split}"))
    clauses = (grammar.clause(lang, speaker.roles(fact)) for fact in facts)
    return [grammar.written(lang, grammar.statement(lang, words))[0] for words in clauses]


# task -> its rows
TABLES = {"clir": clir, "bitext": bitext}
