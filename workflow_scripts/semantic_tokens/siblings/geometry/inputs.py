"""The files that the measures of a table read, by name."""

from collections.abc import Mapping

from semantic_tokens.conditions import Condition

Files = dict[str, str]


def table_files(condition: Condition, model: Mapping[str, str], embeddings: str) -> Files:
    """The file with a condition's word embeddings, its tokenizer, and its partition where its rows are groups.

    Without a partition the model is in the backbone's own folder, where a decoder's table could have any name and
    type; then `embeddings`, the extracted table, is read. The same goes where nothing is merged or pretrained: it
    holds the same rows, and no model need be built.
    """
    as_extracted = "partition" not in model or (condition.grouping.method, condition.pretraining) == ("full", "none")
    files = {name: file for name, file in model.items() if not (as_extracted and name == "partition")}
    files["model"] = embeddings if as_extracted else model["model"]
    return {name: files[name] for name in ("model", "tokenizer", "partition") if name in files}


def beside_table(
    backbone: str, pairs: str | None, compared: Mapping[str, str], texts: Mapping[str, Mapping[str, str]]
) -> dict[str, str | list[str]]:
    """What the measures of a backbone's table read besides: token pairs, a text to count tokens in, and the tokenizers
    of the `compared` backbones if it is one of them."""
    return (
        ({} if pairs is None else {"pairs": pairs})
        | ({"vocabularies": list(compared.values())} if backbone in compared else {})
        | dict(texts.get(backbone, {}))
    )
