"""What conflated senses cost in the tasks: do scores lose most where most words are conflated?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np
import pyarrow as pa
from scipy.stats import pearsonr

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC, TASK_ORDER
from semantic_tokens.report.table5 import oracle_of

OVER_LANGUAGES, OVER_GROUPINGS = "conflation_cost", "conflation_cost_over_groupings"
LEAST_POINTS = 4  # Fisher's interval needs n - 3 above 0
Losses = Mapping[Condition, Mapping[str, Mapping[str, float]]]  # condition -> task -> language -> share lost


def losses(scores: pa.Table) -> Losses:
    """1 - score / oracle's score in each language, means over seeds, of every condition trained in-language."""
    found: dict[Condition, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in scores.to_pylist():
        if row["metric"] == PRIMARY_METRIC[row["task"]] and row["transfer"] == "in-language":
            found[Condition.from_columns(row)][row["task"], row["lang"]].append(row["value"])
    means = {c: {place: fmean(values) for place, values in places.items()} for c, places in found.items()}
    lost: dict[Condition, dict[str, dict[str, float]]] = {}
    for condition, places in means.items():
        oracle = oracle_of(means, condition.backbone)
        reference = means[oracle] if oracle else {}
        lost[condition] = defaultdict(dict)
        for (task, lang), value in places.items():
            if reference.get((task, lang), 0) > 0:
                lost[condition][task][lang] = 1 - value / reference[task, lang]
    return lost


def with_costs(
    polysemy: Sequence[tuple[Condition, Sequence[Measure]]], lost: Losses
) -> list[tuple[Condition, list[Measure]]]:
    """The measures of each grouping, each with those of its scored conditions, and last those of each backbone.

    conflation_cost                 by task, of a condition: Pearson's correlation over languages of the share of
                                    conflated words and the share of the score that is lost; n languages
    conflation_cost_over_groupings  by task, of a backbone before and after continual pretraining (the condition is its
                                    full vocabulary): the same over groupings, of means over languages; n groupings

    The 95% intervals are Fisher's, not corrected for how many correlations are looked at. Left out with fewer than four
    points, or where one side does not vary.
    """
    found: list[tuple[Condition, list[Measure]]] = []
    over_groupings: dict[tuple[Condition, str], list[tuple[float, float]]] = defaultdict(list)
    for grouping, measures in polysemy:
        found.append((grouping, list(measures)))
        conflated = {m.subject: m.value for m in measures if m.measure == "conflated_words"}
        for condition in (c for c in lost if c.grouped == grouping.grouped):
            costs = []
            for task in (task for task in TASK_ORDER if lost[condition].get(task) and conflated):
                by_language = lost[condition][task]
                points = [(conflated[lang], by_language[lang]) for lang in sorted(conflated) if lang in by_language]
                costs += _correlation(OVER_LANGUAGES, task, points)
                backbone = replace(condition.original, pretraining=condition.pretraining)
                over_groupings[backbone, task].append((conflated[""], fmean(by_language.values())))
            found.append((condition, costs))
    return found + [(c, _correlation(OVER_GROUPINGS, task, points)) for (c, task), points in over_groupings.items()]


def _correlation(name: str, task: str, points: Sequence[tuple[float, float]]) -> list[Measure]:
    pairs = np.array(points)
    if len(pairs) < LEAST_POINTS or (np.ptp(pairs, axis=0) == 0).any():
        return []
    found = pearsonr(*pairs.T)
    low, high = map(float, found.confidence_interval(0.95))
    return [Measure(name, task, float(found.statistic), len(pairs), low=low, high=high, chance=0.0)]
