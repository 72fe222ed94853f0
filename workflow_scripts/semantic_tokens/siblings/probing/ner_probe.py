"""Named entities in the hidden states of words: a linear probe of the tag, and its control task (Hewitt and Liang
2019)."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.fine_tuning.metrics import accuracy, entity_f1
from semantic_tokens.siblings.probing import linear
from semantic_tokens.tables import NER_TAGS


def words_with_vectors(ner: pd.DataFrame, text: np.ndarray, place: np.ndarray) -> pd.DataFrame:
    """lang, split, sentence, place, word, tag (index into NER_TAGS) of every vector; text, place: int [n]."""
    index = {tag: i for i, tag in enumerate(NER_TAGS)}
    return pd.DataFrame(
        {
            "lang": ner["lang"].to_numpy()[text],
            "split": ner["split"].to_numpy()[text],
            "sentence": text,
            "place": place,
            "word": [ner["tokens"].iloc[i][j] for i, j in zip(text, place)],
            "tag": [index[ner["tags"].iloc[i][j]] for i, j in zip(text, place)],
        }
    )


def control_tags(words: pd.DataFrame, seed: int) -> np.ndarray:
    """int [n]: a random tag for each type (a word of a language), drawn as often as the tags occur in training."""
    types, each = np.unique(words["lang"] + "\t" + words["word"], return_inverse=True)
    training = words.loc[words["split"] == "train", "tag"].to_numpy()
    return np.random.default_rng([seed, 6]).choice(training, len(types))[each]


def ner_probe(vectors: np.ndarray, words: pd.DataFrame, ner: pd.DataFrame, layer: int, seed: int) -> Iterator[Measure]:
    """One probe over all languages, trained on `train` and scored on `test`: each language and (no subject) all.

    vectors: float [n, dim] of one layer, of the first subword of each of `words`.

    ner_probe_accuracy    of tags, word by word; chance: the most frequent tag
    ner_probe_f1          of entities; chance: the constant tag that has the best F1; a word without a vector gets O
    ner_control_accuracy  each type has a random tag, so what is right was learnt by heart; chance as above
    ner_selectivity       accuracy of the probe less that of the control
    """
    train = (words["split"] == "train").to_numpy()
    gold, control = words["tag"].to_numpy(), control_tags(words, seed)
    guesses = [_learnt(vectors, labels, train) for labels in (gold, control)]
    constants = [Counter(labels[train].tolist()).most_common(1)[0][0] for labels in (gold, control)]
    for lang in (*dict.fromkeys(words.loc[~train, "lang"]), ""):
        part = ~train & (words["lang"] == lang).to_numpy() if lang else ~train
        n, shares = int(part.sum()), []
        for name, labels, guess, constant in zip(("probe", "control"), (gold, control), guesses, constants):
            right, chance = guess[part] == labels[part], accuracy(labels[part], constant)
            low, high = intervals.of_share(float(right.mean()), n)
            shares.append(float(right.mean()))
            yield Measure(f"ner_{name}_accuracy", lang, shares[-1], n, layer, low, high, chance)
        yield Measure("ner_selectivity", lang, shares[0] - shares[1], n, layer)
        yield _f1(ner, words[part], guesses[0][part], lang, layer)


def _learnt(vectors: np.ndarray, labels: np.ndarray, train: np.ndarray) -> np.ndarray:
    """int [n]: what a probe trained on these labels says of every word."""
    return linear.predict(linear.fit(vectors[train], labels[train]), vectors)


def _f1(ner: pd.DataFrame, words: pd.DataFrame, guess: np.ndarray, lang: str, layer: int) -> Measure:
    gold = {i: list(ner["tags"].iloc[i]) for i in words["sentence"].unique()}
    predicted = {i: ["O"] * len(tags) for i, tags in gold.items()}
    for i, j, tag in zip(words["sentence"], words["place"], guess):
        predicted[i][j] = NER_TAGS[tag]
    true = list(gold.values())
    chance = max(entity_f1(true, [[tag] * len(tags) for tags in true]) for tag in NER_TAGS)
    return Measure("ner_probe_f1", lang, entity_f1(true, list(predicted.values())), len(true), layer, chance=chance)
