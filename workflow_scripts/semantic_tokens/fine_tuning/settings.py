"""The settings of fine-tuning. A task with more settings extends one of these classes next to its code."""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator

from semantic_tokens.config.types import Count, IntegerFromText, Rate, Section, Share

Length = Annotated[int, Field(ge=8), IntegerFromText]


class FineTuning(Section):
    epochs: Count = Field(description="Passes over the training items.")
    zero_shot_epochs: Count | None = Field(
        default=None, description="Passes when training on English only; absent: `epochs`, as in the paper."
    )
    batch_size: Count = Field(description="Items per update.")
    learning_rate: Rate = Field(description="Peak learning rate of Adam; decays linearly to zero.")
    embedding_rate: Rate = Field(
        default=1.0,
        description="Learning rate of the word embeddings as a multiple of `learning_rate` (the paper: 1).",
    )
    warmup_ratio: Share = Field(description="Share of the updates over which the learning rate rises.")
    max_length: Length = Field(description="Longest input in tokens (retrieval: longest passage).")

    encodes: ClassVar[tuple[str, ...]] = ("max_length",)  # settings that features depend on
    in_batch: ClassVar[bool] = False  # whether the loss compares the vectors of a whole batch with each other

    @property
    def item_tokens(self) -> int:
        """Tokens that the longest item of a batch has in all its rows."""
        return self.max_length

    def for_transfer(self, transfer: str) -> Self:
        """The settings of one training: English alone, a part of the items, may take more passes."""
        passes = self.zero_shot_epochs if transfer == "zero-shot" else None
        return self.model_copy(update={"epochs": passes or self.epochs, "zero_shot_epochs": None})


class Labelled(FineTuning):
    """A task whose examples are in one table."""

    train_examples: Count | None = Field(
        default=None, description="Maximum training examples per language, the first in the source; absent: all."
    )


class FromFile(FineTuning):
    """A task whose examples are in a user's file."""

    file: str = Field(description="File with the examples of all splits and languages.")

    @field_validator("file")
    @classmethod
    def _is_there(cls, file: str) -> str:
        if not Path(file).is_file():
            raise ValueError("must be a file")
        return file
