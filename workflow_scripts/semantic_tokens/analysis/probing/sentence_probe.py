"""Do two sentences of different languages say the same? A linear probe on [|u - v|, u * v], and its control task."""

from collections.abc import Iterator, Mapping

import numpy as np

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.analysis.probing import intervals, linear

Pairs = Mapping[str, tuple[np.ndarray, np.ndarray]]
_MOST = 20_000  # examples to train on, over all pairs of languages


def sentence_probe(vectors: np.ndarray, pairs: Pairs, trains: np.ndarray, layer: int, seed: int) -> Iterator[Measure]:
    """One probe over all pairs of languages, scored for each and (no subject) on all.

    vectors: float [sentences, dim] of one layer. pairs: rows of `vectors`, translations at the same place. trains: bool
    [sentences], the same for translations; the others test. As many pairs are shuffled as true.

    sentence_probe_accuracy    chance 1/2
    sentence_control_accuracy  the same features, but the label of a pair is a coin toss for its first sentence (Hewitt
    and
                               Liang 2019); the tested sentences are new, so it stays at chance whatever the vectors
                               hold
    sentence_selectivity       the first less the second
    """
    rng = np.random.default_rng([seed, 5])
    coins = rng.integers(0, 2, len(vectors))
    train = [_examples(a[trains[a]], b[trains[a]]) for a, b in pairs.values()]
    test = {subject: _examples(a[~trains[a]], b[~trains[a]]) for subject, (a, b) in pairs.items()}
    u, v, label = (np.concatenate(columns) for columns in zip(*train))
    if len(label) > _MOST:
        some = np.sort(rng.choice(len(label), _MOST, replace=False))
        u, v, label = u[some], v[some], label[some]
    features = _features(vectors, u, v)
    probe, control = linear.fit(features, label), linear.fit(features, coins[u])
    hits: dict[str, np.ndarray] = {}  # bool [2, n]: probe and control right
    for subject, (u, v, label) in test.items():
        features = _features(vectors, u, v)
        guesses = linear.predict(probe, features), linear.predict(control, features)
        hits[subject] = np.stack([guesses[0] == label, guesses[1] == coins[u]])
    hits[""] = np.concatenate(list(hits.values()), axis=1)
    for subject, right in hits.items():
        n, (task, tossed) = right.shape[1], map(int, right.sum(axis=1))
        for name, count in (("sentence_probe_accuracy", task), ("sentence_control_accuracy", tossed)):
            yield Measure(name, subject, count / n, n, layer, *intervals.of_share(count, n), chance=0.5)
        yield Measure("sentence_selectivity", subject, (task - tossed) / n, n, layer)


def _examples(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True pairs (label 1), then each `a` with the translation of the next (label 0)."""
    label = np.repeat([1, 0], len(a))
    return np.tile(a, 2), np.concatenate([b, np.roll(b, -1)]), label


def _features(vectors: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    left, right = vectors[u], vectors[v]
    return np.concatenate([np.abs(left - right), left * right], axis=1)
