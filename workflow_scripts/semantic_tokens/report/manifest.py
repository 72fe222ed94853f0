"""What ran where: config, versions, commit, machine, and the time and memory of every rule. No names, no paths."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from semantic_tokens.report.costs import Cost, by_rule

PACKAGES = (
    *("torch", "transformers", "tokenizers", "sentencepiece", "safetensors", "numpy", "scipy", "scikit-learn"),
    *("pyarrow", "pandas", "seqeval", "bm25s", "pytrec_eval-terrier", "pydantic", "matplotlib", "snakemake"),
)


def collect(
    config: Mapping[str, Any], costs: Iterable[Cost], repository: Path, sources: Iterable[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Everything about a run but its results, as JSON values; what this machine does not tell is None.

    `costs` are those of its jobs, of which the sums by rule are kept.
    `sources` are rows of tables/sources.csv, of which revision and licence are kept.
    """
    return {
        "config": dict(config),
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "machine": machine(),
        "code": commit(repository),
        "sources": [{column: row[column] for column in ("name", "revision", "licence")} for row in sources],
        "rules": by_rule(costs),
    }


def machine() -> dict[str, Any]:
    """Platform, processor, cores, memory (GiB) and the names of the GPUs that the driver lists."""
    return {
        "platform": platform.platform(),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": _memory_gib(),
        "gpus": _gpus(),
    }


def write(manifest: Mapping[str, Any], path: Path) -> None:
    """Write the manifest as readable JSON, keys in the order given."""
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """Read what `write` wrote."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def commit(repository: Path) -> dict[str, Any] | None:
    """The commit that is checked out and whether files differ from it; None if the project is not a git repository."""
    top = _git(repository, "rev-parse", "--show-toplevel")
    head = _git(repository, "rev-parse", "--verify", "HEAD")
    if top is None or head is None or Path(top) != Path(repository).resolve():
        return None
    return {"commit": head, "dirty": bool(_git(repository, "status", "--porcelain"))}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(repository: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _cpu_model() -> str | None:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or None


def _gpus() -> list[str]:
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None
