"""Do groups hold words of one meaning? Judged by the true concepts of words, which only the embedded world knows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from semantic_tokens.analysis.pairs import chance_of_a_shared_group, f1, pair_counts, share, shuffled_groups
from semantic_tokens.analysis.tokens import ordinary, whole_words
from semantic_tokens.grouping.partition import VocabularyPartition


@dataclass(frozen=True)
class Meaning:
    """The meaning of a word form: one concept, in one language or several."""

    concept: str
    languages: frozenset[str]


@dataclass(frozen=True)
class Agreement:
    """How well groups agree with concepts; shares are fractions, None where there is nothing to count.

    Everything is over `judged_tokens`: grouped tokens that are one whole word form with one concept. V-measure is the
    harmonic mean of homogeneity (a group holds one concept) and completeness (a concept is in one group). A pair of
    tokens is within a language if some language has both words, across languages if none has: pairs across are what
    "semantic" means here. Precision: share of the pairs in one group that share the concept. Recall: share of the pairs
    that share the concept that are in one group.

    Dictionaries are made of these concepts, so an aligned table (CLSA) has seen most of them. What it learned beyond
    its training pairs, `dictionaries` judges by held-out ones.

    random_*: the same for a random grouping of the same sizes over all ordinary tokens. Pairs: expected, in closed form
    (one recall for every kind of pair). V-measure and its parts: of one seeded shuffle; they are not corrected for
    chance, and many small groups score high whatever they hold.
    """

    judged_tokens: int
    ambiguous_tokens: int
    v_measure: float | None
    homogeneity: float | None
    completeness: float | None
    pairs: int
    cross_language_share: float | None
    pair_precision: float | None
    pair_recall: float | None
    pair_f1: float | None
    precision_within: float | None
    recall_within: float | None
    precision_across: float | None
    recall_across: float | None
    f1_across: float | None
    random_v_measure: float | None
    random_homogeneity: float | None
    random_completeness: float | None
    random_precision: float | None
    random_precision_within: float | None
    random_precision_across: float | None
    random_recall: float | None
    random_f1: float | None
    random_f1_across: float | None


def meanings(word_concepts: pa.Table) -> dict[str, Meaning | None]:
    """The meaning of every word form of a `word_concepts` table; None where it has several concepts (in whichever
    languages): no group could be right for such a form."""
    found: dict[str, Meaning | None] = {}
    for row in word_concepts.select(["lang", "word", "concept"]).to_pylist():
        known = found.setdefault(row["word"], Meaning(row["concept"], frozenset()))
        same = known is not None and known.concept == row["concept"]
        found[row["word"]] = Meaning(known.concept, known.languages | {row["lang"]}) if known and same else None
    return found


def measure_agreement(partition: VocabularyPartition, words: Mapping[str, Meaning | None], seed: int) -> Agreement:
    """Compare the groups of a partition with the true meanings of words."""
    free, forms = ordinary(partition), whole_words(partition)
    meant = {i: meaning for i, form in forms.items() if (meaning := words.get(form))}
    dealt = partition.group_of.copy()
    dealt[free] = shuffled_groups(partition.group_of[free], seed)
    judged = np.array(list(meant), dtype=np.int64)
    languages = [meaning.languages for meaning in meant.values()]
    _, concepts = np.unique([meaning.concept for meaning in meant.values()], return_inverse=True)
    groups = partition.group_of[judged].astype(np.int64)
    grouped, same = pair_counts(groups, languages), pair_counts(concepts, languages)
    right = pair_counts(groups * (len(judged) + 1) + concepts, languages)
    possible = pair_counts(np.zeros_like(judged), languages)
    precision, recall = share(sum(right), sum(grouped)), share(sum(right), sum(same))
    precision_across, recall_across = share(right[1], grouped[1]), share(right[1], same[1])
    random_recall = chance_of_a_shared_group(partition.group_of[free])
    return Agreement(
        judged_tokens=len(judged),
        ambiguous_tokens=sum(form in words and words[form] is None for form in forms.values()),
        **_v_measure("", concepts, groups),
        pairs=sum(grouped),
        cross_language_share=share(grouped[1], sum(grouped)),
        pair_precision=precision,
        pair_recall=recall,
        pair_f1=f1(precision, recall),
        precision_within=share(right[0], grouped[0]),
        recall_within=share(right[0], same[0]),
        precision_across=precision_across,
        recall_across=recall_across,
        f1_across=f1(precision_across, recall_across),
        **_v_measure("random_", concepts, dealt[judged]),
        random_precision=share(sum(same), sum(possible)),
        random_precision_within=share(same[0], possible[0]),
        random_precision_across=share(same[1], possible[1]),
        random_recall=random_recall,
        random_f1=f1(share(sum(same), sum(possible)), random_recall),
        random_f1_across=f1(share(same[1], possible[1]), random_recall),
    )


def _v_measure(prefix: str, concepts: np.ndarray, groups: np.ndarray) -> dict[str, float | None]:
    from sklearn.metrics import homogeneity_completeness_v_measure

    names = [f"{prefix}{name}" for name in ("homogeneity", "completeness", "v_measure")]
    if not len(groups):
        return dict.fromkeys(names)
    return dict(zip(names, map(float, homogeneity_completeness_v_measure(concepts, groups))))
