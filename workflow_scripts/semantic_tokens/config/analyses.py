"""The sections of the config behind the sibling papers' branches; each may be absent, and its target then says so."""

from typing import Annotated, Literal

from pydantic import Field

from semantic_tokens.config.types import (
    ConditionPatterns,
    Count,
    Distinct,
    IntegerFromText,
    Name,
    OneOf,
    Section,
    Seed,
    Share,
)
from semantic_tokens.sources.languages import LANGUAGES

_WHAT = "Models, as conditions; a backbone without a masked-LM head only as `backbone/d<dim>/none/full/none`."


class Geometry(Section):
    """Geometry of embedding tables (Hyperpolyglot, arXiv 2311.18034)."""

    conditions: ConditionPatterns = Field(min_length=1, description=_WHAT)
    source_set: Name | None = Field(
        None,
        description="Dictionaries, one of `alignment.source_sets`, that say which neighbours are translations; an "
        "aligned table is judged by its own. Absent: neighbours are not judged.",
    )
    shared_by: Annotated[list[Name], Distinct, Field(min_length=1)] | None = Field(
        None,
        description="Backbones on whose common tokens the measures as published are, of these backbones alone; absent: "
        "all that are measured. The paper compares XLM-R with mT5.",
    )
    category_tokens: Count = Field(
        500, description="A script is told from the others where so many tokens are written in it; paper: 500."
    )
    tokens_per_class: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        150, description="Tokens drawn of a script, and as many of all others, to tell it from them."
    )
    neighbour_share: Share = Field(0.01, description="Share of the tokens whose neighbours are looked at; paper: 1%.")
    picture_rows: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        10_000, description="Rows of a table that its UMAP picture shows, at most."
    )


class Probing(Section):
    """What the layers of a model hold (Handle Languages, arXiv 2502.04269)."""

    conditions: ConditionPatterns = Field(min_length=1, description=_WHAT)
    languages: Annotated[list[Annotated[str, OneOf(tuple(LANGUAGES))]], Distinct, Field(min_length=2)] | None = Field(
        None,
        description="Languages to compare, each with each, and on the page with the first; absent: those of the data.",
    )
    parallel: str | None = Field(
        None,
        description="Folder of parallel sentences in the layout of NTREX-128 or of LASER's Tatoeba; absent: the "
        "embedded world's own, or the source `ntrex`, downloaded or from `local_dir`.",
    )
    word_pairs: Count = Field(500, description="Translations drawn for each pair of languages, at most.")
    sentences: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        500, description="Parallel sentences drawn for each pair of languages, at most."
    )
    ner_sentences: Count = Field(
        500, description="Sentences of a language that the NER probe trains on, and is tested on, at most."
    )
    pooling: Literal["mean", "first", "last"] | None = Field(
        None,
        description="Vector of a text: the mean over its tokens, the first position of all ([CLS]), or its last token. "
        "Absent: `mean`, and `last` for a decoder.",
    )
    max_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(
        128, description="Tokens to which texts are cut, special tokens included."
    )
    batch_size: Count = Field(64, description="Texts read at a time.")
    layers: Annotated[list[Seed], Distinct, Field(min_length=1)] | None = Field(
        None, description="Layers to picture, 0 being the embeddings; absent: first, middle and last."
    )


class Transfer(Section):
    """Inference learned in English and tested in every language (Handle Languages, arXiv 2502.04269)."""

    conditions: ConditionPatterns = Field(min_length=1, description=_WHAT)
    seeds: Annotated[list[Seed], Distinct] = Field(
        min_length=1, description="Seeds of fine-tuning, one run each; accuracies are means over them."
    )


class Efficiency(Section):
    """What a masked-LM pretraining step costs at mBERT's shape (paper, appendix D, Table 3)."""

    ratios: dict[
        Annotated[int, Field(ge=1, le=768), IntegerFromText],
        Annotated[list[Annotated[int, Field(ge=1, le=100), IntegerFromText]], Field(min_length=1), Distinct],
    ] = Field(min_length=1, description="Dimension of the word embeddings -> grouping ratios in percent, 100 = all.")
    batch_size: Count = Field(description="Sequences of a step.")
    sequence_length: Annotated[int, Field(ge=8, le=512), IntegerFromText] = Field(description="Tokens of a sequence.")
    steps: Count = Field(description="Timed steps, after one that is not; their median counts.")
