"""How many words share a group with a translation, judged by the embedded world, whose words are real."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from semantic_tokens.analysis.pairs import share, shuffled_groups
from semantic_tokens.analysis.tokens import ordinary, whole_words
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition

Concepts = Mapping[str, Mapping[str, frozenset[str]]]  # language -> word -> its concepts


@dataclass(frozen=True)
class TranslatedWords:
    """Of the words of one language, or of all (`lang` empty).

    words         distinct word forms
    one_token     those that are one ordinary token
    translatable  those for which another language has a word of the same concept that is one token, and another one
    found         share of the translatable words whose group holds such a token
    random_found  the same for a random grouping of the same sizes (one seeded shuffle)
    """

    condition: Condition
    lang: str
    words: int
    one_token: int
    translatable: int
    found: float | None
    random_found: float | None


def concepts_of(word_concepts: pa.Table) -> Concepts:
    """The concepts of every word form of a `word_concepts` table, by language."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in word_concepts.select(["lang", "word", "concept"]).to_pylist():
        found[row["lang"]][row["word"]].add(row["concept"])
    return {lang: {word: frozenset(own) for word, own in words.items()} for lang, words in found.items()}


def measure_translated_words(
    condition: Condition, partition: VocabularyPartition, concepts: Concepts, seed: int
) -> Iterator[TranslatedWords]:
    """A row a language, and last that of all words."""
    free = ordinary(partition)
    dealt = partition.group_of.copy()
    dealt[free] = shuffled_groups(partition.group_of[free], seed)
    token_of = {form: token for token, form in whole_words(partition).items()}
    of_concept = defaultdict[str, list[tuple[str, int]]](list)
    for lang, words in concepts.items():
        for word, own in words.items():
            for concept in own if word in token_of else ():
                of_concept[concept].append((lang, token_of[word]))
    counts = {}
    for lang, words in concepts.items():
        known = {token_of[word]: own for word, own in words.items() if word in token_of}
        translations = {token: _translations(lang, token, own, of_concept) for token, own in known.items()}
        judged = {token: others for token, others in translations.items() if others}
        ours, random = (
            sum(bool((groups[others] == groups[token]).any()) for token, others in judged.items())
            for groups in (partition.group_of, dealt)
        )
        counts[lang] = np.array([len(words), len(known), len(judged), ours, random])
    counts[""] = np.sum(list(counts.values()), axis=0)
    for lang, (n_words, one_token, translatable, ours, random) in ((k, v.tolist()) for k, v in counts.items()):
        found, by_chance = share(ours, translatable), share(random, translatable)
        yield TranslatedWords(condition, lang, n_words, one_token, translatable, found, by_chance)


def _translations(
    lang: str, token: int, own: frozenset[str], of_concept: Mapping[str, list[tuple[str, int]]]
) -> list[int]:
    """The tokens, not the word's own, that another language has for one of its concepts."""
    return [other for concept in own for foreign, other in of_concept[concept] if foreign != lang and other != token]
