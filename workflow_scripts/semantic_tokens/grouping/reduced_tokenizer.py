"""A tokenizer cut to the tokens that a partition keeps."""

import json
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import tokenizer_spec


def reduced_tokenizer(tokenizer_json: str, partition: VocabularyPartition) -> str:
    """The text of a tokenizer.json (WordPiece or Unigram) cut to the kept pieces, which take their group ids as ids.

    What it emits are kept pieces only: text it cannot spell becomes the unknown token (in WordPiece the whole word).
    InputError for a tokenizer of other tokens than the partition's, or with a part whose ids we cannot rewrite.
    """
    spec = tokenizer_spec(tokenizer_json)
    new_id = {
        token: int(group) for token, group in zip(partition.tokens, partition.group_of, strict=True) if group >= 0
    }
    model = spec["model"]
    pieces = model["vocab"] if model["type"] == "WordPiece" else [piece for piece, _ in model["vocab"]]
    if not set(pieces) <= set(partition.tokens):
        raise InputError(f"the tokenizer has pieces that the partition lacks: {set(pieces) - set(partition.tokens)}")
    if model["type"] == "WordPiece":
        model["vocab"] = {piece: new_id[piece] for piece in sorted(new_id, key=new_id.__getitem__) if piece in pieces}
    else:
        model["unk_id"] = new_id[pieces[model["unk_id"]]]
        model["vocab"] = [entry for entry in model["vocab"] if entry[0] in new_id]
    added = [token for token in spec["added_tokens"] if token["content"] in new_id]
    spec["added_tokens"] = [token | {"id": new_id[token["content"]]} for token in added]
    if spec.get("post_processor"):
        spec["post_processor"] = _renumbered(spec["post_processor"], new_id)
    if spec.get("padding"):
        spec["padding"]["pad_id"] = new_id[spec["padding"]["pad_token"]]
    return json.dumps(spec, ensure_ascii=False)


def _renumbered(processor: dict[str, Any], new_id: dict[str, int]) -> dict[str, Any]:
    """A post-processor with the ids of its special tokens replaced."""
    kind = processor["type"]
    if kind == "Sequence":
        return processor | {"processors": [_renumbered(part, new_id) for part in processor["processors"]]}
    if kind == "TemplateProcessing":
        special = {
            name: token | {"ids": [new_id[piece] for piece in token["tokens"]]}
            for name, token in processor["special_tokens"].items()
        }
        return processor | {"special_tokens": special}
    if kind in ("BertProcessing", "RobertaProcessing"):
        return processor | {end: [processor[end][0], new_id[processor[end][0]]] for end in ("cls", "sep")}
    raise InputError(
        f"tokenizer post-processor {kind!r}; allowed: TemplateProcessing, BertProcessing, RobertaProcessing"
    )
