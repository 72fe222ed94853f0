"""A tokenizer cut to the tokens that a partition keeps."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from semantic_tokens.collector import collector_paused
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import tokenizer_spec


@collector_paused()
def reduced_tokenizer(tokenizer_json: str, partition: VocabularyPartition) -> str:
    """The text of a tokenizer.json (WordPiece or Unigram) cut to the kept pieces, which take their group ids as ids.

    What it emits are kept pieces only: text it cannot spell becomes the unknown token (in WordPiece the whole word).
    InputError for a tokenizer of other tokens than the partition's, or with a part whose ids we cannot rewrite.
    """
    spec = tokenizer_spec(tokenizer_json)
    model, group_of = spec["model"], partition.group_of.tolist()
    if model["type"] == "WordPiece":
        ids = model["vocab"]
        _check(ids.items(), partition.tokens)
        model["vocab"] = {piece: group_of[id] for piece, id in ids.items() if group_of[id] >= 0}
    else:
        _check(((piece, id) for id, (piece, _) in enumerate(model["vocab"])), partition.tokens)
        model["unk_id"] = group_of[model["unk_id"]]
        model["vocab"] = [entry for entry, group in zip(model["vocab"], group_of) if group >= 0]
    added = spec["added_tokens"]
    _check(((token["content"], token["id"]) for token in added), partition.tokens)
    spec["added_tokens"] = [token | {"id": group_of[token["id"]]} for token in added if group_of[token["id"]] >= 0]
    if spec.get("post_processor"):
        spec["post_processor"] = _renumbered(spec["post_processor"], group_of)
    if spec.get("padding"):
        spec["padding"]["pad_id"] = group_of[spec["padding"]["pad_id"]]
    return json.dumps(spec, ensure_ascii=False)


def _check(pieces: Iterable[tuple[str, int]], tokens: Sequence[str]) -> None:
    """InputError if an id is another token's in the partition.

    Compared by place: looking up that many strings costs more than all the rest here.
    """
    n = len(tokens)
    others = [piece for piece, id in pieces if id >= n or tokens[id] != piece]
    if others:
        shown = ", ".join(map(repr, others[:5])) + (", ..." if len(others) > 5 else "")
        raise InputError(f"{len(others)} pieces of the tokenizer are not the partition's tokens of these ids: {shown}")


def _renumbered(processor: dict[str, Any], group_of: Sequence[int]) -> dict[str, Any]:
    """A post-processor with the ids of its special tokens replaced."""
    kind = processor["type"]
    if kind == "Sequence":
        return processor | {"processors": [_renumbered(part, group_of) for part in processor["processors"]]}
    if kind == "TemplateProcessing":
        special = {
            name: token | {"ids": [group_of[id] for id in token["ids"]]}
            for name, token in processor["special_tokens"].items()
        }
        return processor | {"special_tokens": special}
    if kind in ("BertProcessing", "RobertaProcessing"):
        return processor | {end: [processor[end][0], group_of[processor[end][1]]] for end in ("cls", "sep")}
    raise InputError(
        f"tokenizer post-processor {kind!r}; allowed: TemplateProcessing, BertProcessing, RobertaProcessing"
    )
