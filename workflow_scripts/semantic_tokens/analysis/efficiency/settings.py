"""The section `efficiency` of the config."""

from typing import Annotated

from pydantic import Field

from semantic_tokens.config.types import Count, Distinct, IntegerFromText, Section


class Load(Section):
    """What is timed."""

    batch_size: Count = Field(description="Sequences per step.")
    sequence_length: Annotated[int, Field(ge=8, le=512), IntegerFromText] = Field(description="Tokens per sequence.")
    steps: Count = Field(description="Timed steps after one warm-up; the median is reported.")


class Efficiency(Load):
    """What a masked-LM pretraining step costs at mBERT's shape (paper, appendix D, Table 3)."""

    ratios: dict[
        Annotated[int, Field(ge=1, le=768), IntegerFromText],
        Annotated[list[Annotated[int, Field(ge=1, le=100), IntegerFromText]], Field(min_length=1), Distinct],
    ] = Field(min_length=1, description="Dimension of the word embeddings -> grouping ratios in percent, 100 = all.")
