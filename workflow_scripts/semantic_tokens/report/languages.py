"""Does grouping hurt the same languages on different tasks? Correlations of the drops (paper, Appendix C)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import pyarrow as pa

from semantic_tokens import csv_rows
from semantic_tokens.conditions import PARTS, Condition
from semantic_tokens.report import PRIMARY_METRIC
from semantic_tokens.report.table5 import oracle_of

# Figure 10's rows: pair, first task, second task. The paper prints I (b) as rerank and TyDiQA, which is III (b) again,
# of one task type, where group I is of different ones: retrieval and TyDiQA are taken to be meant. NER is in none.
PAIRS = (
    ("I (a)", "retrieval", "nli"),
    ("I (b)", "retrieval", "qa"),
    ("II", "retrieval", "rerank"),
    ("III (a)", "rerank", "nli"),
    ("III (b)", "rerank", "qa"),
)
LEAST_LANGUAGES = 3  # two points always lie on a line
COLUMNS = ("condition", *PARTS, "transfer", "pair", "first", "second", "languages", "rho", "p")


@dataclass(frozen=True)
class Correlation:
    """One grouped condition and one pair of tasks.

    languages  those with a score in both tasks, and with an oracle's score above 0 in both
    rho        Pearson's correlation over them of the relative drops, 1 - score / oracle's score (means over seeds)
    p          one-tailed: how likely a correlation so high is if there is none
    rho and p are None, not measured, with fewer than three languages, or where the drop is the same in all of them.
    """

    condition: Condition
    transfer: str
    pair: str
    first: str
    second: str
    languages: tuple[str, ...]
    rho: float | None
    p: float | None


def correlate(scores: pa.Table) -> list[Correlation]:
    """Every pair of PAIRS for every grouped condition and transfer of a `scores` table whose backbone has an oracle."""
    values: dict[tuple[Condition, str], dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in scores.to_pylist():
        if row["metric"] == PRIMARY_METRIC[row["task"]]:
            values[Condition.from_columns(row), row["transfer"]][row["task"], row["lang"]].append(row["value"])
    means = {key: {place: fmean(found) for place, found in by_place.items()} for key, by_place in values.items()}
    found = []
    for condition, transfer in sorted(means, key=lambda key: (str(key[0]), key[1])):
        oracle = oracle_of({c for c, other in means if other == transfer}, condition.backbone)
        if condition.grouping.percent and oracle:
            drops = relative_drops(means[condition, transfer], means[oracle, transfer])
            found += [Correlation(condition, transfer, *pair, *_pearson(drops, *pair[1:])) for pair in PAIRS]
    return found


def relative_drops(
    scores: Mapping[tuple[str, str], float], oracle: Mapping[tuple[str, str], float]
) -> dict[str, dict[str, float]]:
    """task -> language -> 1 - score / oracle's score, of scores by (task, language); none where the oracle scores 0."""
    drops: dict[str, dict[str, float]] = defaultdict(dict)
    for (task, lang), score in scores.items():
        if oracle.get((task, lang), 0) > 0:
            drops[task][lang] = 1 - score / oracle[task, lang]
    return drops


def write(rows: Sequence[Correlation], path: Path) -> None:
    """Write the correlations as CSV; an empty `rho` was not measured."""
    csv_rows.write(COLUMNS, (vars(row) | row.condition.columns() for row in rows), path)


def read(path: Path) -> list[Correlation]:
    """Read what `write` wrote."""
    return [_parse(row) for row in csv_rows.read(path)]


def _pearson(
    drops: Mapping[str, Mapping[str, float]], first: str, second: str
) -> tuple[tuple[str, ...], float | None, float | None]:
    from scipy.stats import pearsonr

    one, other = drops.get(first, {}), drops.get(second, {})
    languages = tuple(sorted(one.keys() & other.keys()))
    x, y = [one[lang] for lang in languages], [other[lang] for lang in languages]
    if len(languages) < LEAST_LANGUAGES or len(set(x)) == 1 or len(set(y)) == 1:
        return languages, None, None
    found = pearsonr(x, y, alternative="greater")
    return languages, float(found.statistic), float(found.pvalue)


def _parse(row: dict[str, str]) -> Correlation:
    languages = tuple(row["languages"].split("+")) if row["languages"] else ()
    rho, p = (float(row[name]) if row[name] else None for name in ("rho", "p"))
    about = (row["transfer"], row["pair"], row["first"], row["second"])
    return Correlation(Condition.from_columns(row), *about, languages, rho, p)
