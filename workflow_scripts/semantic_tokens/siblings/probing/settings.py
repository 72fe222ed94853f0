"""The section `probing` of the config."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from semantic_tokens.config.patterns import AnalysedConditions
from semantic_tokens.config.problems import ABSENT, Problem
from semantic_tokens.config.types import (
    ALL,
    Count,
    Distinct,
    IntegerFromText,
    OneOf,
    Section,
    Seed,
)
from semantic_tokens.sources.languages import LANGUAGES

if TYPE_CHECKING:
    from semantic_tokens.config.models import Config


class Probing(Section):
    """What the layers of a model hold (Handle Languages, arXiv 2502.04269)."""

    conditions: AnalysedConditions
    languages: Annotated[list[Annotated[str, OneOf(tuple(LANGUAGES))]], Distinct, Field(min_length=2)] | None = Field(
        None,
        description="Languages to compare in pairs; the page shows each with the first. Absent: those of the data.",
    )
    parallel: str | None = Field(
        None,
        description="Folder of parallel sentences in the layout of NTREX-128 or of LASER's Tatoeba; absent: the "
        "embedded world's own, or the source `ntrex`, downloaded or from `local_dir`.",
    )
    word_pairs: Count = Field(500, description="Maximum translations per language pair, sampled.")
    sentences: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        500, description="Maximum parallel sentences per language pair, sampled."
    )
    ner_sentences: Count = Field(
        500, description="Maximum sentences per language to train the NER probe on, and as many to test it on."
    )
    pooling: Literal["mean", "first", "last"] | None = Field(
        None,
        description="Vector of a text: the mean over its tokens, the very first position ([CLS]), or its last token. "
        "Absent: `mean`, and `last` for a decoder.",
    )
    max_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(
        128, description="Maximum tokens per text, special tokens included."
    )
    batch_size: Count = Field(64, description="Texts per batch.")
    layers: Annotated[list[Seed], Distinct, Field(min_length=1)] | None = Field(
        None, description="Layers to picture; 0 is the embeddings. Absent: first, middle and last."
    )


def problems(section: Probing, config: "Config") -> Iterator[Problem]:
    """Languages that the data lack, and a folder that cannot be read."""
    languages, folder = section.languages, section.parallel
    if languages is None and ALL in config.data.languages:
        yield ("probing", "languages"), ABSENT, "must be listed, as data.languages = ['all'] lists none"
    for lang in languages or ():
        if not {lang, ALL} & set(config.data.languages):
            yield ("probing", "languages"), lang, "must be one of data.languages"
    if folder is not None and config.data.kind == "world":
        yield ("probing", "parallel"), folder, "is read with upstream data only"
    if folder is not None and not Path(folder).is_dir():
        yield ("probing", "parallel"), folder, "must be a folder"
