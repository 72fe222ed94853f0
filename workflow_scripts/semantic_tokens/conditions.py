"""The grammar of conditions, `backbone/truncation/alignment/grouping/pretraining`, and of units, `task@transfer#seed`.

A condition is at once a name, a path and a lineage: each prefix of the path is an artifact that all longer conditions
share, so Snakemake's DAG is the cache. `tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm` reads: the backbone, its
embeddings cut to 128 dimensions, aligned on the source set `all`, its vocabulary merged by K-Means into 5% as many
groups, then continual pretraining (`mlm`: as a masked language model).
"""

import itertools
import math
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods
from semantic_tokens.grouping.method import Method
from semantic_tokens.names import NAME

# A module of its own each; what a task is, it declares there. Not imported: that would make a task's code part of the
# meaning of every step.
TASKS = tuple(sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent / "tasks")])))
AS_IS = "as-is"  # no fine-tuning: the condition's model is scored as it is
TRANSFERS = ("in-language", "zero-shot", "ms-marco", AS_IS)
MS_MARCO = "en-x-msmarco"  # the language, by BCP 47, of rows that only the transfer ms-marco trains on
PRETRAININGS = ("none", "mlm")
ALIGNMENTS = ("clsa", "shuffled")  # on the pairs of a source set; or, as a control, on pairs shuffled
ROUND_TRIP = "round-trip"  # in a source set, beside dictionaries: words nearest to each other before alignment

# The parts of a condition that tables give a column each, beside the column `condition`: see `Condition.columns`.
PARTS = ("backbone", "dim", "alignment", "grouping", "ratio", "pretraining")

_MOST_CONDITIONS = 10_000
_DIM = "[1-9][0-9]?[0-9]?[0-9]?[0-9]?[0-9]?"  # up to six digits, without braces
_TASK = f"(?:{'|'.join(TASKS)})"
_RATIO = "(?:0[1-9]|[1-9][0-9])"
_ALIGNMENT_FORMS = "none, clsa-<source set> or shuffled-<source set>"


def _forms_without_ratio() -> list[str]:
    """Patterns of the groupings whose method has no ratio: `full`, `lexicon-<name>`."""
    without = [(name, method) for name, method in methods.declared().items() if not method.has_ratio]
    return [f"{name}-{NAME}" if method.needs_dictionary else name for name, method in without]


_THAT_CUT_THE_TOKENIZER = [name for name, method in methods.declared().items() if method.cuts_tokenizer]
# A tokenizer that a grouping cuts from the backbone's own; nothing where no method does.
CUT_TOKENIZER = "|".join(f"{name}-r{_RATIO}" for name in _THAT_CUT_THE_TOKENIZER) or "(?!)"

# A condition as a path, with a wildcard for each part.
PATTERN = "{backbone}/d{dim}/{alignment}/{grouping}/{pretraining}"

# No braces and no capturing groups: Snakemake pastes these into `{wildcard,regex}` and then into a named group.
WILDCARDS: dict[str, str] = {
    "backbone": NAME,
    "dim": _DIM,  # follows the letter d in a path
    "alignment": f"none|(?:{'|'.join(ALIGNMENTS)})-{NAME}",
    "grouping": "|".join([*_forms_without_ratio(), rf"{NAME}(?:\+{NAME})?-r{_RATIO}"]),
    "pretraining": "|".join(PRETRAININGS),
    "tokenizer": f"full|{CUT_TOKENIZER}",
    "task": "|".join(TASKS),
    "tasks": rf"{_TASK}(?:\+{_TASK})*",
    "transfer": "|".join(TRANSFERS),
    "seed": "0|[1-9][0-9]*",
}


@dataclass(frozen=True)
class Grouping:
    """How the vocabulary is merged: a method and |V'| as a percentage of |V| (1..99).

    No percentage for methods without a ratio: `full`, which merges nothing, and `lexicon-<name>`, where |V'| follows
    from the dictionary. `<method>+<variant>` is a method with settings of its own.
    """

    method: str
    percent: int | None = None

    @property
    def ratio(self) -> float:
        """The requested |V'| / |V|; 1.0 without a percentage."""
        return 1.0 if self.percent is None else self.percent / 100

    @property
    def traits(self) -> Method:
        """What the method declares about itself; InputError for an unknown one."""
        return methods.declared()[methods.name_of(self.method)]

    @property
    def lexicon(self) -> str | None:
        """Name, in the config's `grouping.lexicons`, of the dictionary to merge by; None for methods without one."""
        return self.method.removeprefix(f"{methods.name_of(self.method)}-") if self.traits.needs_dictionary else None

    @property
    def variant(self) -> str | None:
        """Name, in the config's `grouping.variants`, of settings that replace those of `grouping`; None without."""
        return self.method.partition("+")[2] or None

    @property
    def tokenizer(self) -> str:
        """`full`, or the grouping itself where its method cuts the tokenizer, so that the text is tokenised again."""
        return str(self) if self.traits.cuts_tokenizer else "full"

    def __str__(self) -> str:
        return self.method if self.percent is None else f"{self.method}-r{self.percent:02d}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `full`, `lexicon-<name>` or `<method>-r<two digits>`, with `+<variant>` after the method where it has
        one; InputError says what is wrong and which methods exist."""
        if any(re.fullmatch(form, text) for form in _forms_without_ratio()):
            return cls(text)
        with_ratio = [name for name, method in methods.declared().items() if method.has_ratio]
        found = re.fullmatch(rf"({NAME})(\+{NAME})?-r({_RATIO})", text)
        if found is None:
            forms = ", ".join(form.replace(NAME, "<name>") for form in _forms_without_ratio())
            raise InputError(
                f"grouping {text!r} must be {forms}, <method>-r<01..99> or <method>+<variant>-r<01..99>; "
                f"methods: {', '.join(with_ratio)}"
            )
        method, variant, percent = found.groups(default="")
        if method not in with_ratio:
            raise InputError(f"grouping {text!r}: unknown method {method!r}; allowed: {', '.join(with_ratio)}")
        if variant and methods.declared()[method].cuts_tokenizer:
            raise InputError(f"grouping {text!r}: {method!r} has no variants, because it merges nothing")
        return cls(method + variant, int(percent))


@dataclass(frozen=True)
class Condition:
    """A backbone taken through truncation (to `dim` dimensions), alignment, grouping and continual pretraining."""

    backbone: str
    dim: int
    alignment: str
    grouping: Grouping
    pretraining: str

    @property
    def alignment_method(self) -> str:
        """`none`, `clsa`, or `shuffled`: the control of CLSA."""
        return self.alignment.partition("-")[0]

    @property
    def source_set(self) -> str | None:
        """Name of the source set that the pairs of an alignment come from; None without alignment."""
        return self.alignment.partition("-")[2] or None

    @property
    def aligned(self) -> str:
        """Path of the aligned embedding table, shared by all groupings of it."""
        return f"{self.backbone}/d{self.dim}/{self.alignment}"

    @property
    def grouped(self) -> str:
        """Path of the grouped model before pretraining."""
        return f"{self.aligned}/{self.grouping}"

    @property
    def tokenizer(self) -> str:
        """Which tokenizer's ids the condition's model reads, as `Grouping.tokenizer`."""
        return self.grouping.tokenizer

    @property
    def original(self) -> "Condition":
        """The same backbone with nothing done to it but truncation: cut dimensions are gone in both."""
        return replace(self, alignment="none", grouping=Grouping("full"), pretraining="none")

    def __str__(self) -> str:
        return f"{self.grouped}/{self.pretraining}"

    def columns(self) -> dict[str, Any]:
        """The columns that tables have of a condition: `condition`, its text, by which it is read back, and PARTS, by
        which readers filter (`grouping` is the method, with its variant; `ratio` is 1.0 where no percentage is asked
        for)."""
        parts = (self.grouping.method, self.grouping.ratio, self.pretraining)
        return dict(zip(("condition", *PARTS), (str(self), self.backbone, self.dim, self.alignment, *parts)))

    @classmethod
    def from_columns(cls, row: Mapping[str, Any]) -> Self:
        """The condition of a row of a table; see `columns`."""
        return cls.parse(row["condition"])

    @classmethod
    def from_wildcards(cls, wildcards: Mapping[str, str]) -> Self:
        """The condition that the wildcards of PATTERN name; an operation that they leave out is not applied."""
        without = {"alignment": "none", "grouping": "full", "pretraining": "none"}
        return cls.parse(PATTERN.format_map(without | dict(wildcards.items())))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a condition; InputError names the offending part and the forms that it may take."""
        parts = text.split("/")
        if len(parts) != 5:
            form = "backbone/d<dimensions>/alignment/grouping/pretraining"
            raise InputError(f"condition {text!r} has {len(parts)} parts; the form is {form}")
        backbone, truncation, alignment, grouping, pretraining = parts
        where = f"condition {text!r}: "
        _require(where, "backbone", backbone, WILDCARDS["backbone"], "lower-case letters, digits and single hyphens")
        _require(where, "truncation", truncation, f"d{_DIM}", "d<dimensions>, e.g. d128")
        _require(where, "alignment", alignment, WILDCARDS["alignment"], _ALIGNMENT_FORMS)
        _require(where, "pretraining", pretraining, WILDCARDS["pretraining"], " or ".join(PRETRAININGS))
        try:
            merged = Grouping.parse(grouping)
        except InputError as error:
            raise InputError(f"{where}{error}") from None
        return cls(backbone, int(truncation[1:]), alignment, merged, pretraining)

    @classmethod
    def of_grouped(cls, grouped: str) -> Self:
        """The condition right after a grouping, before pretraining, from the path `grouped`."""
        return cls.parse(f"{grouped}/none")


@dataclass(frozen=True)
class Unit:
    """One score of a model: a task, what it is fine-tuned on (all languages; English for `zero-shot`; MS MARCO for
    `ms-marco`; nothing for `as-is`) and a seed."""

    task: str
    transfer: str
    seed: int

    def __str__(self) -> str:
        return f"{self.task}@{self.transfer}#{self.seed}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `task@transfer#seed`; InputError names the offending part and what it may be."""
        parts = re.fullmatch("([^@#]*)@([^@#]*)#([^@#]*)", text)
        if parts is None:
            raise InputError(f"unit {text!r} must have the form task@transfer#seed, e.g. nli@in-language#0")
        task, transfer, seed = parts.groups()
        where = f"unit {text!r}: "
        _require(where, "task", task, WILDCARDS["task"], ", ".join(TASKS))
        _require(where, "transfer", transfer, WILDCARDS["transfer"], " or ".join(TRANSFERS))
        _require(where, "seed", seed, WILDCARDS["seed"], "a number from 0 on, without leading zeros")
        return cls(task, transfer, int(seed))


def expand(pattern: str) -> list[Condition]:
    """Expand `a/d{8,32}/none/full/{none,mlm}` as a shell would, the last brace fastest; duplicates are dropped.

    Raises InputError for nested or unbalanced braces and for any resulting text that is not a condition.
    """
    return [Condition.parse(text) for text in expand_braces(pattern)]


def expand_braces(pattern: str) -> list[str]:
    """The texts that a pattern stands for, each once, the last brace fastest; InputError as `expand`."""
    pieces = re.split(r"\{([^{}]*)\}", pattern)
    if any(brace in literal for literal in pieces[::2] for brace in "{}"):
        raise InputError(f"condition pattern {pattern!r}: braces must be balanced and not nested")
    choices = [piece.split(",") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    total = math.prod(map(len, choices))
    if total > _MOST_CONDITIONS:
        raise InputError(
            f"condition pattern {pattern[:80]!r} stands for {total} conditions, "
            f"but must stand for at most {_MOST_CONDITIONS}"
        )
    return list(dict.fromkeys("".join(chosen) for chosen in itertools.product(*choices)))


def n_groups(vocabulary_size: int, grouping: Grouping) -> int:
    """|V'| = r|V| to the nearest integer, special tokens included: 5,977 for 5% of mBERT's 119,547."""
    percent = 100 if grouping.percent is None else grouping.percent
    return (vocabulary_size * percent + 50) // 100  # in integers: a float product may fall on the wrong side of .5


def _require(where: str, part: str, text: str, form: str, allowed: str) -> None:
    if not re.fullmatch(form, text):
        raise InputError(f"{where}{part} {text!r} must be {allowed}")
