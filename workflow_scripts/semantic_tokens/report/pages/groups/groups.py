"""The groups of one partition as the page shows them: their members, their neighbours, and where they lie on a map."""

import numpy as np

from semantic_tokens.analysis.centroids import centroids, nearest, place
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.report.pages.groups.columns import script

NEIGHBOURS = 6
MOST_COMPARED = 50_000  # groups; 5% of 901,629 tokens are 45,081, and the work grows with the square
MOST_POINTS = 12_500  # on the map: the largest groups
_SIDE = 4095  # of the map, in steps


def groups_script(grouping: str, partition: VocabularyPartition, table: np.ndarray, seed: int) -> str:
    """The script of a partition's groups; `table` [V, dim] is what was grouped, `seed` that of the map."""
    ids, cosines = members(partition)
    directed = centroids(table, partition)
    columns: dict[str, np.ndarray | str] = {
        "size": partition.group_sizes(),
        "member": ids,
        "cosine": hundredths(cosines),
    }
    compared = 2 <= len(directed.groups) <= MOST_COMPARED
    if compared:
        rows, near = nearest(directed.unit, NEIGHBOURS)
        columns |= {
            "directed": directed.groups,
            "neighbour": directed.groups[rows].ravel(),
            "closeness": hundredths(near.ravel()),
        }
    shown = largest(partition.group_sizes()[directed.groups], MOST_POINTS)
    unit = directed.unit[shown]
    around = rows if compared and len(shown) == len(directed.groups) else nearest(unit, NEIGHBOURS)[0]
    columns |= {"mapped": directed.groups[shown], **on_grid(place(unit, around, seed))}
    header = {"groups": partition.n_groups, "neighbours": near.shape[1] if compared else 0}
    return script(grouping, header, columns)


def members(partition: VocabularyPartition) -> tuple[np.ndarray, np.ndarray]:
    """(ids, cosines to the centroid) of all tokens that have a group, group by group, each from the centroid outwards;
    ties go to the lower id, as in keywords.csv."""
    kept = np.flatnonzero(partition.group_of >= 0)
    order = np.lexsort((kept, -partition.cosine_to_centroid[kept], partition.group_of[kept]))
    return kept[order], partition.cosine_to_centroid[kept[order]]


def hundredths(cosines: np.ndarray) -> np.ndarray:
    """Cosines in steps of 0.01, from 0 for -1 to 200 for 1."""
    return np.rint(100 * np.clip(cosines.astype(np.float64), -1, 1)).astype(np.int64) + 100


def largest(sizes: np.ndarray, most: int) -> np.ndarray:
    """Places of the `most` largest sizes, ascending; ties go to the lower place."""
    return np.sort(np.argsort(-sizes, kind="stable")[:most])


def on_grid(points: np.ndarray) -> dict[str, np.ndarray | str]:
    """Columns x and y of points [n, 2], each from 0 to 4095."""
    if not len(points):
        return {"x": np.empty(0, np.int64), "y": np.empty(0, np.int64)}
    low, high = np.percentile(points, [0.2, 99.8], axis=0)  # a few strays would shrink all the rest
    steps = np.rint((points - low) * _SIDE / np.maximum(high - low, 1e-9))
    x, y = np.clip(steps, 0, _SIDE).astype(np.int64).T
    return {"x": x, "y": y}
