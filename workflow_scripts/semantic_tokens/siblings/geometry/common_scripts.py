"""Scripts told apart, averaged over the same scripts in all conditions of a backbone.

A grouped table has fewer rows, so rarer scripts cannot be judged, and the averages of two conditions cover different
scripts. These cover the same set, so they can be compared.
"""

from collections.abc import Iterable

import numpy as np

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure, Row
from semantic_tokens.conditions import Condition
from semantic_tokens.siblings.geometry.categories import is_writing_system
from semantic_tokens.siblings.geometry.separability import CHANCE

NAME = "script_separability_of_common"


def over_common_scripts(rows: Iterable[Row]) -> list[tuple[Condition, list[Measure]]]:
    """`script_separability_of_common` of each condition, from the rows of geometry.csv; `n` is how many scripts.

    A condition in which no script could be judged takes no part. One whose backbone has no common script has no row.
    """
    found: dict[Condition, dict[str, Row]] = {}
    for row in rows:
        if row["measure"] == "script_separability" and is_writing_system(row["subject"]):
            found.setdefault(Condition.from_columns(row), {})[row["subject"]] = row
    averages = []
    for condition, own in found.items():
        of_backbone = [set(scripts) for other, scripts in found.items() if other.backbone == condition.backbone]
        common = [own[script] for script in sorted(set.intersection(*of_backbone))]
        if common:
            values = [float(row["value"]) for row in common]
            low, high = intervals.of_average(values, [(float(row["low"]), float(row["high"])) for row in common])
            average = Measure(NAME, "", float(np.mean(values)), len(common), low=low, high=high, chance=CHANCE)
            averages.append((condition, [average]))
    return averages
