"""The claims ledger: what the papers say, judged by the numbers that they print and by those of a run.

A claim holds where all of its comparisons were made and hold. One that does not hold decides against it. With a
comparison missing and none against it, and with nothing compared, it is not measured.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from semantic_tokens.conditions import expand_braces
from semantic_tokens.errors import InputError
from semantic_tokens.report import CLASSIFICATION, TASK_ORDER
from semantic_tokens.report.claim_arithmetic import Comparison
from semantic_tokens.report.claim_predicates import KINDS, pairs
from semantic_tokens.report.claim_scores import Roles, Scores

HOLDS, FAILS, CONTRADICTS, NOT_MEASURED = "holds", "fails", "paper contradicts itself", "not measured"
COLUMNS = (
    *(
        "id",
        "paper",
        "place",
        "claim",
        "reading",
        "paper_verdict",
        "paper_compared",
        "paper_needed",
        "paper_decided_by",
    ),
    *("run_verdict", "run_compared", "run_needed", "run_decided_by", "run_margin", "run_error", "run_seeds"),
    *("run_within_noise", "paper_numbers", "run_numbers"),
)
_TASK_SETS = {"all": TASK_ORDER, "classification": CLASSIFICATION}
_CONDITIONS = ("of", "than", "of_other", "than_other")


class Claim(BaseModel):
    """A sentence of a paper and the comparisons that decide it. Conditions are written as in a config, with braces and
    the paper's names: mbert, d768, clsa-all.

    says     the sentence, shortened; place: where it stands; reading: how it is taken where it leaves that open
    kind     a name in claim_predicates.KINDS; tasks, of, than, ...: see there
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    paper: str
    place: str
    says: str
    reading: str = ""
    kind: str
    tasks: tuple[str, ...]
    other_tasks: tuple[str, ...] = ()
    transfer: str = "in-language"
    of: tuple[str, ...]
    than: tuple[str, ...] = ()
    of_other: tuple[str, ...] = ()
    than_other: tuple[str, ...] = ()
    threshold: float = 0.0
    value: float = 0.0

    @field_validator(*_CONDITIONS, mode="before")
    @classmethod
    def _expanded(cls, patterns: str | Sequence[str]) -> list[str]:
        listed = [patterns] if isinstance(patterns, str) else patterns
        return [text for pattern in listed for text in expand_braces(pattern)]

    @field_validator("tasks", "other_tasks", mode="before")
    @classmethod
    def _tasks(cls, tasks: str | Sequence[str]) -> Sequence[str]:
        return _TASK_SETS[tasks] if isinstance(tasks, str) and tasks in _TASK_SETS else tasks

    @model_validator(mode="after")
    def _complete(self) -> "Claim":
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r}; allowed: {', '.join(KINDS)}")
        lacking = [name for name in KINDS[self.kind][1] if name not in self.model_fields_set]
        if lacking or not self.of or not self.tasks:
            raise ValueError(f"a claim of kind {self.kind} must give tasks, of, {', '.join(lacking)}")
        for one, other in ((self.of, self.than), (self.of_other, self.than_other)):
            pairs(one, other or one)
        return self


@dataclass(frozen=True)
class Verdict:
    """How a claim fares: comparisons made, and needed; those that decide: all against it, else the narrowest; how far
    the narrowest is from turning over, with its standard error; the least number of seeds that a score is a mean of.

    within_noise  the margin is within one standard error, "yes" or "no"; "" where a score has one seed only
    """

    verdict: str
    compared: int
    needed: int
    decided_by: tuple[str, ...]
    numbers: tuple[str, ...]
    margin: float | None
    error: float | None
    seeds: int | None
    within_noise: str


def read_claims(path: Path) -> list[Claim]:
    """The claims in a YAML list. InputError names file, claim and what is wrong with it."""
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; it should hold the claims") from None
    claims = [_claim(path, entry) for entry in entries]
    repeated = [name for name, count in Counter(claim.id for claim in claims).items() if count > 1]
    if repeated:
        raise InputError(f"{path}: claim {repeated[0]}: there is another one of this id")
    return claims


def roles(claims: Iterable[Claim], settings: Mapping[str, Any]) -> Roles:
    """The section `claims` of a config. InputError if something is to stand for a backbone that no claim speaks of."""
    known = sorted({name.split("/")[0] for claim in claims for field in _CONDITIONS for name in getattr(claim, field)})
    for backbone in settings["stands_for"]:
        if backbone not in known:
            raise InputError(f"claims.stands_for.{backbone}: no claim speaks of it; allowed: {', '.join(known)}")
    # The config passes through JSON on its way to a step, which makes keys text.
    dims = {int(theirs): ours for theirs, ours in settings["dims"].items()}
    return Roles(settings["stands_for"], dims, settings["source_set"], settings["transfers"])


def judge(claim: Claim, scores: Scores, against: str = FAILS) -> Verdict:
    """The verdict on a claim by these scores; `against`: what it is called where one of its comparisons fails."""
    found = list(KINDS[claim.kind][0](claim, scores))
    made = [comparison for comparison in found if comparison]
    failed = [comparison for comparison in made if not comparison.holds]
    if failed:
        verdict, deciding = against, sorted(failed, key=lambda c: c.slack)
    elif not made or len(made) < len(found):
        verdict, deciding = NOT_MEASURED, []
    else:
        verdict, deciding = HOLDS, [min(made, key=lambda c: c.slack)]
    return Verdict(
        verdict,
        len(made),
        len(found),
        tuple(c.text for c in deciding),
        tuple(c.text for c in made),
        deciding[0].slack if deciding else None,
        deciding[0].error if deciding else None,
        _least_seeds(claim, scores),
        _within_noise(deciding if failed else made) if deciding else "",
    )


def ledger(claims: Iterable[Claim], paper: Scores, run: Scores) -> list[dict[str, Any]]:
    """One row a claim, with COLUMNS: judged by what the papers print, and by a run."""
    return [_row(claim, judge(claim, paper, CONTRADICTS), judge(claim, run)) for claim in claims]


def read(path: Path) -> list[dict[str, str]]:
    """The rows of claims.csv, with COLUMNS, all as text; lists of numbers are joined by "; "."""
    with Path(path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def refuse_unknown(claims: Iterable[Claim], expected: Iterable[str]) -> None:
    """InputError if a claim is expected that is not in the ledger."""
    known = [claim.id for claim in claims]
    if unknown := [name for name in expected if name not in known]:
        raise InputError(f"expect_claims: no claim {', '.join(unknown)}; known: {', '.join(known)}")


def unmet(rows: Sequence[dict[str, Any]], expected: Iterable[str]) -> list[str]:
    """What is wrong with the claims that are expected to hold in the run: a line for each that does not."""
    verdicts = {row["id"]: row["run_verdict"] for row in rows}
    found = {name: verdicts.get(name, f"unknown; known are {', '.join(verdicts)}") for name in expected}
    return [f"claim {name}: {verdict}" for name, verdict in found.items() if verdict != HOLDS]


def _claim(path: Path, entry: dict[str, Any]) -> Claim:
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}: claim {entry.get('id', entry)}: {key}: {first['msg']}") from None


def _within_noise(comparisons: Sequence[Comparison]) -> str:
    """Against a claim all of the failed comparisons must be noise for the verdict to be; for it, one is enough."""
    if any(c.error is None for c in comparisons):
        return ""
    small = [abs(c.slack) <= (c.error or 0.0) for c in comparisons]
    noise = any(small) if comparisons[0].holds else all(small)
    return "yes" if noise else "no"


def _least_seeds(claim: Claim, scores: Scores) -> int | None:
    names = [name for field in _CONDITIONS for name in getattr(claim, field)]
    values = [scores.get(name, task, claim.transfer) for name in names for task in (*claim.tasks, *claim.other_tasks)]
    return min((value.seeds for value in values if value), default=None)


def _row(claim: Claim, paper: Verdict, run: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {"id": claim.id, "paper": claim.paper, "place": claim.place}
    row |= {"claim": claim.says, "reading": claim.reading}
    for side, found in (("paper", paper), ("run", run)):
        row |= {f"{side}_{name}": value for name, value in vars(found).items()}
        row |= {f"{side}_{name}": "; ".join(getattr(found, name)) for name in ("decided_by", "numbers")}
    return row
