"""The claims ledger as CSV and as Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens import csv_rows
from semantic_tokens.report.claims.ledger import COLUMNS

RULE = """A claim holds if every comparison it makes holds by at least two standard errors. It fails if one falls
short by more than noise would produce among that many comparisons. Fine-tuning scores vary over seeds, so a single seed
decides nothing; measures of a model vary over what they sample. Counted or printed numbers have no spread and are taken
as they are. A claim that something is kept counts only on tasks where another condition loses."""
_SHOWN = 3  # deciding numbers of a claim; claims.csv has all


def write(rows: Sequence[Mapping[str, Any]], languages: str, csv_path: Path, markdown_path: Path) -> None:
    """Write the ledger as CSV and Markdown; `languages` names those of the run's means. Same rows, same bytes."""
    csv_rows.write(COLUMNS, rows, csv_path)
    markdown_path.write_text(markdown(rows, languages), encoding="utf-8")


def markdown(rows: Sequence[Mapping[str, Any]], languages: str) -> str:
    """A count of verdicts, the rule, then one row per claim."""
    lines = ["# Claims of the papers", ""]
    for side, whose in (("paper", "The papers' own numbers"), ("run", "This run")):
        counts = Counter(row[f"{side}_verdict"] for row in rows)
        lines.append(f"{whose} — {', '.join(f'{verdict}: {counts[verdict]}' for verdict in sorted(counts))}.  ")
    lines += [
        "",
        RULE,
        "",
        f"This run's scores are means over {languages}.",
        "",
        "| claim | the papers' numbers | this run |",
        "|---|---|---|",
    ]
    lines += [f"| {_claim(row)} | {_side(row, 'paper')} | {_side(row, 'run')}{_spread(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _claim(row: Mapping[str, Any]) -> str:
    reading = f"<br>Read as: {row['reading']}" if row["reading"] else ""
    smallest = f"<br>Smallest effect: {row['smallest']:g}" if row["smallest"] else ""
    return f"`{row['id']}`<br>“{row['claim']}” ({row['paper']}, {row['place']}){reading}{smallest}"


def _side(row: Mapping[str, Any], side: str) -> str:
    verdict = f"**{row[f'{side}_verdict']}**"
    head = (
        f"{verdict}, {row[f'{side}_compared']} of {row[f'{side}_needed']} compared"
        if row[f"{side}_needed"]
        else verdict
    )
    deciding = row[f"{side}_decided_by"].split("; ") if row[f"{side}_decided_by"] else []
    more = [f"and {len(deciding) - _SHOWN} more"] if len(deciding) > _SHOWN else []
    return "<br>".join([head, *_why(row, side), *deciding[:_SHOWN], *more])


def _why(row: Mapping[str, Any], side: str) -> list[str]:
    """Why a claim is undecided; if it fails, the comparisons say why."""
    return [row[f"{side}_why"]] if row[f"{side}_verdict"].startswith("undecided") else []


def _spread(row: Mapping[str, Any]) -> str:
    if row["run_margin"] is None:
        return ""
    if row["run_error"] is None:
        return f"<br>margin {row['run_margin']:+.3f}"
    over = f" over {row['run_seeds']} seeds" if row["run_seeds"] else ""
    return f"<br>margin {row['run_margin']:+.3f} ± {row['run_error']:.3f}{over}"
