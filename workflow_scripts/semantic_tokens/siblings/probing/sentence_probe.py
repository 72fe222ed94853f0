"""Do two sentences of different languages say the same? A linear probe on [|u - v|, u * v], and its control task."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.probing import linear
from semantic_tokens.siblings.probing.similarity import over_languages

Pairs = Mapping[str, tuple[np.ndarray, np.ndarray]]
Examples = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows of the two sentences, label
Hits = dict[str, np.ndarray]
_MOST = 20_000  # examples to train on, over all pairs of languages


def sentence_probe(
    vectors: np.ndarray, pairs: Pairs, sentence: np.ndarray, trains: np.ndarray, layer: int, seed: int
) -> Iterator[Measure]:
    """One probe over all pairs of languages, scored for each; without a subject, the mean over them.

    vectors: float [sentences, dim] of one layer. pairs: rows of `vectors`, translations at the same place. sentence:
    int [sentences], the same for translations. trains: bool [sentences], so too; the others test. As many pairs are
    shuffled as true.

    sentence_probe_accuracy    chance 1/2
    sentence_control_accuracy  a random label for each sentence, learnt from true pairs of the sentences that train and
                               asked of the same sentences in another pair of languages: what the probe can learn by
                               heart (Hewitt and Liang 2019); chance 1/2. None where no sentence is in two pairs
    sentence_selectivity       the first less the second
    """
    rng = np.random.default_rng([seed, 5])
    train = [_examples(a[trains[a]], b[trains[a]]) for a, b in pairs.values()]
    test = {subject: _examples(a[~trains[a]], b[~trains[a]]) for subject, (a, b) in pairs.items()}
    u, v, label = (np.concatenate(columns) for columns in zip(*train))
    task = _right(vectors, (u, v, label), test, rng)
    control = _right(vectors, *_control(pairs, sentence, trains, rng), rng)
    found: dict[str, list[Measure]] = {}
    for subject, right in task.items():
        scored = [("sentence_probe_accuracy", right), ("sentence_control_accuracy", control.get(subject))]
        for name, hits in scored:
            if hits is not None:
                low, high = intervals.of_share(float(hits.mean()), len(hits))
                measure = Measure(name, subject, float(hits.mean()), len(hits), layer, low, high, 0.5)
                found.setdefault(name, []).append(measure)
        if subject in control:
            less = float(right.mean() - control[subject].mean())
            selectivity = Measure("sentence_selectivity", subject, less, len(right), layer)
            found.setdefault("sentence_selectivity", []).append(selectivity)
    for measures in found.values():
        yield from measures
        yield over_languages(measures)


def _right(vectors: np.ndarray, train: Examples, test: Mapping[str, Examples], rng: np.random.Generator) -> Hits:
    """For each subject bool [n]: where a probe of these examples is right."""
    if not test:
        return {}
    u, v, label = train
    if len(label) > _MOST:
        some = np.sort(rng.choice(len(label), _MOST, replace=False))
        u, v, label = u[some], v[some], label[some]
    probe = linear.fit(_features(vectors, u, v), label)
    return {subject: linear.predict(probe, _features(vectors, u, v)) == y for subject, (u, v, y) in test.items()}


def _control(
    pairs: Pairs, sentence: np.ndarray, trains: np.ndarray, rng: np.random.Generator
) -> tuple[Examples, dict[str, Examples]]:
    """(what to learn, what is tested on each subject): each sentence that trains is asked in one of its pairs of
    languages, drawn, and learnt in the others. True pairs alone: a shuffled one is of two sentences and two labels."""
    parts = [pd.DataFrame({"subject": s, "u": a[trains[a]], "v": b[trains[a]]}) for s, (a, b) in pairs.items()]
    table = pd.concat(parts, ignore_index=True).sample(frac=1, random_state=rng)
    names, table["sentence"] = np.unique(sentence[table["u"]], return_inverse=True)
    table["label"] = (rng.permutation(len(names)) % 2)[table["sentence"]]
    again = table["sentence"].duplicated()
    asked = table["sentence"].duplicated(keep=False) & ~again

    def examples(part: pd.DataFrame) -> Examples:
        return part["u"].to_numpy(), part["v"].to_numpy(), part["label"].to_numpy()

    return examples(table[~asked]), {str(s): examples(part) for s, part in table[asked].groupby("subject")}


def _examples(a: np.ndarray, b: np.ndarray) -> Examples:
    """True pairs (label 1), then each `a` with the translation of the next (label 0)."""
    label = np.repeat([1, 0], len(a))
    return np.tile(a, 2), np.concatenate([b, np.roll(b, -1)]), label


def _features(vectors: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    left, right = vectors[u], vectors[v]
    return np.concatenate([np.abs(left - right), left * right], axis=1)
