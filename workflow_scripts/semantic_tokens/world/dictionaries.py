"""Bilingual word lists in place of the four CLSA sources, with the defects of the real ones (paper, section 2.2).

MUSE pivots on English and links frequent forms; PanLex links anything to anything, with the most noise; Concepticon
lists dictionary forms of basic concepts; ColexNet links words of concepts that one word may express somewhere.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from semantic_tokens.world.lexicon import Concept, Lexicon

Pair = tuple[Concept, tuple[str, str, str, str]]  # what the second word means; word_a, lang_a, word_b, lang_b


def word_pairs(
    lexicon: Lexicon, languages: list[str], sources: Mapping[str, tuple[float, float]], seed: int
) -> list[dict[str, Any]]:
    """Rows of the `word_pairs` table. `sources`: name -> (share of the possible pairs listed, share of those wrong)."""
    rows = []
    for source, (coverage, noise) in sources.items():
        rng = random.Random(f"{seed}/dictionary/{source}")
        possible = list(_PAIRS[source](lexicon, languages))
        listed = sorted(rng.sample(range(len(possible)), round(coverage * len(possible))))
        wrong = set(rng.sample(listed, round(noise * len(listed))))
        for index in listed:
            concept, (word_a, lang_a, word_b, lang_b) = possible[index]
            word_b = _of_another(lexicon, rng, concept, lang_b) if index in wrong else word_b
            rows.append({"word_a": word_a, "lang_a": lang_a, "word_b": word_b, "lang_b": lang_b, "source": source})
    return rows


def _of_another(lexicon: Lexicon, rng: random.Random, concept: Concept, lang: str) -> str:
    """A word of a wrong concept."""
    others = [other for other in lexicon.concepts.values() if other is not concept]
    return rng.choice(rng.choice(others).forms[lang])


def _muse(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, other in product(lexicon.concepts.values(), languages):
        if other != "en":
            yield from _crossed(concept, concept, "en", other)


def _panlex(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        yield from _crossed(concept, concept, a, b)


def _concepticon(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        yield concept, (concept.forms[a][0], a, concept.forms[b][0], b)


def _colexnet(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    """Words of the same concept, and of directly related concepts: colexification crosses meanings by nature."""
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        for other in (concept, *(lexicon.concepts[name] for name in concept.related[:1])):
            yield other, (concept.forms[a][0], a, other.forms[b][0], b)


def _crossed(one: Concept, two: Concept, a: str, b: str) -> Iterator[Pair]:
    for word_a, word_b in product(one.forms[a], two.forms[b]):
        yield two, (word_a, a, word_b, b)


_PAIRS = {"muse": _muse, "panlex": _panlex, "concepticon": _concepticon, "colexnet": _colexnet}
SOURCES = tuple(_PAIRS)
