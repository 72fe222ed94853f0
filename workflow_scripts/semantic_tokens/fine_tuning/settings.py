"""What a config may set of fine-tuning: plain values, each with its meaning and bounds. The config's section `tasks` is
built from these classes. No torch."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self


def setting(meaning: str, default: Any = MISSING, *, encodes: bool = False, **bounds: float) -> Any:
    """A field of a settings class. `meaning` is its row in docs/config.md; `bounds` are pydantic's (`ge`, `gt`, `le`,
    `lt`); `encodes`: features depend on it, so examples are tokenised again when it changes."""
    return field(default=default, metadata={"meaning": meaning, "encodes": encodes, "bounds": bounds})


@dataclass(frozen=True, kw_only=True)
class FineTuning:
    """What every task can set."""

    epochs: int = setting("Passes over the training items.", ge=1)
    zero_shot_epochs: int | None = setting(
        "Passes in training on English alone; absent: `epochs`, as in the paper.", None, ge=1
    )
    batch_size: int = setting("Items per update.", ge=1)
    learning_rate: float = setting("Peak rate of Adam; decays linearly to zero.", gt=0)
    embedding_rate: float = setting(
        "Learning rate of the word embeddings as a multiple of `learning_rate` (the paper: 1).", 1.0, gt=0
    )
    warmup_ratio: float = setting("Share of the updates in which the rate rises.", ge=0, le=1)
    max_length: int = setting("Longest input in tokens (retrieval: longest passage).", ge=8, encodes=True)

    in_batch: ClassVar[bool] = False  # whether the loss compares the vectors of a whole batch with each other

    @property
    def item_tokens(self) -> int:
        """Tokens that the longest item of a batch has in all its rows."""
        return self.max_length

    def for_transfer(self, transfer: str) -> Self:
        """The settings of one training: English alone, a part of the items, may take more passes."""
        passes = self.zero_shot_epochs if transfer == "zero-shot" else None
        return replace(self, epochs=passes or self.epochs, zero_shot_epochs=None)

    def for_encoding(self) -> dict[str, Any]:
        """The values that features depend on, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.metadata["encodes"]}

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """(name of a setting, the rule that it breaks), where two settings contradict each other."""
        return iter(())


@dataclass(frozen=True, kw_only=True)
class Labelled(FineTuning):
    """A task whose examples stand in one table."""

    train_examples: int | None = setting(
        "Maximum training examples per language, the first of the source; absent: all.", None, ge=1
    )


@dataclass(frozen=True, kw_only=True)
class FromFile(FineTuning):
    """A task whose examples stand in a file of the user's own."""

    file: str = setting("File with the examples of all splits and languages.")

    def contradictions(self) -> Iterator[tuple[str, str]]:
        if not Path(self.file).is_file():
            yield "file", "must be a file"
