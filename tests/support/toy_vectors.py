"""Vectors of words and sentences whose answer is known: exact translations, noise, tagged words."""

import numpy as np
import pandas as pd

from semantic_tokens.siblings.probing import ner_probe
from semantic_tokens.tables import NER_TAGS

N, DIM = 120, 24
LANGS = ("en", "sw", "zh")
PAIRS = {"en-sw": (np.arange(N), N + np.arange(N)), "en-zh": (np.arange(N), 2 * N + np.arange(N))}


def noise(n=3 * N, dim=DIM, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def translations():
    """The same vector for a meaning in each of three languages."""
    return np.tile(noise(N), (3, 1))


def by_subject(measures, name):
    return {measure.subject: measure for measure in measures if measure.measure == name}


def word_pairs():
    parts = [pd.DataFrame({"subject": subject, "a": a, "b": b}) for subject, (a, b) in PAIRS.items()]
    return pd.concat(parts, ignore_index=True)


def tagged(n_sentences=40, n_types=30, seed=0):
    """`ner` and its words: sentences of eight words in two languages; the tag of a word follows from its type."""
    rng = np.random.default_rng(seed)
    tags = [NER_TAGS[i] for i in rng.choice([0, 0, 0, 1, 3, 5], n_types)]
    rows = []
    for lang in ("en", "sw"):
        for split in ("train", "test"):
            for _ in range(n_sentences):
                types = rng.integers(0, n_types, 8)
                rows.append(
                    {
                        "lang": lang,
                        "split": split,
                        "tokens": [f"{lang}{i}" for i in types],
                        "tags": [tags[i] for i in types],
                    }
                )
    ner = pd.DataFrame(rows)
    text, place = np.repeat(np.arange(len(ner)), 8), np.tile(np.arange(8), len(ner))
    return ner, ner_probe.words_with_vectors(ner, text, place)
