"""Whether a file that a step has made can still be read.

A full disk or a copy that ended early cuts files, and libraries say so in their own words, without the file's name.
"""

import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow.parquet as pq
from safetensors import safe_open

from semantic_tokens import csv_rows

AGAIN = "delete it to have it made again"


def first_damaged(paths: Iterable[Path | str]) -> str:
    """Which of the files is the first that cannot be read to its end, why, and what to do; empty if all can."""
    return next(filter(None, map(damage, map(Path, paths))), "")


def damage(path: Path) -> str:
    """What is wrong with one file, empty if nothing is or if it is of a kind that cannot be told (`READERS`)."""
    reader = READERS.get(path.suffix)
    if reader is None or not path.is_file():
        return ""
    try:
        reader(path)
    except Exception as error:  # whatever a library raises on bytes that it does not expect
        reason = str(error).removeprefix(f"{path}: ").removesuffix(f"; {AGAIN}").strip() or "ends too early"
        return f"{path}: damaged ({type(error).__name__}: {reason}); {AGAIN}"
    return ""


def _parquet(path: Path) -> None:
    for _ in pq.ParquetFile(path).iter_batches():
        pass


def _safetensors(path: Path) -> None:
    with safe_open(path, framework="numpy") as file:  # compares the file's size with what its header says
        if not file.keys():
            raise ValueError("holds no tensor")


def _npy(path: Path) -> None:
    np.load(path, mmap_mode="r")


def _json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def _text(path: Path) -> None:
    if not path.read_text(encoding="utf-8").endswith("\n"):
        raise ValueError("the last line does not end")


def _checkpoint(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if wrong := archive.testzip():  # torch writes a checksum of each member
            raise ValueError(f"{wrong} does not have its checksum")


READERS: dict[str, Callable[[Path], object]] = {
    ".parquet": _parquet,
    ".safetensors": _safetensors,
    ".npy": _npy,
    ".json": _json,
    ".csv": csv_rows.cells,
    ".svg": ElementTree.parse,
    ".md": _text,
    ".txt": _text,
    ".pt": _checkpoint,
}


def made_by_steps(inputs: Iterable[str]) -> list[str]:
    """Those of a step's inputs that another step has made: only these can be made again."""
    return [path for path in inputs if "results" in Path(path).parts]
