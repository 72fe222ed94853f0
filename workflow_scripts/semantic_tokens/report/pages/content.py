"""All that the page of a run shows, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from semantic_tokens.report.claims.ledger import Claim
from semantic_tokens.report.claims.scores import Roles
from semantic_tokens.report.costs import Cost
from semantic_tokens.report.deviations import Deviation
from semantic_tokens.report.groups import GroupMeasures
from semantic_tokens.report.pages.curves import Curve
from semantic_tokens.report.pages.opening import NOTHING_INSPECTED, Opening
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import Cell


@dataclass(frozen=True)
class Content:
    """A run, read from its tables.

    without     the means without a language (`table5.build_without`)
    figures     the SVG of every study that has a figure, by the study's name
    more_tables further tables of the run, by the name of the file, as rows of text, the first the columns' names
    claims      the ledger, of which the findings are judged; judged: the rows of claims.csv
    printed     the paper's Table 5; roles: what of the run stands in for what it names
    costs       what every job cost; curves: those of trainings
    commands    condition -> the command that makes its scores; exports: condition -> form -> the command that makes it
    pages       other pages of the run, those that are there and those that are not, by name -> what they show
    present     names of the pages that are there
    latex       names of the tables that are there as LaTeX
    left_out    a line for each file of data that lost many rows
    """

    scores: pa.Table
    cells: Sequence[Cell]
    groups: Sequence[GroupMeasures]
    manifest: Mapping[str, Any]
    figures: Mapping[str, str] = field(default_factory=dict)
    more_tables: Mapping[str, list[list[str]]] = field(default_factory=dict)
    deviations: Sequence[Deviation] = ()
    claims: Sequence[Claim] = ()
    judged: Sequence[Mapping[str, str]] = ()
    printed: Sequence[Printed] = ()
    roles: Roles = field(default_factory=Roles)
    without: Sequence[Cell] = ()
    opening: Opening = NOTHING_INSPECTED
    costs: Sequence[Cost] = ()
    curves: Sequence[Curve] = ()
    commands: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    present: Sequence[str] = ()
    latex: Sequence[str] = ()
    left_out: Sequence[str] = ()
