"""The token cache: a corpus as a memory-mapped [rows, length] array of token ids, tokenised once per tokenizer.

Articles of one language run on, separated by the tokenizer's separator, and are cut into rows of equal length: no
padding exists. Rows of a language are contiguous; a small JSON file beside the array says where each language lies.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tokenizers import Tokenizer
from tqdm import tqdm

from semantic_tokens.errors import InputError

_BATCH = 500
_ROWS_A_BLOCK = 4_096


@dataclass(frozen=True)
class LanguageRows:
    """The rows [first, first + rows) of the array are text in `lang`."""

    lang: str
    first: int
    rows: int


@dataclass(frozen=True)
class TokenCache:
    """`rows`: int32 [n, length], memory-mapped; each begins with the start token and ends with the separator."""

    rows: np.ndarray
    languages: tuple[LanguageRows, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(part.lang for part in self.languages)

    def counts(self, vocabulary_size: int) -> np.ndarray:
        """int64 [languages, V]: how often each token stands in the text of each language."""
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
    """Those of the wanted languages that the corpus has text in, in the order wanted; `all` wants every one."""
    there: set[str] = set()
    for batch in pq.ParquetFile(corpus).iter_batches(columns=["lang"]):
        there.update(pc.unique(batch["lang"]).to_pylist())
    return sorted(there) if "all" in wanted else [lang for lang in wanted if lang in there]


def write_cache(
    corpus: Path, tokenizer: Tokenizer, languages: Iterable[str], length: int, array: Path, index: Path
) -> None:
    """Tokenise the `corpus` table into `array` (.npy) and `index` (.json); memory does not grow with the corpus.

    Raises InputError for a language without a full row of text.
    """
    start, end = _boundary_ids(tokenizer)
    parts: list[LanguageRows] = []
    with array.open("wb") as handle:
        _write_header(handle, 0, length)
        for lang in languages:
            first, rows = sum(part.rows for part in parts), 0
            for block in _packed(_token_stream(corpus, lang, tokenizer, end), start, end, length):
                handle.write(block.tobytes())
                rows += len(block)
            if not rows:
                raise InputError(f"{corpus}: language {lang!r} has less text than one row of {length} tokens")
            parts.append(LanguageRows(lang, first, rows))
        handle.seek(0)
        _write_header(handle, sum(part.rows for part in parts), length)
    index.write_text(json.dumps([asdict(part) for part in parts], indent=1) + "\n")


def read_cache(array: Path, index: Path) -> TokenCache:
    parts = tuple(LanguageRows(**part) for part in json.loads(Path(index).read_text()))
    return TokenCache(np.load(array, mmap_mode="r"), parts)


def _write_header(handle, rows: int, length: int) -> None:
    """numpy leaves room in a .npy header for the first axis to grow, so it can be written again at the end."""
    np.lib.format.write_array_header_1_0(handle, {"descr": "<i4", "fortran_order": False, "shape": (rows, length)})


def _boundary_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids that the tokenizer puts around a single text ([CLS], [SEP] or <s>, </s>)."""
    empty = tokenizer.encode("").ids
    return empty[0], empty[-1]


def _token_stream(corpus: Path, lang: str, tokenizer: Tokenizer, end: int) -> Iterator[np.ndarray]:
    """The ids of each article of a language, followed by the separator."""
    batches = pq.ParquetFile(corpus).iter_batches(_BATCH, columns=["lang", "text"])
    for batch in tqdm(batches, desc=f"tokenise {lang}", unit="batch"):
        texts = batch.filter(pc.equal(batch["lang"], lang))["text"].to_pylist()
        for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
            yield np.array([*encoding.ids, end], dtype=np.int32)


def _packed(stream: Iterable[np.ndarray], start: int, end: int, length: int) -> Iterator[np.ndarray]:
    """Blocks [n, length]: start token, length - 2 running ids, separator. An incomplete last row is left out."""
    body, waiting, held = length - 2, [], 0
    for ids in stream:
        waiting.append(ids)
        held += len(ids)
        if held >= _ROWS_A_BLOCK * body:
            rows, rest = _cut(np.concatenate(waiting), body)
            yield _framed(rows, start, end)
            waiting, held = [rest], len(rest)
    if held >= body:
        yield _framed(_cut(np.concatenate(waiting), body)[0], start, end)


def _cut(ids: np.ndarray, body: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole rows [n, body] and what is left over."""
    full = len(ids) // body * body
    return ids[:full].reshape(-1, body), ids[full:]


def _framed(body: np.ndarray, start: int, end: int) -> np.ndarray:
    return np.pad(body, ((0, 0), (1, 1)), constant_values=((0, 0), (start, end))).astype(np.int32)
