"""Translated words: are they nearer to each other than any two words of the same languages? (2502.04269, first
experiment)"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.vectors import unit_rows


def word_similarity(vectors: np.ndarray, pairs: pd.DataFrame, layer: int) -> Iterator[Measure]:
    """`word_similarity`: mean cosine of translations, for each pair of languages and (no subject) the mean over them.

    vectors: float [words, dim] of one layer. pairs: subject, a, b as in `items`; no word stands twice in a pair of
    languages. Chance is the mean cosine of all other pairs of the words drawn, some of which may be translations too:
    what a common direction of all vectors gives. The interval of the mean over languages takes them as the sample.
    """
    unit, found = unit_rows(vectors), []
    for subject, part in pairs.groupby("subject", sort=False):
        cosines = unit[part["a"]] @ unit[part["b"]].T
        own, n = np.diagonal(cosines).astype(np.float64), len(part)
        chance = (cosines.sum(dtype=np.float64) - own.sum()) / (n * (n - 1))
        low, high = intervals.of_mean(own)
        found.append(Measure("word_similarity", str(subject), own.mean(), n, layer, low, high, chance))
    yield from found
    yield over_languages(found)


def over_languages(measures: list[Measure]) -> Measure:
    """The mean over pairs of languages, each weighing the same; its interval is over them."""
    values = np.array([measure.value for measure in measures])
    low, high = intervals.of_mean(values) if len(values) > 1 else (None, None)
    chances = [measure.chance for measure in measures if measure.chance is not None]
    chance = float(np.mean(chances)) if chances else None
    first = measures[0]
    n = sum(measure.n for measure in measures)
    return Measure(first.measure, "", float(values.mean()), n, first.layer, low, high, chance)
