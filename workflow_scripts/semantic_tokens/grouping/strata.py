"""The strata that a stratified grouping deals out: a token's language where text tells it, else its script."""

from collections.abc import Sequence

import numpy as np

from semantic_tokens.scripts import number_of


def strata(tokens: Sequence[str], languages: np.ndarray) -> np.ndarray:
    """int [V]: a number for the stratum of each token, given its language, int [V], -1 where it occurs in no text.

    A token of unknown language is in the stratum of its script, apart from the languages in that script; those without
    either (digits, punctuation) share one.
    """
    scripts = np.array([number_of(token) for token in tokens], dtype=np.int64)
    return np.where(languages >= 0, languages, languages.max(initial=-1) + 1 + scripts)
