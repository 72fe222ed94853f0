"""All measures and projections of one model, layer by layer: no more than two layers' vectors are in memory."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm import tqdm

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.errors import InputError
from semantic_tokens.siblings.probing.degradation import late_layers, state_statistics
from semantic_tokens.siblings.probing.items import PICTURED, sentence_pairs, training_half
from semantic_tokens.siblings.probing.ner_probe import ner_probe
from semantic_tokens.siblings.probing.retrieval import parallel_retrieval
from semantic_tokens.siblings.probing.sentence_probe import sentence_probe
from semantic_tokens.siblings.probing.similarity import word_similarity
from semantic_tokens.siblings.projection import pca, t_sne
from semantic_tokens.siblings.vectors import unit_rows

FEWEST_POINTS = 4  # that t-SNE can place
METHODS = ("PCA", "t-SNE")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class States:
    """Items of one kind as a table, and their vectors, [layers + 1, n, dim]."""

    items: pd.DataFrame
    vectors: np.ndarray


def measure_layers(
    words: States, word_pairs: pd.DataFrame, sentences: States, ner: tuple[States, pd.DataFrame] | None, seed: int
) -> list[Measure]:
    """Every measure of every layer. `ner` is the words of tagged sentences, and the sentences; None without such
    data."""
    pairs, trains, found = sentence_pairs(sentences.items), training_half(sentences.items, seed), list[Measure]()
    sentence = pd.factorize(sentences.items["sentence_id"])[0]
    for layer in tqdm(range(len(sentences.vectors)), desc="probe", unit="layer", delay=2, mininterval=2):
        vectors = sentences.vectors[layer]
        found += word_similarity(words.vectors[layer], word_pairs, layer)
        found += state_statistics(vectors, sentences.vectors[layer - 1] if layer else None, layer)
        found += parallel_retrieval(vectors, pairs, layer)
        found += sentence_probe(vectors, pairs, sentence, trains, layer, seed)
        if ner is not None:
            found += ner_probe(ner[0].vectors[layer], ner[0].items, ner[1], layer, seed)
    return found + list(late_layers(found))


def project_layers(words: States, sentences: States, layers: Sequence[int] | None, seed: int) -> pd.DataFrame:
    """kind, layer, method, lang, meaning, x, y: what is pictured, in the plane. Without `layers`: first, middle, last.

    A kind of which fewer than FEWEST_POINTS would be shown is left out. Raises InputError where the model has none of
    the layers.
    """
    deepest = len(sentences.vectors) - 1
    chosen = [n for n in layers if n <= deepest] if layers else sorted({0, deepest // 2, deepest})
    if not chosen:
        raise InputError(f"probing.layers = {list(layers or ())}: the model has layers 0 to {deepest}")
    if layers and len(chosen) < len(layers):
        log.info("layers %s are not pictured: the model has 0 to %d", sorted(set(layers) - set(chosen)), deepest)
    pictured = {
        "words": (words, _with_meaning),
        "sentences": (sentences, _first_sentences),
    }
    return pd.concat(
        [
            shown[["lang", "meaning"]].assign(
                kind=kind, layer=layer, method=method, **_plane(states.vectors[layer][shown.index], method, seed)
            )
            for kind, (states, choose) in pictured.items()
            for shown in [choose(states.items)]
            if len(shown) >= FEWEST_POINTS
            for layer in chosen
            for method in METHODS
        ],
        ignore_index=True,
    )


def _with_meaning(items: pd.DataFrame) -> pd.DataFrame:
    return items[items["meaning"] != ""]


def _first_sentences(sentences: pd.DataFrame) -> pd.DataFrame:
    """The first PICTURED sentences that the most languages have."""
    by_id = sentences.groupby("sentence_id", sort=False)["lang"].nunique().sort_values(ascending=False, kind="stable")
    shown = sentences[sentences["sentence_id"].isin(by_id.index[:PICTURED])]
    return shown.assign(meaning=shown["sentence_id"])


def _plane(vectors: np.ndarray, method: str, seed: int) -> dict[str, np.ndarray]:
    unit = unit_rows(np.asarray(vectors))
    return dict(zip("xy", (pca(unit) if method == "PCA" else t_sne(unit, seed)).T))
