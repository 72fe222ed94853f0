"""What a task declares about itself, for config, rules, estimate and report. No torch."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from semantic_tokens.conditions import AS_IS
from semantic_tokens.fine_tuning.prepared import Scorable
from semantic_tokens.fine_tuning.settings import Labelled
from semantic_tokens.models.heads import Head
from semantic_tokens.tables import Format

TableParts = Mapping[str, Iterable[pa.Table]]  # canonical tables by name, each in parts of a few thousand rows


class Data(NamedTuple):
    """What `prepare` gets: the features as a Parquet file, read column by column; the task's `score_tables`; the model
    id of each token id, int [V]; which rows to train on; the split to score (empty where none is); the run's seed."""

    features: pq.ParquetFile
    tables: Mapping[str, pa.Table]
    group_of: np.ndarray
    transfer: str
    split: str = ""
    seed: int = 0


class Tokens(NamedTuple):
    """Mean tokens of a text, special tokens included: of the publishers' files in mBERT's vocabulary, and of the
    embedded world of config.yaml in its own. For `estimate`."""

    upstream: float
    world: float


@dataclass(frozen=True, kw_only=True)
class Task:
    """`TASK` in a module of `semantic_tokens.tasks`, which must import without torch.

    name            the module's name; `tasks.<name>` in the config, `<name>@...` in a unit
    title, about    on the page and in docs/config.md
    place           in the paper's figures, and so on the page; None for a task that the paper does not have
    trained         it has examples to fine-tune on
    metrics         metric -> its name on the page, the main one first
    head, n_labels  of the model (`models.checkpoint.load_for_task`)
    tables          those that its features are made of: canonical ones by name, or the format of one of its own
    score_tables    those of them that `prepare` reads as well
    sources         published sources of these tables (`sources/listing.py`); none for a task of the user
    training_sources  those that have its training rows alone, and are read where it is trained
    read            rows of its own table from a file, which its settings, a `FromFile`, name
    items           its key in `data.sizes` of the embedded world
    settings        the class of its section of the config, a `settings.Scored`
    encode          features in the tokenizer's own ids, shared by all groupings; tables come and features go in parts,
                    so memory does not grow with the rows
    prepare         features in the ids of one model
    texts, windows  mean tokens of the texts that it reads (one by its own name, or several), and mean windows that an
                    item of upstream data is cut into; for `estimate`
    """

    name: str
    title: str
    about: str
    place: int | None = None
    trained: bool = True
    metrics: Mapping[str, str]
    head: Head
    n_labels: int = 0
    tables: tuple[str | Format, ...]
    score_tables: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    training_sources: tuple[str, ...] = ()
    read: Callable[[Path], Iterator[dict[str, Any]]] | None = None
    items: str | None = None
    settings: type[Any] = Labelled
    encode: Callable[[TableParts, Tokenizer, Any], Iterator[pa.Table]]
    prepare: Callable[[Data, Any], Scorable]
    texts: Mapping[str, Tokens] = field(default_factory=dict)
    windows: float = 1

    @property
    def metric(self) -> str:
        """The main metric."""
        return next(iter(self.metrics))

    @property
    def embedding(self) -> bool:
        """Whether it compares vectors of texts, where the others classify (paper, Table 1). It has no head then, and a
        model that was not fine-tuned can be scored on it."""
        return self.head == "encoder"

    def allows(self, transfer: str) -> bool:
        """Whether a model can be scored on it after this training."""
        return self.embedding if transfer == AS_IS else self.trained

    def read_for(self, transfers: Iterable[str]) -> tuple[str, ...]:
        """The sources that it is read from under these transfers."""
        return self.sources + self.training_sources * any(transfer != AS_IS for transfer in transfers)

    def refusal(self, transfer: str) -> str:
        """Why it does not allow the transfer."""
        if transfer == AS_IS:
            return "has a head, which must be trained first, so it cannot be scored as-is"
        return f"has nothing to train on, so it is scored as-is only, not {transfer}"

    @property
    def own_table(self) -> Format | None:
        """The table that `read` gives the rows of."""
        return next((table for table in self.tables if isinstance(table, Format)), None)

    @property
    def formats(self) -> dict[str, str | Format]:
        """Name of each of its tables -> what `semantic_tokens.tables` knows it by."""
        return {table if isinstance(table, str) else table.name: table for table in self.tables}
