"""multilingual-e5-small (Wang et al. 2024) from one packed file with its matrices in four bits, as a BERT encoder.

The tokenizer gives the ids that upstream's own gives, but for one sentence in 400 (docs/real-model.md). Upstream
normalises as SentencePiece does (nmt_nfkc), in the way of the library `tokenizers`: of two marks on a letter it drops
the second if the first makes one character with the letter. Yoruba has many, and the model was trained without them.

Little-endian. The header holds sizes and the ids of special tokens; the Unigram pieces with their scores follow, then a
table of character replacements (skipped: the normaliser below does the same) and the directory of tensors. A four-bit
block is an f16 scale and 16 bytes; byte j holds value j in its low half and value j + 16 in its high half, each plus 8.
"""

import string
import struct
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from semantic_tokens.errors import InputError

MAGIC, VERSION = b"E5S1", 1
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])  # of 32 values
_MASK = "<mask>"
# Names in the file and in BERT's state dict: the parts with their shapes, in hidden (h) and feed-forward (f) widths.
_MATRICES = {
    "q": ("attention.self.query", "h", "h"),
    "k": ("attention.self.key", "h", "h"),
    "v": ("attention.self.value", "h", "h"),
    "ao": ("attention.output.dense", "h", "h"),
    "fi": ("intermediate.dense", "f", "h"),
    "fo": ("output.dense", "h", "f"),
}
_MARKS = "\u0300-\u036f"


def _second_mark() -> str:
    """A pattern: the last of exactly two marks on a letter of ASCII that makes one character with the first."""
    marks = [chr(code) for code in range(0x300, 0x370)]
    composed = {
        letter: "".join(mark for mark in marks if len(unicodedata.normalize("NFC", letter + mark)) == 1)
        for letter in string.ascii_letters
    }
    first = "|".join(f"{letter}[{found}]" for letter, found in composed.items() if found)
    return f"(?<={first})[{_MARKS}](?![{_MARKS}])"


_SECOND_MARK = _second_mark()
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    token_types: int


@dataclass(frozen=True)
class _Roles:
    bos: int
    eos: int
    pad: int
    unk: int


def is_packed(path: Path) -> bool:
    """Whether the file begins like this format."""
    with path.open("rb") as handle:
        return handle.read(len(MAGIC)) == MAGIC


def load(path: Path) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """The encoder, float32 in evaluation mode, and its tokenizer. Its table has more rows than the tokenizer tokens.

    Raises InputError, naming the file, where it is cut off, of another version or otherwise not of this format.
    """
    try:
        return _Reader(path.read_bytes()).checkpoint()
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (struct.error, ValueError, KeyError, IndexError, OverflowError) as error:
        raise InputError(f"{path}: not a packed encoder, or cut off ({error!r})") from None


class _Reader:
    """Reads the file from front to back; `at` is the position."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def checkpoint(self) -> tuple[BertModel, PreTrainedTokenizerFast]:
        magic, version = self._take("4sI")
        if magic != MAGIC or version != VERSION:
            raise InputError(f"begins with {magic!r}, version {version}; allowed: {MAGIC!r}, version {VERSION}")
        sizes = _Sizes(*self._take("7i"))
        epsilon, block = self._take("fi")
        if block != 32:
            raise InputError(f"blocks of {block} values; allowed: 32")
        n_pieces, *roles = self._take("5i")
        tokenizer = _tokenizer(*self._pieces(n_pieces), _Roles(*roles), sizes.positions)
        _, replacements = self._take("iI")
        self.at += replacements
        tensors = _Tensors(self.data, self._directory())
        model = BertModel(_config(sizes, epsilon, tokenizer), add_pooling_layer=False)
        model.load_state_dict({name: torch.from_numpy(value) for name, value in _state(tensors, sizes).items()})
        return model.eval(), tokenizer

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def _array(self, kind: str, n: int) -> np.ndarray:
        values = np.frombuffer(self.data, kind, n, self.at)
        self.at += values.nbytes
        return values

    def _bytes(self, n: int) -> bytes:
        return self._array("u1", n).tobytes()

    def _pieces(self, n: int) -> tuple[list[str], np.ndarray]:
        (size,) = self._take("Q")
        bounds, scores = self._array("<u4", n + 1), self._array("<f4", n)
        blob = self._bytes(size)
        return [blob[start:end].decode() for start, end in pairwise(bounds)], scores

    def _directory(self) -> dict[str, tuple[int, int, int, int]]:
        """Name -> (type, number of values, offset, bytes)."""
        (n,) = self._take("i")
        found = {}
        for _ in range(n):
            (length,) = self._take("H")
            name = self._bytes(length).decode()
            found[name] = self._take("BIQQ")
        return found


class _Tensors:
    def __init__(self, data: bytes, directory: dict[str, tuple[int, int, int, int]]) -> None:
        self.data, self.directory = data, directory

    def get(self, name: str, *shape: int) -> np.ndarray:
        """The tensor as float32 of this shape. Raises InputError where the file has another number of values."""
        kind, n, offset, _ = self.directory[name]
        if n != np.prod(shape, dtype=np.int64):
            raise InputError(f"{name} has {n} values, but its shape should be {shape}")
        if kind == 0:
            return np.frombuffer(self.data, "<f4", n, offset).astype(np.float32).reshape(shape)
        if kind != 1 or n % 32:
            raise InputError(
                f"{name} has type {kind}, {n} values; allowed: 0 (float32), 1 (four bits, in blocks of 32)"
            )
        blocks = np.frombuffer(self.data, _BLOCK, n // 32, offset)
        values = np.empty((len(blocks), 32), np.float32)
        values[:, :16], values[:, 16:] = blocks["halves"] & 15, blocks["halves"] >> 4
        values -= 8
        values *= blocks["scale"].astype(np.float32)[:, None]
        return values.reshape(shape)


def _config(sizes: _Sizes, epsilon: float, tokenizer: PreTrainedTokenizerFast) -> BertConfig:
    return BertConfig(
        vocab_size=sizes.rows,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.token_types,
        layer_norm_eps=float(epsilon),
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        architectures=["BertModel"],
    )


def _state(tensors: _Tensors, sizes: _Sizes) -> dict[str, np.ndarray]:
    """BERT's state dict, without a pooler."""
    width = {"h": sizes.hidden, "f": sizes.feed_forward}
    state = {
        "embeddings.word_embeddings.weight": tensors.get("emb.word", sizes.rows, sizes.hidden),
        "embeddings.position_embeddings.weight": tensors.get("emb.pos", sizes.positions, sizes.hidden),
        "embeddings.token_type_embeddings.weight": tensors.get("emb.type", sizes.token_types, sizes.hidden),
        "embeddings.LayerNorm.weight": tensors.get("emb.ln.w", sizes.hidden),
        "embeddings.LayerNorm.bias": tensors.get("emb.ln.b", sizes.hidden),
    }
    for layer in range(sizes.layers):
        for short, (name, rows, columns) in _MATRICES.items():
            prefix, stem = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
            state[f"{prefix}.weight"] = tensors.get(f"{stem}.w", width[rows], width[columns])
            state[f"{prefix}.bias"] = tensors.get(f"{stem}.b", width[rows])
        for short, name in _NORMS.items():
            prefix, stem = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
            state[f"{prefix}.weight"] = tensors.get(f"{stem}.w", sizes.hidden)
            state[f"{prefix}.bias"] = tensors.get(f"{stem}.b", sizes.hidden)
    return state


def _tokenizer(pieces: list[str], scores: np.ndarray, roles: _Roles, positions: int) -> PreTrainedTokenizerFast:
    """XLM-R's Unigram tokenizer over these pieces: nmt and NFKC, runs of blanks to one, a word-start mark in front."""
    if _MASK not in pieces:
        raise InputError(f"no piece {_MASK!r}")
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores.tolist())), unk_id=roles.unk))
    second_mark, blanks = normalizers.Replace(Regex(_SECOND_MARK), ""), normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([second_mark, normalizers.Nmt(), normalizers.NFKC(), blanks])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    start, end = pieces[roles.bos], pieces[roles.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        pair=f"{start} $A {end} {end} $B {end}",
        special_tokens=[(start, roles.bos), (end, roles.eos)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=start,
        eos_token=end,
        cls_token=start,
        sep_token=end,
        pad_token=pieces[roles.pad],
        unk_token=pieces[roles.unk],
        mask_token=_MASK,
        model_max_length=positions,
    )
