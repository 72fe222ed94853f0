"""The settings of a pretraining run, from scratch or continual."""

from typing import Annotated

from pydantic import Field

from semantic_tokens.config.types import Count, IntegerFromText, NonNegative, Probability, Rate, Section, Share


class PretrainingSettings(Section):
    steps: Count = Field(description="Number of updates.")
    batch_size: Count = Field(description="Sequences per update.")
    micro_batch: Count | None = Field(
        default=None, description="Maximum sequences per forward pass on one device; absent: all of the device's share."
    )
    sequence_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(
        description="Tokens per sequence, special tokens included."
    )
    learning_rate: Rate = Field(description="Peak learning rate of AdamW; decays linearly to zero.")
    warmup_ratio: Share = Field(default=0.01, description="Share of the updates over which the learning rate rises.")
    weight_decay: NonNegative = Field(default=0.01, description="Weight decay of AdamW.")
    mask_probability: Probability = Field(
        default=0.15, description="Share of tokens to predict: 80% masked, 10% replaced, 10% unchanged."
    )
    language_sampling: Share = Field(
        default=0.7,
        description="Sampling exponent: a language is drawn in proportion to its number of tokens to this power.",
    )
    checkpoint_every: Count = Field(description="Updates between checkpoints.")
