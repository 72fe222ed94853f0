"""How the vectors of a layer lie in space: measures of collapse in late layers (2502.04269, second experiment).

A collapsed layer has an anisotropy near 1, an effective rank near 1 and little in common with the previous layer.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.vectors import unit_rows


def state_statistics(vectors: np.ndarray, before: np.ndarray | None, layer: int) -> Iterator[Measure]:
    """Statistics of one layer, float [n, dim]; `before` holds the layer below, None for layer 0.

    state_norm           mean Euclidean norm
    anisotropy           mean cosine of two different vectors, over all pairs (Ethayarajh 2019)
    effective_rank       exp of the entropy of the covariance's eigenvalues, from 1 to dim (Roy and Vetterli 2007)
    participation_ratio  (sum of the eigenvalues)^2 / sum of their squares, from 1 to dim
    top_dimension_share  share of the variance that the largest dimension has; chance: all dimensions have as much
    layer_cka            linear CKA with the layer below, from 0 to 1 (Kornblith et al. 2019)
    layer_cosine         mean cosine of a vector and the same one in the layer below
    """
    x = vectors.astype(np.float64)
    n, dim = x.shape
    centred = x - x.mean(axis=0)
    spectrum = np.linalg.svd(centred, compute_uv=False) ** 2
    variance = (centred**2).sum(axis=0)
    values = {
        "state_norm": np.linalg.norm(x, axis=1).mean(),
        "anisotropy": mean_cosine(x),
        "effective_rank": _effective_rank(spectrum),
        "participation_ratio": spectrum.sum() ** 2 / (spectrum**2).sum() if spectrum.any() else 1.0,
        "top_dimension_share": variance.max() / variance.sum() if variance.any() else 1.0,
    }
    if before is not None:
        values["layer_cka"] = linear_cka(centred, before.astype(np.float64))
        values["layer_cosine"] = (unit_rows(x) * unit_rows(before.astype(np.float64))).sum(axis=1).mean()
    for name, value in values.items():
        yield Measure(name, "", float(value), n, layer, chance=1 / dim if name == "top_dimension_share" else None)


def mean_cosine(x: np.ndarray) -> float:
    """Mean cosine over all n (n - 1) / 2 pairs of different rows, without forming them."""
    unit = unit_rows(x)
    n, total = len(unit), unit.sum(axis=0)
    return float((total @ total - (unit**2).sum()) / (n * (n - 1)))


def linear_cka(x: np.ndarray, y: np.ndarray) -> float:
    """Linear CKA of two [n, dim] on the same n items; 0 where one does not vary."""
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    scale = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / scale) if scale else 0.0


def late_layers(measures: Iterable[Measure]) -> Iterator[Measure]:
    """What late layers lose, of each measure (the subject) that has a row for the whole model.

    late_layer_drop  best layer less last layer; never negative. `layer` is the best one
    late_layer_fall  middle layer (of n layers with the embeddings the one numbered n // 2) less last layer; negative
                     where the last one is better. `layer` is the middle one

    Of what is above chance, where there is a chance: the cosines of all words may rise together.
    """
    by_name: dict[str, list[Measure]] = {}
    for measure in measures:
        if not measure.subject and measure.measure in DROPS:
            by_name.setdefault(measure.measure, []).append(measure)
    for name, layers in by_name.items():
        above = [measure.value - (measure.chance or 0) for measure in layers]
        for what, place in (("late_layer_drop", int(np.argmax(above))), ("late_layer_fall", len(above) // 2)):
            yield Measure(what, name, above[place] - above[-1], layers[-1].n, layers[place].layer)


DROPS = ("word_similarity", "parallel_retrieval", "sentence_probe_accuracy", "ner_probe_accuracy", "ner_probe_f1")


def _effective_rank(spectrum: np.ndarray) -> float:
    if not spectrum.any():
        return 1.0
    share = spectrum[spectrum > 0] / spectrum.sum()
    return float(np.exp(-(share * np.log(share)).sum()))
