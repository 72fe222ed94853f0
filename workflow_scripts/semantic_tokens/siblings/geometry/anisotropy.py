"""Do the rows of a table point in all directions equally, how long are they, and does either follow frequency?

Each row counts once, however many tokens share it: this is the geometry that the model reads.
"""

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.geometry.table import EmbeddingTable, blocks

TOP = (1, 10)  # principal components


def anisotropy(table: EmbeddingTable) -> list[Measure]:
    """Exact figures of all rows, hence without intervals; `chance` is that of rows that point everywhere alike.

    mean_cosine            of two different rows (Ethayarajh, 2019)
    top_component_share    of the variance, in the first 1 and 10 principal components
    isotropy               min / max of Z(c) = sum exp(c . row) over the unit eigenvectors c, and -c, of the second
                           moment of the rows: 1 if they are isotropic (Mu and Viswanath, 2018)
    mean_norm, norm_variation   mean length; its standard deviation over the mean
    """
    n, d = table.rows.shape
    norms, mean_direction = _lengths(table), _mean_direction(table)
    moment = sum(block.astype(np.float64).T @ block.astype(np.float64) for block in blocks(table.rows)) / n
    mean = table.rows.mean(axis=0, dtype=np.float64)
    components = np.linalg.eigvalsh(moment - np.outer(mean, mean))[::-1]
    mean_cosine = (n * (mean_direction**2).sum() * n - (norms > 0).sum()) / (n * (n - 1))
    shares = [(top, float(components[:top].sum() / components.sum())) for top in TOP]
    return [
        Measure("mean_cosine", "", float(mean_cosine), n, chance=0.0),
        *(Measure("top_component_share", str(top), share, n, chance=min(1.0, top / d)) for top, share in shares),
        Measure("isotropy", "", isotropy(table.rows, np.linalg.eigh(moment)[1]), n, chance=1.0),
        Measure("mean_norm", "", float(norms.mean()), n),
        Measure("norm_variation", "", float(norms.std() / norms.mean()), n),
    ]


def isotropy(rows: np.ndarray, directions: np.ndarray) -> float:
    """min / max over the columns c of `directions` [d, m], and -c, of the sum of exp(c . row) over the rows [n, d]."""
    logs = []
    for block in blocks(rows):
        product = block.astype(np.float64) @ directions
        logs.append(np.concatenate([logsumexp(product, axis=0), logsumexp(-product, axis=0)]))
    total = logsumexp(logs, axis=0)
    return float(np.exp(total.min() - total.max()))


def frequency_effects(table: EmbeddingTable, counts: np.ndarray) -> list[Measure]:
    """Spearman's correlation over the rows that occur of how often they do with their length, and with their cosine to
    the mean of all unit rows: with it, a table points one way because frequent, or rare, tokens do.

    counts: int [N], how often each token occurs in a text; a row occurs as often as its tokens together.
    """
    of_row = np.bincount(table.row_of, weights=counts, minlength=len(table.rows))
    occurs = of_row > 0
    norms, mean_direction = _lengths(table), _mean_direction(table).astype(np.float32)
    to_mean = table.rows @ mean_direction / np.where(norms > 0, norms, 1)
    return [
        _rank_correlation("norm_frequency", norms[occurs], of_row[occurs]),
        _rank_correlation("centrality_frequency", to_mean[occurs], of_row[occurs]),
    ]


def _rank_correlation(name: str, values: np.ndarray, counts: np.ndarray) -> Measure:
    rho = float(stats.spearmanr(values, counts).statistic)
    low, high = intervals.of_rank_correlation(rho, len(counts))
    return Measure(name, "", rho, len(counts), low=low, high=high, chance=0.0)


def _lengths(table: EmbeddingTable) -> np.ndarray:
    return np.concatenate([np.linalg.norm(block, axis=1) for block in blocks(table.rows)])


def _mean_direction(table: EmbeddingTable) -> np.ndarray:
    """float64 [d]: the mean of all rows at length 1; its squared length is the mean cosine of any two rows."""
    norms = table.norms()[:, None]
    sums = [
        (block / norm).sum(axis=0, dtype=np.float64)
        for block, norm in zip(blocks(table.rows), blocks(norms), strict=True)
    ]
    return np.sum(sums, axis=0) / len(table.rows)
