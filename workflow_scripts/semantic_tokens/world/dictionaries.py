"""Bilingual word lists in the roles of the four CLSA sources, with the defects of the real ones (paper, section 2.2).

MUSE pivots on English and links frequent forms; PanLex links anything to anything, with the most noise; Concepticon
lists dictionary forms of basic concepts; ColexNet links words of concepts that one word may express somewhere.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import combinations, product

from semantic_tokens.world.lexicon import Concept, Lexicon

Pair = tuple[str, str, str, str]  # word_a, lang_a, word_b, lang_b


def word_pairs(
    lexicon: Lexicon, languages: list[str], sources: Mapping[str, tuple[float, float]], seed: int
) -> list[dict]:
    """Rows of the `word_pairs` table. `sources`: name -> (share of the possible pairs listed, share of those wrong)."""
    rows = []
    for source, (coverage, noise) in sources.items():
        rng = random.Random(f"{seed}/dictionary/{source}")
        listed = (pair for pair in _PAIRS[source](lexicon, languages) if rng.random() < coverage)
        for word_a, lang_a, word_b, lang_b in listed:
            if rng.random() < noise:
                word_b = rng.choice(rng.choice(list(lexicon.concepts.values())).forms[lang_b])
            rows.append({"word_a": word_a, "lang_a": lang_a, "word_b": word_b, "lang_b": lang_b, "source": source})
    return rows


def _muse(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, other in product(lexicon.concepts.values(), languages):
        if other != "en":
            yield from _crossed(concept, concept, "en", other)


def _panlex(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        yield from _crossed(concept, concept, a, b)


def _concepticon(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        yield concept.forms[a][0], a, concept.forms[b][0], b


def _colexnet(lexicon: Lexicon, languages: list[str]) -> Iterator[Pair]:
    """Words of the same concept, and of directly related concepts: colexification crosses meanings by nature."""
    for concept, (a, b) in product(lexicon.concepts.values(), combinations(languages, 2)):
        for other in (concept, *(lexicon.concepts[name] for name in concept.related[:1])):
            yield concept.forms[a][0], a, other.forms[b][0], b


def _crossed(one: Concept, two: Concept, a: str, b: str) -> Iterator[Pair]:
    for word_a, word_b in product(one.forms[a], two.forms[b]):
        yield word_a, a, word_b, b


_PAIRS = {"muse": _muse, "panlex": _panlex, "concepticon": _concepticon, "colexnet": _colexnet}
SOURCES = tuple(_PAIRS)
