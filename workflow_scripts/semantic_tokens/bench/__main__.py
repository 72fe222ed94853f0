"""Our code against what its user would use instead, in alternation, on this machine: `make bench`.

Prints a table and writes bench.json. BENCH=full takes real sizes, and rows on a GPU where there is one. The command
fails, after all rows, if one did not do the same work as its peer or could not be measured.
"""

import argparse
import json
import logging
import os
import platform
import sys
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import distributions
from math import isfinite
from pathlib import Path
from typing import Any

from semantic_tokens.bench.comparison import BenchRow, compare
from semantic_tokens.bench.rows import rows as all_rows
from semantic_tokens.errors import InputError

PACKAGES = (
    "torch", "numpy", "faiss-cpu", "scikit-learn", "superkmeans", "fastkmeans", "flash-kmeans", "cuml-cu13",
    "transformers", "sentence-transformers",
)  # fmt: skip
THREADS = "2"  # of every library, unless the environment says otherwise: the goals are for two cores
_COLUMNS = f"{'row':<32}{'ours s':>9}{'peer s':>9}{'ratio':>7}{'spread':>14}{'difference':>12}  peer"


def main(arguments: list[str]) -> int:
    """Exit status: 0 if every row did the same work as its peer and exceeded nothing, otherwise 1."""
    parser = argparse.ArgumentParser(prog="python -m semantic_tokens.bench", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help="rows to run: those with one of these in their names; default: all"
    )
    parser.add_argument("--list", action="store_true", help="print the names of the rows and stop")
    parser.add_argument("--pairs", type=int, default=5, help="timed pairs per row (default: 5)")
    parser.add_argument("--output", type=Path, default=Path("results/bench/bench.json"))
    given = parser.parse_args(arguments)
    full = _full()
    chosen = {
        name: topic
        for name, topic in all_rows(full).items()
        if not given.rows or any(part in name for part in given.rows)
    }
    if not chosen:
        raise InputError(f"no row has {' or '.join(given.rows)} in its name; --list prints the names")
    if given.list:
        print(*chosen, sep="\n")
        return 0
    rows, failed = list[BenchRow](), dict[str, str]()
    print(_COLUMNS)
    for name, topic in chosen.items():
        try:
            row = _measured(name, topic, full, given.pairs)
        except Exception as error:  # whatever ends one row must not end the others
            failed[name] = f"{type(error).__name__}: {error}"
            print(f"{name:<32}failed: {failed[name]}", flush=True)
            continue
        if row is not None:
            rows.append(row)
            print(_line(row), flush=True)
            write(rows, given.output)
    if rows:
        print(f"\nwritten: {given.output}")
    different = [row for row in rows if not row.same_result]
    for row in different:
        print(f"{row.name}: result differs from {row.peer}'s by {row.result_difference:.3g}, allowed {row.allowed:.3g}")
    beyond = [row for row in rows if row.exceeds]
    for row in beyond:
        print(f"{row.name}: {row.exceeds}")
    for name, reason in failed.items():
        print(f"{name}: failed: {reason}")
    return 1 if different or beyond or failed else 0


def _full() -> bool:
    asked = os.environ.get("BENCH", "")
    if asked not in ("", "full"):
        raise InputError(f"BENCH = {asked!r}; allowed: full, or unset for sizes that take two cores a few minutes")
    return asked == "full"


def _measured(name: str, topic: str, full: bool, pairs: int) -> BenchRow | None:
    """The row, None where its topic leaves it out. What it was measured on goes with the comparison at the end. A topic
    without a peer or pairs of timings gives its rows itself."""
    comparison = import_module(f"semantic_tokens.bench.{topic}").comparison(name, full)
    return comparison if comparison is None or isinstance(comparison, BenchRow) else compare(comparison, pairs)


def write(rows: list[BenchRow], path: Path) -> None:
    """The rows so far as JSON, with the machine and the versions that they were measured on; whole or not at all.

    JSON has no number for NaN and infinity: they are the words "nan" and "inf".
    """
    content = {
        "machine": machine(),
        "versions": {"python": platform.python_version()}
        | {one.name: one.version for one in distributions() if one.name in PACKAGES},
        "rows": [_finite(asdict(row)) for row in rows],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    draft.replace(path)


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    words = dict[str, Any]()
    for name, value in values.items():
        if isinstance(value, dict):
            words[name] = _finite(value)
        else:
            words[name] = str(value) if isinstance(value, float) and not isfinite(value) else value
    return words


def machine() -> dict[str, str | int | float | None]:
    import torch

    processors = Path("/proc/cpuinfo")
    lines = processors.read_text(encoding="utf-8").splitlines() if processors.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load_average": os.getloadavg()[0],
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def _line(row: BenchRow) -> str:
    def figure(value: float | None, width: int, form: str) -> str:
        return f"{'-' if value is None else format(value, form):>{width}}"

    spread = "-" if row.ratio is None else f"{row.ratio_low:.2f}..{row.ratio_high:.2f}"
    measures = "".join(f"  {name} = {value:.4g}" for name, value in row.measures.items())
    return (
        f"{row.name:<32}{figure(row.ours_s, 9, '.3f')}{figure(row.peer_s, 9, '.3f')}{figure(row.ratio, 7, '.2f')}"
        f"{spread:>14}{figure(row.result_difference, 12, '.2g')}  {row.peer or '(no peer)'}{measures}"
    )


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, THREADS)
    os.environ["TQDM_DISABLE"] = "1"  # no progress bars between the lines of the table
    logging.basicConfig(level=logging.WARNING)
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"bench: {error}")
