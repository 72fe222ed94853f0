"""Parallel sentences: is the nearest sentence of the other language the translation? (as for Tatoeba in LASER)"""

from collections.abc import Iterator, Mapping

import numpy as np

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.analysis.nearest import strictly_nearest
from semantic_tokens.siblings.probing.similarity import over_languages
from semantic_tokens.siblings.vectors import unit_rows


def parallel_retrieval(
    vectors: np.ndarray, pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], layer: int
) -> Iterator[Measure]:
    """`parallel_retrieval`: share of sentences whose nearest neighbour by cosine is the translation, both ways
    together.

    vectors: float [sentences, dim] of one layer. pairs: rows of `vectors` in the two languages, translations at the
    same place. For each pair of languages and (no subject) the mean over them. A neighbour that ties with another does
    not count: vectors that are all the same find nothing. Chance is one in the number of sentences. The interval is
    Wilson's of so many sentences: the two ways ask of the same ones, and are not independent trials.
    """
    unit, found = unit_rows(vectors), []
    for subject, (a, b) in pairs.items():
        cosines, n = unit[a] @ unit[b].T, len(a)
        hits = strictly_nearest(cosines) + strictly_nearest(cosines.T)
        share = hits / (2 * n)
        found.append(Measure("parallel_retrieval", subject, share, n, layer, *intervals.of_share(share, n), 1 / n))
    yield from found
    yield over_languages(found)
