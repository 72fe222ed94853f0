"""What every job of a run cost, as Snakemake measured it: costs.csv."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens import csv_rows

COLUMNS = ("rule", "job", "seconds", "peak_memory_mib")


@dataclass(frozen=True)
class Cost:
    """One job: its rule, what it is about (as in the name of its log), its time, and the most memory that it held
    (None for a job too short to measure)."""

    rule: str
    job: str
    seconds: float
    peak_memory_mib: float | None


def measured(benchmarks: Path) -> list[Cost]:
    """The jobs with a benchmark file, those of conditions that the config no longer asks for included.

    `benchmarks` holds Snakemake's files, in a folder named as the rule or named as the rule themselves.
    """
    found = []
    for path in sorted(Path(benchmarks).rglob("*.tsv")):
        rule, *about = path.relative_to(benchmarks).with_suffix("").parts
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                found.append(Cost(rule, "/".join(about), _number(row["s"]) or 0.0, _number(row["max_rss"])))
    return found


def by_rule(costs: Iterable[Cost]) -> dict[str, dict[str, float | int | None]]:
    """Per rule: number of jobs, sum of their seconds, highest memory of one (MiB)."""
    rules: dict[str, list[Cost]] = {}
    for cost in costs:
        rules.setdefault(cost.rule, []).append(cost)
    return {rule: total(of) for rule, of in sorted(rules.items())}


def total(costs: Iterable[Cost]) -> dict[str, float | int | None]:
    """Number of jobs, sum of their seconds, highest memory of one (MiB; None where none was measured)."""
    jobs = list(costs)
    memory = [cost.peak_memory_mib for cost in jobs if cost.peak_memory_mib is not None]
    seconds = round(sum(cost.seconds for cost in jobs), 1)
    return {"jobs": len(jobs), "seconds": seconds, "peak_memory_mib": max(memory, default=None)}


def write(costs: Iterable[Cost], path: Path) -> None:
    """Write costs.csv, a row a job."""
    csv_rows.write(COLUMNS, map(vars, costs), path)


def read(path: Path) -> list[Cost]:
    """Read what `write` wrote."""
    return [
        Cost(row["rule"], row["job"], float(row["seconds"]), _number(row["peak_memory_mib"]))
        for row in csv_rows.read(path)
    ]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # Snakemake writes "-" or "NA" for what it could not measure
        return None
