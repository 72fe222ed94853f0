"""The claims ledger: what the papers say, judged by the numbers that they print and by those of a run.

`verdicts.decide` says when a claim holds: every comparison that its kind makes must, and be clear of noise. What a
claim says of a paper's own tables (`printed`) is not about a run.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from semantic_tokens.conditions import expand_braces
from semantic_tokens.errors import InputError
from semantic_tokens.report import CLASSIFICATION, PAPER_TASKS
from semantic_tokens.report.claims.arithmetic import Comparison, task_name
from semantic_tokens.report.claims.kinds import KINDS, of_what_is_kept
from semantic_tokens.report.claims.scores import Roles, Scores
from semantic_tokens.report.claims.terms import pairs
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOT_MEASURED, Decision, can_lose, decide

CONTRADICTS, FALLS_SHORT = "paper contradicts itself", "weaker than its wording"  # FAILS, of a paper's own numbers
OF_THE_PRINT = "about the print, not a run"
COLUMNS = (
    *("id", "paper", "place", "claim", "reading", "smallest"),
    *("paper_verdict", "paper_why", "paper_compared", "paper_needed", "paper_decided_by"),
    *("run_verdict", "run_why", "run_compared", "run_needed", "run_decided_by", "run_margin", "run_error", "run_seeds"),
    *("paper_numbers", "run_numbers"),
)
_TASK_SETS = {"all": PAPER_TASKS, "classification": CLASSIFICATION}
_CONDITIONS = ("of", "than", "of_other", "than_other")


class Claim(BaseModel):
    """A sentence of a paper and the comparisons that decide it. Conditions are written as in a config, with braces and
    the paper's names: mbert, d768, clsa-all.

    says     the sentence, shortened; place: where it is; reading: how it is taken where it leaves that open
    kind     a name in kinds.KINDS; tasks, of, than, ...: see there
    smallest the smallest effect that the words demand, in the unit of the scores or as a share, as the kind says
    printed  it is about what the paper prints, and is judged by that alone
    finding  the page of a run shows it, judged for each backbone (`backbones.findings`)
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
    smallest: float = Field(0.0, ge=0)
    printed: bool = False
    finding: bool = False

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
        needed = KINDS[self.kind][1]
        lacking = [name for name in needed if name not in self.model_fields_set]
        if lacking or not self.of or not self.tasks:
            raise ValueError(f"a claim of kind {self.kind} must give tasks, of, {', '.join(lacking)}")
        if "smallest" in needed and not self.smallest:
            raise ValueError(f"smallest: a claim of kind {self.kind} must demand an effect above 0")
        for one, other in ((self.of, self.than), (self.of_other, self.than_other)):
            pairs(one, other or one)
        return self


@dataclass(frozen=True)
class Verdict:
    """The result of judging a claim: why it does not hold or is undecided; comparisons made, and needed; those that
    decide (all that fail or are undecided, else the narrowest); the margin by which the first of them holds, with its
    standard error; the smallest number of seeds behind a score."""

    verdict: str
    why: str
    compared: int
    needed: int
    decided_by: tuple[str, ...]
    numbers: tuple[str, ...]
    margin: float | None
    error: float | None
    seeds: int | None


def read_claims(path: Path) -> list[Claim]:
    """The claims in a YAML list. InputError names file, claim and what is wrong with it."""
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; it should list the claims") from None
    claims = [_claim(path, entry) for entry in entries]
    repeated = [name for name, count in Counter(claim.id for claim in claims).items() if count > 1]
    if repeated:
        raise InputError(f"{path}: claim {repeated[0]}: this id appears twice")
    return claims


def roles(claims: Iterable[Claim], settings: Mapping[str, Any]) -> Roles:
    """The section `claims` of a config. InputError if `stands_for` names a backbone that no claim mentions."""
    known = sorted({name.split("/")[0] for claim in claims for field in _CONDITIONS for name in getattr(claim, field)})
    for backbone in settings["stands_for"]:
        if backbone not in known:
            raise InputError(f"claims.stands_for.{backbone}: no claim names it; allowed: {', '.join(known)}")
    # The config passes through JSON on its way to a step, which makes keys text.
    dims = {int(theirs): ours for theirs, ours in settings["dims"].items()}
    return Roles(settings["stands_for"], dims, settings["source_set"], settings["transfers"])


def judge(claim: Claim, scores: Scores) -> Verdict:
    """The verdict on a claim by the scores of a run."""
    found = list(KINDS[claim.kind][0](claim, scores))
    seeds = _least_seeds(claim, scores)
    decision = decide(found, seeds, _flat(claim, scores))
    if decision.verdict == NOT_MEASURED and (not_learnt := _not_learnt(claim, scores)):
        why = f"{decision.why}; the oracle is not above chance on {', '.join(not_learnt)}"
        decision = replace(decision, why=why)
    return _verdict(found, decision, seeds)


def judge_print(claim: Claim, scores: Scores) -> Verdict:
    """The verdict by what the paper prints: FAILS is CONTRADICTS where a comparison goes against the words themselves,
    FALLS_SHORT where all that fail are effects smaller than the words demand."""
    found = list(KINDS[claim.kind][0](claim, scores))
    decision = decide(found, None, _flat(claim, scores))
    if decision.verdict == FAILS:
        wrong = tuple(comparison for comparison in decision.deciding if not comparison.short)
        decision = replace(decision, verdict=CONTRADICTS if wrong else FALLS_SHORT, deciding=wrong or decision.deciding)
    return _verdict(found, decision, None)


def _verdict(found: Sequence[Comparison | None], decision: Decision, seeds: int | None) -> Verdict:
    made, deciding = [comparison for comparison in found if comparison], decision.deciding
    return Verdict(
        decision.verdict,
        decision.why,
        len(made),
        len(found),
        tuple(c.text for c in deciding),
        tuple(c.text for c in made),
        deciding[0].slack if deciding else None,
        deciding[0].error if deciding else None,
        seeds,
    )


def _not_learnt(claim: Claim, scores: Scores) -> list[str]:
    named = [name for field in _CONDITIONS for name in getattr(claim, field)]
    tasks = dict.fromkeys((*claim.tasks, *claim.other_tasks))
    return [task_name(t) for t in tasks if any(scores.is_not_learnt(name, t, claim.transfer) for name in named)]


def _flat(claim: Claim, scores: Scores) -> list[str]:
    """For a claim that something is kept: its tasks on which no condition of its backbones does worse than another."""
    if not of_what_is_kept(claim):
        return []
    tasks = dict.fromkeys((*claim.tasks, *claim.other_tasks))
    named = [name for field in _CONDITIONS for name in getattr(claim, field)]
    return [task_name(task) for task in tasks if not can_lose(scores.alike(named, task, claim.transfer))]


def ledger(claims: Iterable[Claim], paper: Scores, run: Scores) -> list[dict[str, Any]]:
    """One row per claim, with COLUMNS: judged by what the papers print, and by a run."""
    return [_row(claim, judge_print(claim, paper), _of_run(claim, run)) for claim in claims]


def _of_run(claim: Claim, run: Scores) -> Verdict:
    if claim.printed:
        return Verdict(OF_THE_PRINT, "", 0, 0, (), (), None, None, None)
    return judge(claim, run)


def refuse_unknown(claims: Iterable[Claim], expected: Iterable[str]) -> None:
    """InputError if a claim is expected that is not in the ledger."""
    known = [claim.id for claim in claims]
    if unknown := [name for name in expected if name not in known]:
        raise InputError(f"expect_claims: no claim {', '.join(unknown)}; known: {', '.join(known)}")


def unmet(rows: Sequence[dict[str, Any]], expected: Iterable[str]) -> list[str]:
    """One line for each claim that is expected to hold in the run and does not."""
    verdicts = {row["id"]: row["run_verdict"] for row in rows}
    found = {name: verdicts.get(name, f"unknown; known: {', '.join(verdicts)}") for name in expected}
    return [f"claim {name}: {verdict}" for name, verdict in found.items() if verdict != HOLDS]


def _claim(path: Path, entry: dict[str, Any]) -> Claim:
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}: claim {entry.get('id', entry)}: {key}: {first['msg']}") from None


def _least_seeds(claim: Claim, scores: Scores) -> int | None:
    names = [name for field in _CONDITIONS for name in getattr(claim, field)]
    values = [scores.get(name, task, claim.transfer) for name in names for task in (*claim.tasks, *claim.other_tasks)]
    return min((value.seeds for value in values if value and value.seeds), default=None)


def _row(claim: Claim, paper: Verdict, run: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {"id": claim.id, "paper": claim.paper, "place": claim.place}
    row |= {"claim": claim.says, "reading": claim.reading, "smallest": claim.smallest or None}
    for side, found in (("paper", paper), ("run", run)):
        row |= {f"{side}_{name}": value for name, value in vars(found).items()}
        row |= {f"{side}_{name}": "; ".join(getattr(found, name)) for name in ("decided_by", "numbers")}
    return row
