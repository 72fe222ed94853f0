"""Hidden states of every layer, pooled, streamed to disk: float32 [layers + 1, n, dim] in a memory-mapped .npy file.

Layer 0 is what enters the first layer; the last is what the model puts out, after its final normalisation where it has
one (T5, BLOOM, Qwen2). Texts are padded on the right, behind an attention mask: positions then need no care, and a
causal model never sees the padding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Encoding
from torch import Tensor
from tqdm import tqdm

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.batching import sorted_batches
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.siblings.probing.reader import POOLINGS, Reader

_TEXTS_AT_A_TIME = 1_000  # bounds the memory held by Encoding objects


@dataclass(frozen=True)
class Spans:
    """n vectors to take: the mean over positions start ... end - 1 of row `text` of `ids`; `text` ascends."""

    ids: Ragged
    text: np.ndarray
    start: np.ndarray
    end: np.ndarray


def pooled(reader: Reader, texts: Sequence[str], pooling: str, max_length: int) -> Spans:
    """One vector per text: the `mean` over its own tokens, the `last` of them, or the `first` position of all.

    Special tokens are no text's own; `first` is [CLS] or <s> where a tokenizer puts one in front. A decoder's mean
    leaves position 0 out, an attention sink whose norm outweighs the others, unless the text has no other token.
    Texts are cut to `max_length` tokens. Raises InputError for a text of which the tokenizer makes nothing.
    """
    if pooling not in POOLINGS:
        raise InputError(f"pooling {pooling!r} must be one of {', '.join(POOLINGS)}")
    rows, starts, ends = [], [], []
    for text, encoding in zip(texts, _encodings(reader, texts, max_length)):
        own = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
        if not len(own):
            raise InputError(f"the text {text!r} has no token in this model's tokenizer")
        rows.append(encoding.ids)
        first = own[1] if reader.causal and own[0] == 0 and len(own) > 1 else own[0]
        start, end = {"mean": (first, own[-1] + 1), "first": (0, 1), "last": (own[-1], own[-1] + 1)}[pooling]
        starts.append(start)
        ends.append(end)
    return Spans(_ids(reader, rows), np.arange(len(rows)), np.array(starts), np.array(ends))


def first_subwords(reader: Reader, sentences: Sequence[Sequence[str]], max_length: int) -> tuple[Spans, np.ndarray]:
    """One vector per word, that of its first subword; and int [n]: the word's place in its sentence.

    The words are read joined by spaces, as every tokenizer knows them. A word that `max_length` cuts off, or that has
    no token, has no vector.
    """
    rows, text, position, place = [], [], [], []
    texts = [" ".join(words) for words in sentences]
    for i, (words, encoding) in enumerate(zip(sentences, _encodings(reader, texts, max_length))):
        rows.append(encoding.ids)
        ends = np.array([end for _, end in encoding.offsets])
        starts = np.array([start for start, _ in encoding.offsets])
        begin = 0
        for j, word in enumerate(words):
            inside = np.flatnonzero((ends > begin) & (starts < begin + len(word)))
            if len(inside):
                text.append(i)
                position.append(inside[0])
                place.append(j)
            begin += len(word) + 1
    first = np.array(position)
    return Spans(_ids(reader, rows), np.array(text), first, first + 1), np.array(place)


def write(reader: Reader, spans: Spans, path: Path, batch_size: int) -> None:
    """Write the vectors of all layers to `path`; at no time are more than those of one batch in memory."""
    n, vectors_of = len(spans.text), Ragged.from_groups(spans.text, np.arange(len(spans.text)), len(spans.ids))
    out: np.memmap | None = None
    batches = sorted_batches(spans.ids.lengths, batch_size)
    with torch.inference_mode():
        for batch in tqdm(batches, desc=f"read {Path(path).stem}", unit="batch", delay=2, mininterval=2):
            vectors = vectors_of.take(batch)
            local = np.repeat(np.arange(len(batch)), vectors.lengths)
            start, end = spans.start[vectors.values], spans.end[vectors.values]
            for layer, hidden in enumerate(states := _hidden_states(reader, spans.ids.take(batch))):
                if out is None:
                    shape = (len(states), n, hidden.shape[-1])
                    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
                out[layer, vectors.values] = _means(hidden, local, start, end).cpu().numpy()
    if out is None:
        raise InputError(f"{path}: there is no text to read")
    out.flush()


def _encodings(reader: Reader, texts: Sequence[str], max_length: int) -> Iterator[Encoding]:
    reader.tokenizer.no_padding()
    reader.tokenizer.enable_truncation(max_length)  # with its special tokens
    for start in range(0, len(texts), _TEXTS_AT_A_TIME):
        batch: list[Encoding] = reader.tokenizer.encode_batch(list(texts[start : start + _TEXTS_AT_A_TIME]))
        yield from batch


def _ids(reader: Reader, rows: Sequence[Sequence[int]]) -> Ragged:
    ids = Ragged.from_lists(rows)
    return ids if reader.lookup is None else ids.lookup(reader.lookup)


def _hidden_states(reader: Reader, ids: Ragged) -> tuple[Tensor, ...]:
    device = reader.model.device
    output = reader.model(
        input_ids=torch.from_numpy(ids.pad(0)).to(device),  # any id will do: it follows the text and is masked
        attention_mask=torch.from_numpy(ids.mask().astype(np.int64)).to(device),
        output_hidden_states=True,
    )
    return output.hidden_states


def _means(hidden: Tensor, row: np.ndarray, start: np.ndarray, end: np.ndarray) -> Tensor:
    """[n, dim]: the mean of hidden[row, start:end] for each vector."""
    lengths = end - start
    vector = np.repeat(np.arange(len(row)), lengths)
    within = np.arange(len(vector)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows, positions, vectors = (
        torch.from_numpy(index).to(hidden.device) for index in (row[vector], start[vector] + within, vector)
    )
    sums = hidden.new_zeros(len(row), hidden.shape[-1]).index_add_(0, vectors, hidden[rows, positions])
    return sums / torch.from_numpy(lengths).to(sums)[:, None]
