"""Parse every file under a folder laid out as upstream, and report the content of each.

python -m semantic_tokens.sources.check_data DIR [--csv FILE]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, fields
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from semantic_tokens import csv_rows
from semantic_tokens.errors import InputError
from semantic_tokens.sources.catalogue import LOADERS
from semantic_tokens.sources.files import Skipped, SourceFile
from semantic_tokens.sources.listing import FOLDERS


@dataclass(frozen=True)
class FileReport:
    """One line of the table: `rows` parsed and `skipped` for the `reasons`; `failed` says why parsing ended early."""

    source: str
    file: str
    lang: str
    split: str
    rows: int
    skipped: int
    reasons: str
    first_problem: str
    failed: str


def check_folder(root: Path) -> Iterator[FileReport]:
    """A report on every file under `root` that some loader reads. Raises InputError if there is none."""
    if not root.is_dir():
        raise InputError(f"{root}: not a folder")
    found = False
    for name, folders in FOLDERS.items():
        for folder in (root / name for name in folders if (root / name).is_dir()):
            found = True
            yield from _check_source(name, folder, root)
    if not found:
        expected = ", ".join(chain.from_iterable(FOLDERS.values()))
        raise InputError(f"{root}: contains none of the upstream folders: {expected}")


def _check_source(name: str, folder: Path, root: Path) -> Iterator[FileReport]:
    try:
        files = LOADERS[name](folder)
    except Exception as error:  # of a loader that looks into files to list them; the others are checked all the same
        failed = str(error) if isinstance(error, InputError) else f"{folder}: {type(error).__name__}: {error}"
        yield FileReport(name, str(folder.relative_to(root)), "", "", 0, 0, "", "", failed)
        return
    for file in files:
        yield check_file(file, root)


def check_file(file: SourceFile, root: Path) -> FileReport:
    """Parse one file to its end, or to the line that cannot be parsed."""
    skipped, rows, failed, languages = Skipped(), 0, "", Counter[str]()
    try:
        for row in tqdm(file.rows(skipped), desc=str(file.path), unit="row", delay=2, leave=False):
            rows += 1
            languages[row.get("lang", file.lang)] += 1
    except InputError as error:
        failed = str(error)
    problems = sorted((first, what) for what, (_, first) in {**skipped.rows, **skipped.notes}.items())
    return FileReport(
        file.source,
        str(file.path.relative_to(root)),
        "+".join(sorted(languages)) or file.lang,
        file.split,
        rows,
        skipped.left_out,
        "; ".join(f"{what}: {count}" for what, (count, _) in {**skipped.rows, **skipped.notes}.items()),
        f"line {problems[0][0]}: {problems[0][1]}" if problems else "",
        failed,
    )


def unrecognised(root: Path) -> list[str]:
    """What lies in `root` that no source is looked for in: perhaps a folder under another name than upstream's."""
    known = {Path(folder).parts[0] for folder in chain.from_iterable(FOLDERS.values())}
    return sorted(path.name for path in root.iterdir() if path.name not in known and not path.name.startswith("."))


def as_text(reports: Iterable[FileReport]) -> str:
    """The table for a terminal: one line per file, columns aligned, long cells cut."""
    names = [field.name for field in fields(FileReport)]
    rows = [names, *([_short(str(cell)) for cell in astuple(report)] for report in reports)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(names))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def _short(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:57]}..."


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if some file cannot be parsed, 2 if the folder is not one of upstream files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, help="also write the table to this file")
    chosen = parser.parse_args(arguments)
    try:
        reports = list(check_folder(chosen.folder))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.csv:
        write_csv(reports, chosen.csv)
    print(as_text(reports))
    if others := unrecognised(chosen.folder):
        print(f"\nnot recognised, and not read (docs/data.md says what is): {', '.join(others)}")
    failed = [report for report in reports if report.failed]
    print(f"\n{len(reports)} files, {sum(r.rows for r in reports)} rows, {len(failed)} files that cannot be parsed")
    for report in failed:
        print(report.failed, file=sys.stderr)
    return 1 if failed else 0


def write_csv(reports: Iterable[FileReport], path: Path) -> None:
    """The same table as CSV, whole cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    csv_rows.write([field.name for field in fields(FileReport)], map(asdict, reports), path)


if __name__ == "__main__":
    raise SystemExit(main())
