"""What is in the groups: their sizes, and how well they agree with the true concepts of words.

Pairs are counted from contingency tables (how many tokens each group has of each concept and each language), never one
by one: at 5% of a real vocabulary a single group may hold a hundred million pairs.
"""

import csv
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.report.scores import write_csv

WORD_START = "▁"  # SentencePiece marks the pieces that begin a word, WordPiece (##) those that do not


@dataclass(frozen=True)
class Meaning:
    """What a word form stands for: one concept, in one language or several."""

    concept: str
    languages: frozenset[str]


@dataclass(frozen=True)
class GroupMeasures:
    """Measures of one partition; shares are fractions, None where there is nothing to count.

    Sizes count tokens of every group, special tokens (each alone) included; dropped tokens (First-k) are in no group.
    `mixed_share`: groups with both word-initial and word-internal pieces. The measures below `judged_tokens` are over
    the grouped tokens that are one whole word form with one concept. A pair is within a language if some language has
    both words. `pair_precision`: share of the pairs in one group that share the concept; `pair_recall`: share of the
    pairs that share the concept that are in one group. V-measure is not corrected for chance: many small groups score
    high whatever they hold, so it is to be read beside the random control.
    """

    grouping: str
    groups: int
    tokens: int
    dropped_tokens: int
    mean_size: float
    median_size: float
    largest_size: int
    largest_share: float
    mixed_share: float
    judged_tokens: int
    ambiguous_tokens: int
    v_measure: float | None
    pairs: int
    cross_language_share: float | None
    pair_precision: float | None
    pair_recall: float | None
    precision_within: float | None
    recall_within: float | None
    precision_across: float | None
    recall_across: float | None


def meanings(word_concepts: pa.Table) -> dict[str, Meaning | None]:
    """The meaning of every word form of a `word_concepts` table; None where it has several concepts (in whichever
    languages): no group could be right for such a form."""
    found: dict[str, Meaning | None] = {}
    for row in word_concepts.select(["lang", "word", "concept"]).to_pylist():
        known = found.setdefault(row["word"], Meaning(row["concept"], frozenset()))
        same = known is not None and known.concept == row["concept"]
        found[row["word"]] = Meaning(known.concept, known.languages | {row["lang"]}) if known and same else None
    return found


def measure(name: str, partition: VocabularyPartition, words: Mapping[str, Meaning | None]) -> GroupMeasures:
    """Measure one partition against the true meanings of words."""
    sizes, initial = partition.group_sizes(), _word_initial(partition.tokens)
    kept = np.flatnonzero(partition.group_of >= 0)
    n_initial = np.bincount(partition.group_of[kept], weights=initial[kept], minlength=partition.n_groups)
    forms = {i: _word(partition.tokens[i]) for i in kept.tolist() if _is_word(partition, initial, i)}
    judged = [(partition.group_of[i], words[form]) for i, form in forms.items() if words.get(form)]
    return GroupMeasures(
        grouping=name,
        groups=partition.n_groups,
        tokens=len(kept),
        dropped_tokens=len(partition.tokens) - len(kept),
        mean_size=float(sizes.mean()),
        median_size=float(np.median(sizes)),
        largest_size=int(sizes.max()),
        largest_share=float(sizes.max() / len(kept)),
        mixed_share=float(np.mean((n_initial > 0) & (n_initial < sizes))),
        judged_tokens=len(judged),
        ambiguous_tokens=sum(form in words and words[form] is None for form in forms.values()),
        **_against_concepts([group for group, _ in judged], [meaning for _, meaning in judged if meaning]),
    )


def pair_counts(cells: np.ndarray, languages: Sequence[frozenset[str]]) -> tuple[int, int]:
    """Pairs of tokens in the same cell: (of words that some language has both, of words that none has both).

    cells      int [n]: the cell of each token
    languages  n sets: the languages that have the token's word
    """
    kinds = sorted(set(languages), key=sorted)
    column = {kind: i for i, kind in enumerate(kinds)}
    shared = np.array([[bool(a & b) for b in kinds] for a in kinds], dtype=np.int64)
    _, rows = np.unique(cells, return_inverse=True)
    counts = np.zeros((rows.max(initial=-1) + 1, len(kinds)), dtype=np.int64)
    np.add.at(counts, (rows, np.array([column[kind] for kind in languages], dtype=np.int64)), 1)
    sizes = counts.sum(axis=1)
    within = int(((counts @ shared.reshape(len(kinds), len(kinds))) * counts).sum() - sizes.sum()) // 2
    return within, int((sizes * (sizes - 1)).sum()) // 2 - within


def write(measures: Iterable[GroupMeasures], path: Path) -> None:
    """Write one row a partition as CSV."""
    write_csv([field.name for field in fields(GroupMeasures)], map(vars, measures), path)


def read(path: Path) -> list[GroupMeasures]:
    """Read what `write` wrote."""
    with Path(path).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [
        GroupMeasures(**{field.name: _parse(row[field.name], field.type) for field in fields(GroupMeasures)})
        for row in rows
    ]


def _against_concepts(groups: list[int], meant: list[Meaning]) -> dict[str, Any]:
    from sklearn.metrics import v_measure_score

    languages = [meaning.languages for meaning in meant]
    _, concepts = np.unique([meaning.concept for meaning in meant], return_inverse=True)
    group_of = np.array(groups, dtype=np.int64)
    grouped = pair_counts(group_of, languages)
    same = pair_counts(concepts, languages)
    right = pair_counts(group_of * (len(meant) + 1) + concepts, languages)
    return {
        "v_measure": float(v_measure_score(concepts, group_of)) if meant else None,
        "pairs": sum(grouped),
        "cross_language_share": _share(grouped[1], sum(grouped)),
        "pair_precision": _share(sum(right), sum(grouped)),
        "pair_recall": _share(sum(right), sum(same)),
        "precision_within": _share(right[0], grouped[0]),
        "recall_within": _share(right[0], same[0]),
        "precision_across": _share(right[1], grouped[1]),
        "recall_across": _share(right[1], same[1]),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _word_initial(tokens: Sequence[str]) -> np.ndarray:
    """bool [V]: whether a piece begins a word."""
    if any(token.startswith(WORD_START) for token in tokens):
        return np.array([token.startswith(WORD_START) for token in tokens])
    return np.array([not token.startswith("##") for token in tokens])


def _word(token: str) -> str:
    return token.removeprefix(WORD_START)


def _is_word(partition: VocabularyPartition, initial: np.ndarray, i: int) -> bool:
    # Chinese marks no word boundaries, so that a Unigram piece inside a sentence may be a whole word.
    token = partition.tokens[i]
    return i not in partition.special_ids and bool(initial[i] or all("一" <= c <= "鿿" for c in token))


def _parse(text: str, kind: Any) -> Any:
    if isinstance(kind, types.UnionType):
        return None if text == "" else get_args(kind)[0](text)
    return kind(text)
