"""Which tokens two vocabularies share: the same text, and both begin a word or neither does."""

from collections.abc import Mapping, Sequence

import numpy as np

from semantic_tokens.grouping.surface import surfaces
from semantic_tokens.siblings.geometry.table import EmbeddingTable


def in_all(tokens: Sequence[str], others: Sequence[Sequence[str]]) -> np.ndarray:
    """bool [n]: the tokens that are in every one of the other vocabularies too."""
    sets = [_surface_set(other) for other in others]
    return np.array([all(s in known for known in sets) for s in zip(*surfaces(tokens), strict=True)], dtype=bool)


def shared_counts(vocabularies: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
    """For every ordered pair of vocabularies by name, how many tokens they share, of one with itself all."""
    sets = {name: _surface_set(tokens) for name, tokens in vocabularies.items()}
    return {(a, b): len(sets[a] & sets[b]) for a in sets for b in sets}


def shared_rows(a: EmbeddingTable, b: EmbeddingTable) -> tuple[np.ndarray, np.ndarray]:
    """int [n], int [n]: the row in each table of the tokens that both have, in the order of a; of two tokens of b with
    the same surface the first counts."""
    row_in_b = dict(reversed(list(zip(zip(*surfaces(b.tokens), strict=True), b.row_of.tolist()))))
    in_a = zip(zip(*surfaces(a.tokens), strict=True), a.row_of.tolist())
    known = [(row, row_in_b[surface]) for surface, row in in_a if surface in row_in_b]
    both = np.array(known, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _surface_set(tokens: Sequence[str]) -> set[tuple[str, bool]]:
    return set(zip(*surfaces(tokens), strict=True))
