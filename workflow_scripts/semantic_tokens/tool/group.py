"""`semantic-tokens group`: from a model to a folder with fewer rows of word embeddings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedModel

from semantic_tokens.backbones import published
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs, possible_groups
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
from semantic_tokens.grouping.vocabulary import Vocabulary, read_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.export.folder import over_emitted_tokens, write_tokenizer
from semantic_tokens.models.export.sentence_transformers import keep_what_follows
from semantic_tokens.models.parts import decoder, word_embeddings
from semantic_tokens.models.surgery import group_vocabulary
from semantic_tokens.tool import card, wanted
from semantic_tokens.tool.find import Found, find
from semantic_tokens.tool.made import BEHIND, Made
from semantic_tokens.tool.methods import settings_of
from semantic_tokens.tool.publish import published_folder, size_of

_FLOAT = 4  # bytes
_BESIDE = 100_000  # bytes that card, configs and headers may take
Say = Callable[[str], None]


@dataclass(frozen=True)
class Grouped:
    """What was written: the folder, its bytes and those of the original in float32, the numbers of tokens and of
    groups."""

    folder: Path
    size: int
    size_before: int
    tokens: int
    groups: int


def group_model(
    model: str | Path,
    out: str | Path,
    *,
    ratio: float | None = None,
    max_size: int | None = None,
    method: str = "kmeans-cosine",
    seed: int = 0,
    max_iterations: int = 100,
    device: str = "auto",
    say: Say = lambda line: None,
) -> Grouped:
    """Group the vocabulary of `model` and write the smaller model to the folder `out`, in the compact form.

    model           a folder, a name of the project's registry, or `owner/name` of the Hugging Face hub
    ratio           groups as a share of the tokens, 0.05 for a twentieth; or else
    max_size        bytes that the folder may have
    method          one of `tool.methods.names()`
    max_iterations  of K-Means
    device          "auto" (a GPU where there is one), "cpu" or "cuda"; for the grouping
    say             gets a line about each stage

    Nothing is left of `out` where this fails. InputError: a model that cannot be had or grouped, a ratio or a size that
    cannot be met, a folder that exists.
    """
    if (ratio is None) == (max_size is None):
        raise InputError("give a ratio or a size, and not both")
    settings = settings_of(method, max_iterations=max_iterations)
    with published_folder(Path(out)) as folder:
        found = find(str(model))
        say(f"reading {found.folder}")
        original, tokenizer = published.load(found.folder)
        _refuse_unfit(original, found)
        tokenizer.save_pretrained(folder)
        vocabulary = read_vocabulary(folder / "tokenizer.json")
        followed = keep_what_follows(found.folder, folder / BEHIND)
        bounds = wanted.Bounds(len(vocabulary), *possible_groups(vocabulary))
        fixed, row = _fixed_bytes(original, vocabulary, size_of(folder)), _row_bytes(original)
        if ratio is not None:
            n_groups = wanted.from_ratio(ratio, bounds)
        else:
            assert max_size is not None
            n_groups = wanted.from_size(max_size, fixed, row, bounds)
        say(f"grouping {len(vocabulary):,} tokens into {n_groups:,} by {method}")
        table = word_embeddings(original).weight.detach()
        inputs = GroupingInputs(table.to(_device(device)), vocabulary, n_groups, None, seed)
        partition = group(method, inputs, **settings)
        say("writing the model")
        grouped = group_vocabulary(original, partition, table)
        emitted = _write(grouped, partition, folder)
        made = Made(found.name, found.revision, found.licence, method, seed, len(partition.tokens), partition.n_groups)
        made.save(folder)
        text = card.render("compact", made, emitted, grouped, followed)
        (folder / "README.md").write_text(text, encoding="utf-8")
        size = size_of(folder)
    before = fixed + len(vocabulary) * row
    return Grouped(Path(out), size, before, len(vocabulary), partition.n_groups)


def _refuse_unfit(model: PreTrainedModel, found: Found) -> None:
    kind = model.config.model_type
    if not published.is_masked_lm(kind):
        raise InputError(f"{found.name}: {kind!r} is not an encoder of the BERT family, which is what grouping takes")


def _write(model: PreTrainedModel, partition: VocabularyPartition, folder: Path) -> VocabularyPartition:
    """Model, tokenizer and partition; gives the partition over the tokens of the written tokenizer."""
    checkpoint.save(model, folder)
    tokenizer, emitted = folder / "tokenizer.json", over_emitted_tokens(partition)
    if emitted is not partition:  # First-k
        tokenizer.write_text(reduced_tokenizer(tokenizer.read_text(encoding="utf-8"), partition), encoding="utf-8")
    write_tokenizer("compact", tokenizer, folder / "tokenizer_config.json", emitted, folder)
    emitted.save(folder / "partition.parquet")
    return emitted


def _row_bytes(model: PreTrainedModel) -> int:
    """Bytes of one row of the word embeddings and of one output bias."""
    layer = decoder(model)
    return _FLOAT * (word_embeddings(model).embedding_dim + (layer is not None and layer.bias is not None))


def _fixed_bytes(model: PreTrainedModel, vocabulary: Vocabulary, beside: int) -> int:
    """Bytes of the folder but for the rows of its groups, at most: `beside` for tokenizer and modules, the model's body
    and the partition's columns, which are compressed."""
    body = _FLOAT * sum(weight.numel() for weight in model.parameters()) - len(vocabulary) * _row_bytes(model)
    columns = sum(len(token.encode()) + 5 * _FLOAT for token in vocabulary.tokens)
    return body + beside + columns + _BESIDE


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("device cuda: no GPU here; allowed: cpu")
    return torch.device(name)
