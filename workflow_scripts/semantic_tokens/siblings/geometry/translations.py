"""Are a word's nearest neighbours its translations? Judged by dictionaries, of whose words only single tokens count.

An alignment (CLSA) pulls most of these pairs together in training; those that it never saw are counted apart.
"""

from collections.abc import Sequence

import numpy as np

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.dictionaries import DictionaryPairs
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.geometry.table import EmbeddingTable

Translations = dict[int, np.ndarray]  # token -> its translations, ascending


def translations(table: EmbeddingTable, pairs: DictionaryPairs, held_out: bool) -> Translations:
    """The translations of each token (its place in the table) that has any; with `held_out` only of pairs that an
    alignment on these dictionaries does not train on."""
    place = np.full(table.vocabulary_size, -1)
    place[table.ids] = np.arange(len(table))
    chosen = ~pairs.trained if held_out else np.ones(len(pairs.a), bool)
    a, b = place[pairs.a[chosen]], place[pairs.b[chosen]]
    both = np.unique(np.concatenate([np.stack([a, b]), np.stack([b, a])], axis=1), axis=1)
    word, other = both[:, (both >= 0).all(axis=0)]
    found, first = np.unique(word, return_index=True)
    return dict(zip(found.tolist(), np.split(other, first[1:]))) if len(found) else {}


def translated(
    wanted: Translations, asked: Sequence[int], neighbours: Sequence[np.ndarray], n_tokens: int, name: str
) -> list[Measure]:
    """`{name}_among_neighbours`, the share of the neighbours that are translations, and `{name}_found`, the share of a
    token's translations that are among them: means over the tokens asked, next to what random neighbours would have.

    neighbours: for each token in `asked`, of which each has a translation; n_tokens: in the table.
    """
    if len(asked) < 2:
        return []
    golds = [wanted[token] for token in asked]
    hits = np.array([np.isin(near, gold).sum() for near, gold in zip(neighbours, golds, strict=True)])
    n_gold, n_near = np.array([len(gold) for gold in golds]), np.array([len(near) for near in neighbours])
    found = []
    for what, shares, chances in (
        ("among_neighbours", hits / n_near, n_gold / (n_tokens - 1)),
        ("found", hits / n_gold, n_near / (n_tokens - 1)),
    ):
        low, high = (min(max(end, 0.0), 1.0) for end in intervals.of_mean(shares))
        mean, chance = float(shares.mean()), float(chances.mean())
        found.append(Measure(f"{name}_{what}", "", mean, len(asked), low=low, high=high, chance=chance))
    return found
