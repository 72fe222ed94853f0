"""The settings of CLSA."""

from typing import Annotated

from pydantic import Field

from semantic_tokens.config.types import Count, Distinct, IntegerFromText, Probability, Rate, Section, Share


class AlignmentSettings(Section):
    """CLSA: InfoNCE on the embedding table."""

    temperature: Rate = Field(default=0.1, description="Temperature of InfoNCE.")
    batch_size: Annotated[int, Field(ge=2), IntegerFromText] = Field(
        description="Word pairs per update; the words of the other pairs are the negatives."
    )
    epochs: Count = Field(description="Passes over the word pairs.")
    learning_rates: Annotated[list[Rate], Distinct] = Field(
        min_length=1, description="Learning rates to try; the best precision@1 on held-out translations wins."
    )
    held_out: Probability = Field(description="Share of the pairs held out to choose the learning rate.")
    language_sampling: Share = Field(
        description="Sampling exponent: a language pair is drawn in proportion to its size to this power."
    )
