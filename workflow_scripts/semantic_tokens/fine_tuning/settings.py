"""The settings of fine-tuning. A task with more settings extends one of these classes next to its code."""

import json
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator

from semantic_tokens.config.types import Count, IntegerFromText, Rate, Section, Share

Length = Annotated[int, Field(ge=8), IntegerFromText]
TrainExamples = Annotated[
    Count | None, Field(description="Maximum training examples per language, drawn by `run.seed`; absent: all.")
]
_UNSAID = ("", None, "train")  # what is not set, and the split that everyone trains on


class Scored(Section):
    """A task, trained or not."""

    max_length: Length = Field(description="Longest input in tokens (retrieval: longest passage).")

    encodes: ClassVar[tuple[str, ...]] = ("max_length",)  # settings that features depend on
    in_batch: ClassVar[bool] = False  # whether the loss compares the vectors of a whole batch with each other
    records: ClassVar[tuple[str, ...]] = ()  # settings that stand beside every score: without them it is misread

    @property
    def item_tokens(self) -> int:
        """Tokens that the longest item of a batch has in all its rows."""
        return self.max_length

    def for_transfer(self, transfer: str) -> Self:
        """The settings under one transfer."""
        return self

    def recorded(self) -> str | None:
        """What the column `settings` of the scores says, `name=value; ...`; None where there is nothing to say."""
        said = {name: getattr(self, name) for name in self.records if getattr(self, name) not in _UNSAID}
        return "; ".join(f"{name}={_written(value)}" for name, value in said.items()) or None


class FineTuning(Scored):
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

    def for_transfer(self, transfer: str) -> Self:
        """The settings of one training: English alone, a part of the items, may take more passes."""
        passes = self.zero_shot_epochs if transfer == "zero-shot" else None
        return self.model_copy(update={"epochs": passes or self.epochs, "zero_shot_epochs": None})


class Compared(Scored):
    """A task that compares vectors of texts."""

    pooling: Literal["cls", "mean"] = Field(
        "cls", description="Vector of a text: its first token's ([CLS]), or the mean over its tokens, special ones too."
    )
    similarity: Literal["dot", "cosine"] = Field(
        "dot", description="How vectors are compared: by their dot product, or by their cosine."
    )

    records: ClassVar[tuple[str, ...]] = ("pooling", "similarity")


class Embedding(FineTuning, Compared):
    """One whose encoder is trained: queries against passages."""

    temperature: Rate = Field(1.0, description="What similarities are divided by in the contrastive loss.")
    query_prefix: str = Field("", description="Put before every query; it counts in the length.")
    passage_prefix: str = Field("", description="Put before every passage; it counts in the length.")
    train_examples: TrainExamples = None

    records: ClassVar[tuple[str, ...]] = (
        *Compared.records, "temperature", "query_prefix", "passage_prefix", "train_examples",
    )  # fmt: skip


class Labelled(FineTuning):
    """A task whose examples are in one table."""

    train_examples: TrainExamples = None
    train_split: Literal["train", "dev"] = Field(
        "train", description="Split to train on, for a source whose `train` is not at hand; said beside every score."
    )
    test_examples: Count | None = Field(
        None, description="Maximum examples scored per language, drawn by `run.seed`; absent: all."
    )

    records: ClassVar[tuple[str, ...]] = ("train_split", "train_examples", "test_examples")


class FromFile(FineTuning):
    """A task whose examples are in a user's file."""

    file: str = Field(description="File with the examples of all splits and languages.")

    @field_validator("file")
    @classmethod
    def _is_there(cls, file: str) -> str:
        if not Path(file).is_file():
            raise ValueError("must be a file")
        return file


def _written(value: object) -> str:
    """A text that could be taken for more than one value in quotes."""
    return json.dumps(value) if isinstance(value, str) and not value.isalnum() else str(value)
