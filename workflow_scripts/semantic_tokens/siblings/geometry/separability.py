"""Can a line tell the tokens of one writing system from all others? (arXiv 2311.18034: XLM-R 99.2% on average.)

Logistic regression with scikit-learn's defaults on rows of length 1, one category against the rest, as many tokens of
the rest as of the category, ten folds. Ours: tokens that share a row are always in one fold, or a grouped model would
be tested on the rows that it was trained on. A group of several categories is then what it is to the model: no
classifier can tell its members apart.
"""

import logging

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.geometry.categories import is_writing_system
from semantic_tokens.siblings.geometry.table import EmbeddingTable

FOLDS = 10
CHANCE = 0.5  # both classes are as large
log = logging.getLogger(__name__)


def separability(
    table: EmbeddingTable,
    categories: np.ndarray,
    at_least: int,
    per_class: int,
    seed: int,
    name: str,
    letters_alone: bool,
) -> list[Measure]:
    """Accuracy for each category of `at_least` tokens, and last their average with the empty subject.

    categories     str [N]: of the table's tokens
    per_class      tokens drawn of the category, and of the rest; fewer where there are fewer
    letters_alone  average over writing systems, without numbers, punctuation and the like
    A category whose tokens, or whose rest, have fewer rows than there are folds is left out.
    """
    found = []
    names, sizes = np.unique(categories, return_counts=True)
    for category in names[sizes >= at_least]:
        right = held_out_predictions(table, categories == category, per_class, seed)
        if right is None:
            log.info("%s of %s: fewer than %d rows, left out", name, category, FOLDS)
            continue
        low, high = intervals.of_share(float(right.mean()), len(right))
        found.append(Measure(name, str(category), float(right.mean()), len(right), low=low, high=high, chance=CHANCE))
    return [*found, *_average([m for m in found if is_writing_system(m.subject) or not letters_alone], name)]


def held_out_predictions(table: EmbeddingTable, wanted: np.ndarray, per_class: int, seed: int) -> np.ndarray | None:
    """bool [2 n]: whether each drawn token was told right by a classifier that was trained without its row.

    wanted: bool [N], the tokens to tell from the others. None where either side has fewer rows than there are folds.
    """
    rng = np.random.default_rng(seed)
    sides = np.flatnonzero(wanted), np.flatnonzero(~wanted)
    n = min(per_class, *map(len, sides))
    chosen = np.concatenate([rng.choice(side, n, replace=False) for side in sides])
    rows, is_wanted = table.row_of[chosen], wanted[chosen]
    if any(len(np.unique(rows[is_wanted == side])) < FOLDS for side in (True, False)):
        return None
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return is_wanted == cross_val_predict(LogisticRegression(), table.unit_rows(rows), is_wanted, groups=rows, cv=folds)


def _average(found: list[Measure], name: str) -> list[Measure]:
    if not found:
        return []
    values = [measure.value for measure in found]
    low, high = intervals.of_average(values, [(measure.low or 0.0, measure.high or 0.0) for measure in found])
    return [Measure(name, "", float(np.mean(values)), len(found), low=low, high=high, chance=CHANCE)]
