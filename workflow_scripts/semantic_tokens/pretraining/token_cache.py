"""The token cache: a corpus as a memory-mapped [rows, length] array of token ids, tokenised once per tokenizer.

Articles of one language run on, separated by the tokenizer's separator, and are cut into rows of equal length: no
padding exists. Rows of a language are contiguous; a small JSON file beside the array says where each language is.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tokenizers import Tokenizer
from tqdm import tqdm

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import UNKNOWN_TOKENS

MANY_UNKNOWN = 0.05
_BATCH = 500
_ROWS_A_BLOCK = 4_096
_ROWS_WAITING = 1_024  # of each language


@dataclass(frozen=True)
class LanguageRows:
    """The rows [first, first + rows) of the array are text in `lang`; the corpus has `scale` times as much."""

    lang: str
    first: int
    rows: int
    scale: float = 1.0

    @property
    def size(self) -> float:
        """The true size of the language, in rows."""
        return self.rows * self.scale


@dataclass(frozen=True)
class TokenCache:
    """`rows`: int32 [n, length], memory-mapped; each begins with the start token and ends with the separator."""

    rows: np.ndarray
    languages: tuple[LanguageRows, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(part.lang for part in self.languages)

    def counts(self, vocabulary_size: int) -> np.ndarray:
        """int64 [languages, V]: how often each token occurs in the text of each language."""
        counts = np.zeros((len(self.languages), vocabulary_size), np.int64)
        for count, part in zip(counts, self.languages):
            for first in range(part.first, part.first + part.rows, _ROWS_A_BLOCK):
                block = self.rows[first : min(first + _ROWS_A_BLOCK, part.first + part.rows)]
                count += np.bincount(block.ravel(), minlength=vocabulary_size)
        return counts

    def token_languages(self, vocabulary_size: int) -> np.ndarray:
        """[V]: the number of the language in which a token's share of the text is highest; -1 if it never occurs."""
        counts = self.counts(vocabulary_size)
        share = counts / counts.sum(axis=1, keepdims=True)
        return np.where(counts.sum(axis=0) > 0, share.argmax(axis=0), -1)


def languages_of(corpus: Path, wanted: Iterable[str]) -> list[str]:
    """Those of the requested languages that the corpus has text in, in the order requested; `all` means every one."""
    there: set[str] = set()
    for batch in pq.ParquetFile(corpus).iter_batches(columns=["lang"]):
        there.update(pc.unique(batch["lang"]).to_pylist())
    return sorted(there) if "all" in wanted else [lang for lang in wanted if lang in there]


def write_cache(
    corpus: Path,
    tokenizer: Tokenizer,
    languages: Iterable[str],
    length: int,
    array: Path,
    index: Path,
    scales: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Tokenise the `corpus` table into `array` (.npy) and `index` (.json); memory does not grow with the corpus.

    The corpus is read once: the rows of each language wait in a separate file beside `array`, so that as much again
    is needed on disk meanwhile. scales: for each language, its whole text as a multiple of its text in the table; None
    if the table has it all. Returns the share of unknown tokens in the text of each language. Raises InputError for a
    language without a full row of text.
    """
    start, end = _boundary_ids(tokenizer)
    with tempfile.TemporaryDirectory(dir=array.parent, prefix=f".{array.name}-") as folder:
        packers = {lang: _Packer(Path(folder) / str(i), start, end, length) for i, lang in enumerate(languages)}
        unknown = next((i for name in UNKNOWN_TOKENS if (i := tokenizer.token_to_id(name)) is not None), -1)
        tokens, lost = Counter[str](), Counter[str]()
        for lang, ids in _token_stream(corpus, set(packers), tokenizer, end):
            packers[lang].add(ids)
            tokens[lang] += len(ids)
            lost[lang] += int(np.count_nonzero(ids == unknown))
        parts: list[LanguageRows] = []
        for lang, packer in packers.items():
            rows = packer.finish()
            if not rows:
                raise InputError(f"{corpus}: language {lang!r} has less text than one row of {length} tokens")
            scale = 1.0 if scales is None else scales[lang]
            parts.append(LanguageRows(lang, sum(part.rows for part in parts), rows, scale))
        with array.open("wb") as handle:
            shape = (sum(part.rows for part in parts), length)
            np.lib.format.write_array_header_1_0(handle, {"descr": "<i4", "fortran_order": False, "shape": shape})
            for packer in packers.values():
                with packer.path.open("rb") as part:
                    shutil.copyfileobj(part, handle)
                packer.path.unlink()
    index.write_text(json.dumps([asdict(part) for part in parts], indent=1) + "\n", encoding="utf-8")
    return {lang: lost[lang] / tokens[lang] for lang in tokens}


def unwritten(unknown: Mapping[str, float]) -> list[str]:
    """A line for each language of whose tokens more than `MANY_UNKNOWN` are unknown, as mBERT's are of Amharic."""
    return [
        f"{share:.0%} of the tokens of {lang} are unknown: the vocabulary cannot write it"
        for lang, share in unknown.items()
        if share > MANY_UNKNOWN
    ]


def read_cache(array: Path, index: Path) -> TokenCache:
    parts = tuple(LanguageRows(**part) for part in json.loads(Path(index).read_text(encoding="utf-8")))
    return TokenCache(np.load(array, mmap_mode="r"), parts)


def read_caches(names: Iterable[str], arrays: Iterable[Path], indexes: Iterable[Path]) -> dict[str, TokenCache]:
    """The caches of several tokenizers, by name."""
    return dict(zip(names, map(read_cache, arrays, indexes), strict=True))


def _boundary_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids that the tokenizer puts around a single text ([CLS], [SEP] or <s>, </s>)."""
    empty = tokenizer.encode("").ids
    return empty[0], empty[-1]


def _token_stream(
    corpus: Path, languages: Collection[str], tokenizer: Tokenizer, end: int
) -> Iterator[tuple[str, np.ndarray]]:
    """(language, ids followed by the separator) of each article in one of the languages."""
    wanted = pa.array(sorted(languages), pa.string())
    for batch in tqdm(
        pq.ParquetFile(corpus).iter_batches(_BATCH, columns=["lang", "text"]), desc="tokenise", unit="batch"
    ):
        chosen = batch.filter(pc.is_in(batch["lang"], wanted))
        texts = tokenizer.encode_batch(chosen["text"].to_pylist(), add_special_tokens=False)
        for lang, encoding in zip(chosen["lang"].to_pylist(), texts, strict=True):
            yield lang, np.array([*encoding.ids, end], dtype=np.int32)


class _Packer:
    """Packs the ids of one language into rows of a file: start token, length - 2 running ids, separator. An incomplete
    last row is left out."""

    def __init__(self, path: Path, start: int, end: int, length: int) -> None:
        self.path, self.start, self.end, self.body = path, start, end, length - 2
        self.waiting: list[np.ndarray] = []
        self.held = self.rows = 0

    def add(self, ids: np.ndarray) -> None:
        self.waiting.append(ids)
        self.held += len(ids)
        if self.held >= _ROWS_WAITING * self.body:
            self._write()

    def finish(self) -> int:
        """Write what is still waiting; return the number of rows in the file."""
        self._write()
        return self.rows

    def _write(self) -> None:
        rows, rest = _cut(np.concatenate([np.empty(0, np.int32), *self.waiting]), self.body)
        with self.path.open("ab") as file:  # not held open, since languages may be more than a process may open files
            file.write(_framed(rows, self.start, self.end).tobytes())
        self.waiting, self.held, self.rows = [rest], len(rest), self.rows + len(rows)


def _cut(ids: np.ndarray, body: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole rows [n, body] and what is left over."""
    full = len(ids) // body * body
    return ids[:full].reshape(-1, body), ids[full:]


def _framed(body: np.ndarray, start: int, end: int) -> np.ndarray:
    return np.pad(body, ((0, 0), (1, 1)), constant_values=((0, 0), (start, end))).astype(np.int32)
