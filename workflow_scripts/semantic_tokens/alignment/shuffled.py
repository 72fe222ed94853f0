"""The control of CLSA: the same pairs with their second words shuffled, so that they no longer mean the same.

All that is left of alignment is that it draws words of two languages together. Where this helps as much as CLSA,
meaning is not what helped. The paper has no such control."""

import logging
from dataclasses import replace

import numpy as np

from semantic_tokens.alignment.pairs import TokenPairs, by_value, in_either_order
from semantic_tokens.conditions import ROUND_TRIP

log = logging.getLogger(__name__)
_STREAM = 2**31  # keeps the draw apart from those of the epochs
_DEALS = 10
_TRIES = 1000  # pairs that one to be mended is offered


def shuffled(pairs: TokenPairs, known: TokenPairs, seed: int) -> TokenPairs:
    """`pairs` with their second tokens permuted within each pair of languages, so that every token occurs there as
    often as before. Round-Trip pairs, which are not translations, stay as they are.

    A pair that would be one of `known`, or a token with itself, swaps its second token with another pair where that
    mends it and spoils nothing; of several deals the first with fewest left is taken. How many are left is logged: the
    only pair of two languages, or a word that all pairs have, can be dealt in no other way.
    """
    rng = np.random.default_rng([seed, _STREAM])
    b = pairs.b.copy()
    refused = np.sort(in_either_order(known.a, known.b))
    left = 0
    for number, members in zip(*by_value(pairs.language_pair), strict=True):
        if pairs.names[number] != (ROUND_TRIP, ROUND_TRIP):
            b[members], n_left = _best_deal(pairs.a[members], b[members], refused, rng)
            left += n_left
    log.info("%d pairs shuffled; %d remain translations or pair a token with itself", len(pairs), left)
    return replace(pairs, b=b)


def _best_deal(a: np.ndarray, b: np.ndarray, refused: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """b shuffled, and the number of refused pairs left."""
    best, least = b, len(b) + 1
    for _ in range(_DEALS):
        dealt = _dealt(a, b, refused, rng)
        left = int(_refused(a, dealt, refused).sum())
        if left < least:
            best, least = dealt, left
        if least == 0:
            break
    return best, least


def _dealt(a: np.ndarray, b: np.ndarray, refused: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    b = rng.permutation(b)
    for i in np.flatnonzero(_refused(a, b, refused)):
        others = rng.permutation(len(a))[:_TRIES]
        mends = ~_refused(a[i], b[others], refused) & ~_refused(a[others], b[i], refused)
        if _refused(a[i], b[i], refused) and mends.any():
            other = others[mends.argmax()]
            b[i], b[other] = b[other], b[i]
    return b


def _refused(a: np.ndarray, b: np.ndarray, refused: np.ndarray) -> np.ndarray:
    codes = in_either_order(a, b)
    at = np.minimum(np.searchsorted(refused, codes), len(refused) - 1)
    return (refused[at] == codes) | (a == b)
