"""The settings of CLSA."""

from typing import Annotated

from pydantic import Field

from semantic_tokens.config.types import Count, Distinct, IntegerFromText, Probability, Rate, Section, Share


class AlignmentSettings(Section):
    """CLSA: InfoNCE on the embedding table."""

    temperature: Rate = Field(default=0.1, description="Temperature of InfoNCE.")
    batch_size: Annotated[int, Field(ge=2), IntegerFromText] = Field(
        description="Word pairs per update; the others are negatives."
    )
    epochs: Count = Field(description="Passes over the word pairs.")
    learning_rates: Annotated[list[Rate], Distinct] = Field(
        min_length=1, description="Rates tried; held-out translation precision@1 chooses."
    )
    held_out: Probability = Field(description="Share of the pairs kept back to choose the rate.")
    language_sampling: Share = Field(description="A language pair is drawn in proportion to its size to this power.")
