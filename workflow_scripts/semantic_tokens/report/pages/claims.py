"""The claims of the papers as the page shows them: one line each, those that this run measures first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from semantic_tokens.report.claims.backbones import findings
from semantic_tokens.report.claims.ledger import OF_THE_PRINT, Claim
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOT_MEASURED
from semantic_tokens.report.table5 import Cell

WORDS = {HOLDS: "shows", FAILS: "does not show", OF_THE_PRINT: "about the print"}  # others have the ledger's names
_ORDER = (HOLDS, FAILS)  # then undecided, then those that no run could measure
_SHOWN = 3  # deciding numbers of a claim; claims.csv has all


@dataclass(frozen=True)
class Line:
    """A claim: what this run says of it in a word, the sentence and where it is; then what is folded: how we read it,
    why it does not hold or is undecided, and the numbers that decide, of this run and of the paper."""

    id: str
    verdict: str
    says: str
    place: str
    reading: str
    why: str
    numbers: tuple[str, ...]
    paper: str = ""
    paper_numbers: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The verdict as a class: `shows`, `does-not-show`, `undecided`, `not-measured`."""
        return self.verdict.split(" (")[0].replace(" ", "-")


def of_backbone(claims: Sequence[Claim], cells: Sequence[Cell], backbone: str) -> list[Line]:
    """The findings of one backbone (`claims.backbones`)."""
    return _sorted(
        Line(
            claim.id,
            WORDS.get(found.verdict, found.verdict),
            claim.says,
            claim.place,
            claim.reading,
            found.why,
            found.decided_by or found.numbers,
        )
        for claim, found in findings(claims, cells, backbone)
    )


def of_ledger(rows: Sequence[Mapping[str, str]]) -> list[Line]:
    """All claims, from the rows of claims.csv."""
    return _sorted(
        Line(
            row["id"],
            WORDS.get(row["run_verdict"], row["run_verdict"]),
            row["claim"],
            f"{row['paper']}, {row['place']}",
            row["reading"],
            row["run_why"],
            _first(row["run_decided_by"]),
            row["paper_verdict"],
            _first(row["paper_decided_by"]),
        )
        for row in rows
    )


def counts(lines: Sequence[Line]) -> list[tuple[str, str, int]]:
    """(class, verdict, how many) in the order of the lines, all that are undecided together."""
    found = Counter(line.kind for line in lines)
    return [(kind, kind.replace("-", " "), found[kind]) for kind in dict.fromkeys(line.kind for line in lines)]


def _sorted(lines: Iterable[Line]) -> list[Line]:
    ranks = {WORDS[verdict]: rank for rank, verdict in enumerate(_ORDER)}
    last = {WORDS[OF_THE_PRINT]: 8, NOT_MEASURED: 9}
    return sorted(lines, key=lambda line: {**ranks, **last}.get(line.verdict, 5))


def _first(text: str) -> tuple[str, ...]:
    found = text.split("; ") if text else []
    more = [f"and {len(found) - _SHOWN} more in claims.csv"] if len(found) > _SHOWN else []
    return (*found[:_SHOWN], *more)
