"""What groups do to the senses of words: which members share a sense, and which senses a group can no longer tell
apart.

Senses come from the embedded world, which knows the concept of every word, or from dictionaries, where a sense of a
word is what it is in English. Only tokens that are one whole word with a known sense are judged. Two words share a
sense if one of the senses of each is the same; a group conflates a word with another where they share none.
Ours: the paper does not look at senses.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.analysis.pairs import shuffled_groups
from semantic_tokens.analysis.tokens import ordinary, whole_words
from semantic_tokens.grouping.partition import VocabularyPartition

PIVOT = "en"
Senses = Mapping[str, Mapping[str, frozenset[str]]]  # word -> language -> its senses there
OfToken = dict[int, frozenset[str]]


def of_concepts(word_concepts: pa.Table) -> Senses:
    """From a `word_concepts` table: the concept of a form in each language that has it."""
    rows = zip(*(word_concepts[name].to_pylist() for name in ("word", "lang", "concept")))
    return _collected(rows)


def of_dictionaries(word_pairs: Iterable[pa.Table], words: Container[str]) -> Senses:
    """From parts of a `word_pairs` table, for these words: their English translations; an English word is its own.

    Pairs without English give no senses, and two meanings of an English word cannot be told.
    """
    columns = ("word_a", "lang_a", "word_b", "lang_b")
    rows = (row for part in word_pairs for row in zip(*(part[name].to_pylist() for name in columns)))
    return _collected(sense for row in rows for sense in _of_pair(*row) if sense[0] in words)


def _of_pair(word_a: str, lang_a: str, word_b: str, lang_b: str) -> list[tuple[str, str, str]]:
    if (lang_a == PIVOT) == (lang_b == PIVOT):
        return []
    english = word_a if lang_a == PIVOT else word_b
    return [(word_a, lang_a, english), (word_b, lang_b, english)]


def _collected(rows: Iterable[tuple[str, str, str]]) -> Senses:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for word, lang, sense in rows:
        found[word][lang].add(sense)
    return {word: {lang: frozenset(of) for lang, of in by_lang.items()} for word, by_lang in found.items()}


def measure_polysemy(
    partition: VocabularyPartition, senses: Senses, languages: Sequence[str], counts: np.ndarray | None, seed: int
) -> list[Measure]:
    """The measures of one partition; `chance` is what a random grouping of the same sizes gets (one seeded shuffle).

    counts: int [languages, V], how often each token occurs in each language's text; None: each word counts once.

    words_of_several_senses    share of the judged words that have several, in whichever languages
    members_sharing_a_sense    share of the judged words with company in their group that share a sense with some of it
    groups_of_several_senses   share of the groups of two judged words and more in which some two share none
    conflated_words            by language and (no subject) their mean: share of the judged running words of the
                               language whose group holds a word of the same language that shares no sense with them
    """
    free = ordinary(partition)
    dealt = partition.group_of.copy()
    dealt[free] = shuffled_groups(partition.group_of[free], seed)
    by_language = {token: senses[form] for token, form in whole_words(partition).items() if form in senses}
    everywhere: OfToken = {token: frozenset().union(*found.values()) for token, found in by_language.items()}
    if not everywhere:
        return []
    several = sum(len(found) > 1 for found in everywhere.values())
    ours, random = (_in_company(everywhere, group_of) for group_of in (partition.group_of, dealt))
    measures = [Measure("words_of_several_senses", "", several / len(everywhere), len(everywhere))]
    for name, one, other in zip(("members_sharing_a_sense", "groups_of_several_senses"), ours, random):
        if one and other:
            measures.append(Measure(name, "", float(np.mean(one)), len(one), chance=float(np.mean(other))))
    return measures + _conflated(partition.group_of, dealt, by_language, languages, counts)


def _conflated(
    group_of: np.ndarray,
    dealt: np.ndarray,
    by_language: Mapping[int, Mapping[str, frozenset[str]]],
    languages: Sequence[str],
    counts: np.ndarray | None,
) -> list[Measure]:
    found = []
    for number, lang in enumerate(languages):
        own: OfToken = {token: of[lang] for token, of in by_language.items() if lang in of}
        weights = {token: 1 if counts is None else int(counts[number, token]) for token in own}
        total = sum(weights.values())
        if total:
            value, chance = (
                sum(weights[token] for token in conflated(own, groups)) / total for groups in (group_of, dealt)
            )
            found.append(Measure("conflated_words", lang, value, len(own), chance=chance))
    if found:
        mean, chance = float(np.mean([m.value for m in found])), float(np.mean([m.chance or 0.0 for m in found]))
        found.append(Measure("conflated_words", "", mean, len(found), chance=chance))
    return found


def conflated(senses: OfToken, group_of: np.ndarray) -> list[int]:
    """The tokens in whose group is another that shares no sense with them."""
    return [token for token, alike, others in _company(senses, group_of) if alike < others]


def _in_company(senses: OfToken, group_of: np.ndarray) -> tuple[list[bool], list[bool]]:
    """(of each token in company whether it shares a sense, of each group whether some two members share none)."""
    shares, mixed = [], defaultdict[int, bool](bool)
    for token, alike, others in _company(senses, group_of):
        if others:
            shares.append(alike > 0)
            mixed[int(group_of[token])] |= alike < others
    return shares, list(mixed.values())


def _company(senses: OfToken, group_of: np.ndarray) -> Iterable[tuple[int, int, int]]:
    """(token, how many others in its group share a sense with it, how many others there are), of the tokens given."""
    groups: dict[int, list[int]] = defaultdict(list)
    for token in senses:
        groups[int(group_of[token])].append(token)
    for members in groups.values():
        with_sense: dict[str, set[int]] = defaultdict(set)
        for token in members:
            for sense in senses[token]:
                with_sense[sense].add(token)
        for token in members:
            alike = set().union(*(with_sense[sense] for sense in senses[token]))
            yield token, len(alike) - 1, len(members) - 1
