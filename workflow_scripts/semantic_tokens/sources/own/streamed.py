"""Text of a data set of the hub, streamed: from its Parquet files come their ends and the row groups of a sample."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError
from semantic_tokens.sources.even_sample import even_sample
from semantic_tokens.sources.fetch.hub_datasets import Repository
from semantic_tokens.sources.fetch.remote_range import RemoteRange
from semantic_tokens.sources.own.places import Place
from semantic_tokens.sources.parquet import within

_TOTAL = b"rows of the data set"  # in the metadata of a sample


@dataclass(frozen=True)
class Sample:
    """What to take: `n` rows of each language, drawn by `seed`, and of them the column that holds `column` (a.b is b
    inside a)."""

    n: int
    seed: int
    column: str


def can_be_streamed(places: Sequence[Place]) -> bool:
    """Whether parts of the files can be read without the rest."""
    return all(place.path.endswith(".parquet") for place in places)


def stream(repository: Repository, places: Sequence[Place], sample: Sample) -> tuple[list[Place], dict[str, int]]:
    """(a local Parquet file of the sample of each language, path -> rows of the whole), kept beside other downloads.

    A sample that is there is not asked for again. Raises InputError for a file without the column, or that cannot be
    read, and for a sample that is not there while downloads are off.
    """
    paths: dict[tuple[str, str], list[str]] = {}
    for place in places:
        paths.setdefault((place.lang, place.split), []).append(place.path)
    found, totals = [], {}
    for (lang, split), of_language in paths.items():
        about = json.dumps([of_language, sample.n, sample.seed, sample.column])
        local = repository.folder / "samples" / f"{lang}-{hashlib.sha256(about.encode()).hexdigest()[:16]}.parquet"
        if not local.exists():
            if repository.offline:
                raise InputError(f"{local}: no such file, and downloads are off. Go online once, or name local files.")
            _write(repository, of_language, sample, local)
        totals[str(local)] = int((pq.read_schema(local).metadata or {})[_TOTAL])
        found.append(Place(str(local), lang, split))
    return found, totals


def _write(repository: Repository, paths: Sequence[str], sample: Sample, local: Path) -> None:
    """Under its name only when it is whole."""
    files = [_opened(repository, path) for path in paths]
    column = _top_level(files[0], sample.column, repository, paths[0])
    sizes = [file.metadata.num_rows for file in files]
    local.parent.mkdir(parents=True, exist_ok=True)
    partial = local.with_name(f"{local.name}.partial")
    schema = pa.schema([files[0].schema_arrow.field(column)], metadata={_TOTAL: str(sum(sizes))})
    with pq.ParquetWriter(partial, schema) as writer:
        for path, file, chosen in zip(paths, files, even_sample(sizes, sample.n, sample.seed)):
            try:
                for part in _rows(file, column, chosen):
                    writer.write_table(part.cast(schema))
            except (pa.ArrowException, OSError) as error:
                raise InputError(f"{repository.name}, {path}: the file is damaged ({error})") from None
    partial.replace(local)


def _rows(file: pq.ParquetFile, column: str, chosen: np.ndarray) -> Iterator[pa.Table]:
    """The chosen rows, row group by row group; the other row groups are not asked for."""
    start = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if len(rows := within(chosen, start, size)):
            yield file.read_row_group(group, columns=[column]).select([column]).take(pa.array(rows - start))
        start += size


def _opened(repository: Repository, path: str) -> pq.ParquetFile:
    remote = repository.source.remote(path, repository.listing[path])
    assert remote.size is not None  # a listing from the hub has all sizes
    try:
        return pq.ParquetFile(RemoteRange(remote, remote.size, repository.mirror), pre_buffer=True)
    except pa.ArrowInvalid as error:
        raise InputError(f"{repository.name}, {path}: cut off, or not a Parquet file ({error})") from None


def _top_level(file: pq.ParquetFile, column: str, repository: Repository, path: str) -> str:
    """Of a.b the column a, unless one is called a.b."""
    there = file.schema_arrow.names
    name = column if column in there else column.partition(".")[0]
    if name not in there:
        raise InputError(
            f"{repository.name}, {path}: no column {column!r} (data.own.corpus.columns, text); there are "
            f"{', '.join(there)}"
        )
    return name
