"""The table of parallel sentences: rows with the same `sentence_id` say the same in different languages."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError

SCHEMA = pa.schema([("lang", pa.string()), ("sentence_id", pa.string()), ("text", pa.string())])


def write(rows: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write the table. Raises InputError for an empty text, a repeated sentence of a language, or a single language."""
    table = pa.Table.from_pylist(list(rows), schema=SCHEMA)
    frame = table.to_pandas()
    for row in frame.index[frame["text"].str.strip() == ""]:
        raise InputError(f"{path}, row {row + 1}: the text is empty")
    for row in frame.index[frame.duplicated(["lang", "sentence_id"])]:
        lang, sentence = frame.loc[row, ["lang", "sentence_id"]]
        raise InputError(f"{path}, row {row + 1}: sentence {sentence!r} of {lang!r} already appears in an earlier row")
    if frame["lang"].nunique() < 2:
        raise InputError(f"{path}: parallel sentences need two languages; found: {', '.join(frame['lang'].unique())}")
    pq.write_table(table, path, compression="zstd")


def read(path: Path) -> pd.DataFrame:
    """The table as `write` left it."""
    return pq.read_table(path, schema=SCHEMA).to_pandas()
