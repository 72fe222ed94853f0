"""What grouping needs to know of a tokenizer: its pieces in id order, which are special, which are unused."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from semantic_tokens.collector import collector_paused
from semantic_tokens.errors import InputError

UNUSED = re.compile(r"\[unused\d+\]")  # BERT's reserved places: in the table, never in a text
# Names of the tokens that pad, that stand for a masked one, and for what the vocabulary cannot write.
PAD_TOKENS = ("[PAD]", "<pad>", "<|endoftext|>")
MASK_TOKENS = ("[MASK]", "<mask>")
UNKNOWN_TOKENS = ("[UNK]", "<unk>")
Kind = Literal["wordpiece", "unigram", "bpe"]
KINDS: dict[str, Kind] = {"WordPiece": "wordpiece", "Unigram": "unigram", "BPE": "bpe"}


@dataclass(frozen=True)
class Vocabulary:
    """The |V| pieces of a tokenizer; the position of a piece in `tokens` is its id.

    `scores` holds the log-probabilities of a Unigram model (0 for added tokens that the model does not score) and is
    None for the others. The unknown token counts as special. Of a byte-level BPE, the pieces are written in the signs
    that stand for bytes.
    """

    tokens: tuple[str, ...]
    special_ids: tuple[int, ...]
    unused_ids: tuple[int, ...]
    kind: Kind
    scores: tuple[float, ...] | None = None

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def clusterable_ids(self) -> np.ndarray:
        """Ids (int64, ascending) that are neither special nor unused; `##` pieces are among them."""
        clusterable = np.ones(len(self.tokens), dtype=bool)
        clusterable[list(self.special_ids + self.unused_ids)] = False
        return np.flatnonzero(clusterable)


def read_vocabulary(tokenizer_json: Path) -> Vocabulary:
    """Read the vocabulary of a `tokenizer.json`; InputError names the file and what is wrong with it."""
    try:
        return parse_vocabulary(Path(tokenizer_json).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{tokenizer_json}: no such file") from None
    except InputError as error:
        raise InputError(f"{tokenizer_json}: {error}") from None


@collector_paused()
def parse_vocabulary(text: str) -> Vocabulary:
    """The vocabulary in the text of a `tokenizer.json` (what `tokenizers.Tokenizer.to_str` gives)."""
    try:
        spec = tokenizer_spec(text)
        model, added = spec["model"], spec["added_tokens"]
        kind, vocabulary = model["type"], model["vocab"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"not a tokenizer.json with a model and added tokens ({error!r})") from None
    if kind not in KINDS:
        raise InputError(f"tokenizer model {kind!r}; allowed: {', '.join(KINDS)}")
    tokens = _in_id_order(vocabulary, added)
    scores = None
    if kind == "Unigram":
        scores = tuple(score for _, score in vocabulary) + (0.0,) * (len(tokens) - len(vocabulary))
    unused = tuple(i for i, token in enumerate(tokens) if token.startswith("[") and UNUSED.fullmatch(token))
    # A tokenizer trained with its [unusedN] among the special tokens marks them special: they are still unused.
    special = ({token["id"] for token in added if token["special"]} | _unknown(model, tokens)) - set(unused)
    return Vocabulary(tuple(tokens), tuple(sorted(special)), unused, KINDS[kind], scores)


@collector_paused()
def tokenizer_spec(text: str) -> dict[str, Any]:
    """The content of a `tokenizer.json`."""
    return json.loads(text)


def _in_id_order(vocabulary: list[tuple[str, float]] | dict[str, int], added: list[dict[str, Any]]) -> list[str]:
    """All tokens, those that are added to the model's vocabulary included. It is a list of pieces, whose places are
    their ids, or ids by piece."""
    if isinstance(vocabulary, list):
        by_id = dict(enumerate(piece for piece, _ in vocabulary))
        names: Collection[str] = set(by_id.values())
    else:
        by_id = {id: token for token, id in vocabulary.items()}
        names = vocabulary
    new = {token["content"] for token in added if token["content"] not in names}
    fits = all(by_id.setdefault(token["id"], token["content"]) == token["content"] for token in added)
    tokens = [by_id[id] for id in range(len(by_id)) if id in by_id]
    if not fits or not len(by_id) == len(tokens) == len(names) + len(new):
        raise InputError(f"the ids of its {len(by_id)} tokens are not 0 to {len(by_id) - 1}, each once")
    return tokens


def _unknown(model: dict[str, Any], tokens: list[str]) -> set[int]:
    if model["type"] == "Unigram":
        return set() if model.get("unk_id") is None else {model["unk_id"]}
    return {tokens.index(model["unk_token"])} if model["unk_token"] in tokens else set()
