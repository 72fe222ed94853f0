"""Text to token ids with a raw `tokenizers.Tokenizer`, and the special tokens around them.

Every text is tokenised alone and without special tokens; sequences and pairs are assembled here, from a template
read off the tokenizer's own post-processor. So a text is tokenised once, whatever it is later paired with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Encoding, Tokenizer
from tqdm import tqdm

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.ragged import Ragged, join_rows
from semantic_tokens.grouping.vocabulary import PAD_TOKENS

TEXTS_AT_A_TIME = 1_000  # bounds the memory held by Encoding objects
END_TOKENS = ("</s>", "<|endoftext|>")  # of decoders whose tokenizers put nothing around a text


@dataclass(frozen=True)
class Template:
    """`prefix A suffix` for a sequence, `prefix A middle B suffix` for a pair: [CLS] A [SEP] B [SEP] for BERT.

    Where a tokenizer adds nothing, as BLOOM's and Qwen2's, the end token follows each of the two.
    """

    prefix: tuple[int, ...]
    middle: tuple[int, ...]
    suffix: tuple[int, ...]
    pad: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Template:
        """Read from what the post-processor adds. Raises InputError if it is not of this form, or without pad token."""
        pad = _first(tokenizer, PAD_TOKENS, "padding")
        _reset(tokenizer)
        pair = tokenizer.encode("a", "a")
        first = [i for i, s in enumerate(pair.sequence_ids) if s == 0]
        second = [i for i, s in enumerate(pair.sequence_ids) if s == 1]
        if not first or not second:
            raise InputError("tokenizer: gives no token for the letter 'a', so its special tokens cannot be found")
        ids = pair.ids
        prefix, middle, suffix = ids[: first[0]], ids[first[-1] + 1 : second[0]], ids[second[-1] + 1 :]
        if tokenizer.encode("a").ids != prefix + ids[first[0] : first[-1] + 1] + suffix:
            raise InputError(
                "tokenizer: its post-processor ends a sequence and a pair differently, which is not supported"
            )
        if not prefix and not middle and not suffix:
            middle = suffix = [_first(tokenizer, END_TOKENS, "end")]
        return cls(tuple(prefix), tuple(middle), tuple(suffix), pad)

    @classmethod
    def of_features(cls, features: pq.ParquetFile) -> Template:
        """The template that `stored_in` put beside the features."""
        stored = json.loads(features.schema_arrow.metadata[b"template"])
        return cls(tuple(stored["prefix"]), tuple(stored["middle"]), tuple(stored["suffix"]), stored["pad"])

    def stored_in(self, features: pa.Table) -> pa.Table:
        """The features with this template in the schema metadata, which Parquet keeps."""
        return features.replace_schema_metadata({"template": json.dumps(asdict(self))})

    def lookup(self, group_of: np.ndarray) -> Template:
        """The template in the ids of a grouped model."""

        def groups(ids: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(int(group_of[i]) for i in ids)

        return Template(groups(self.prefix), groups(self.middle), groups(self.suffix), int(group_of[self.pad]))

    @property
    def special_ids(self) -> tuple[int, ...]:
        """All special tokens, padding too."""
        return (*self.prefix, *self.middle, *self.suffix, self.pad)

    @property
    def n_sequence(self) -> int:
        """Number of special tokens around a sequence."""
        return len(self.prefix) + len(self.suffix)

    @property
    def n_pair(self) -> int:
        """Number of special tokens around and inside a pair."""
        return self.n_sequence + len(self.middle)

    def sequences(self, texts: Ragged) -> Ragged:
        """Special tokens added to every row."""
        n = len(texts)
        return join_rows([Ragged.repeat(self.prefix, n), texts, Ragged.repeat(self.suffix, n)])

    def pairs(self, first: Ragged, second: Ragged) -> tuple[Ragged, np.ndarray]:
        """Rows of the pairs, and where the second text starts in each: token types are 0 before and 1 from there."""
        n = len(first)
        specials = [Ragged.repeat(part, n) for part in (self.prefix, self.middle, self.suffix)]
        rows = join_rows([specials[0], first, specials[1], second, specials[2]])
        return rows, first.lengths + len(self.prefix) + len(self.middle)


def encodings(tokenizer: Tokenizer, texts: pa.ChunkedArray) -> Iterator[Encoding]:
    """Encodings of whole texts, with character offsets; no special tokens."""
    _reset(tokenizer)
    for start in range(0, len(texts), TEXTS_AT_A_TIME):
        batch = texts.slice(start, TEXTS_AT_A_TIME).to_pylist()
        yield from tokenizer.encode_batch(batch, add_special_tokens=False)


def token_ids(tokenizer: Tokenizer, texts: pa.ChunkedArray, max_length: int) -> Ragged:
    """Token ids of every text, cut to `max_length`, no special tokens."""
    _reset(tokenizer)
    rows: list[np.ndarray] = []
    for start in range(0, len(texts), TEXTS_AT_A_TIME):
        batch = texts.slice(start, TEXTS_AT_A_TIME).to_pylist()
        encoded = tokenizer.encode_batch_fast(batch, add_special_tokens=False)
        rows.extend(np.array(encoding.ids[:max_length], np.int32) for encoding in encoded)
    return Ragged.from_lists(rows)


def write_features(parts: Iterable[pa.Table], path: Path, what: str) -> None:
    """Write features (`encode` of task `what`) as they come, one row group a part. Raises InputError without a part."""
    remaining = iter(parts)
    first = next(remaining, None)
    if first is None:
        raise InputError(f"{what}: its tables have no rows")
    with (
        pq.ParquetWriter(path, first.schema, compression="zstd") as writer,
        tqdm(desc=f"tokenise {what}", unit="row", delay=2, mininterval=2) as bar,
    ):
        for part in chain([first], remaining):
            writer.write_table(part)
            bar.update(len(part))


def longest_first(first: np.ndarray, second: np.ndarray, budget: int) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of pairs cut to `budget` tokens together, always from the longer text."""
    first_share = np.maximum(budget - second, budget - budget // 2)
    first_cut = np.minimum(first, first_share)
    return first_cut, np.minimum(second, budget - first_cut)


def _first(tokenizer: Tokenizer, names: tuple[str, ...], role: str) -> int:
    found = next((i for name in names if (i := tokenizer.token_to_id(name)) is not None), None)
    if found is None:
        raise InputError(f"tokenizer: no {role} token; allowed: {' or '.join(names)}")
    return found


def _reset(tokenizer: Tokenizer) -> None:
    # A saved tokenizer may carry padding or truncation from its last use.
    tokenizer.no_padding()
    tokenizer.no_truncation()
