"""The files that the measures of a table read, by name."""

from collections.abc import Mapping

Files = dict[str, str]


def table_files(model: Mapping[str, str], embeddings: str) -> Files:
    """The file with a condition's word embeddings, its tokenizer, and its partition where it has one.

    Without a partition the model lies in the backbone's own folder, where a decoder's table could have any name and
    type; then `embeddings`, the extracted table, is read.
    """
    files = {**model, "model": model["model"] if "partition" in model else embeddings}
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
