"""The work of each step's job: one formula per step. A step without one is declared here, with the reason.

A formula takes a job of Snakemake's DAG and the config; what it cannot tell from these is in `facts`.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from semantic_tokens import siblings
from semantic_tokens.config.models import Config
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas import analyses, backbones, conditions, data, fine_tuning, on_demand
from semantic_tokens.estimate.jobs import Work

Formula = Callable[[DagJob, Config], Work]

FORMULAS: dict[str, Formula] = {
    **data.FORMULAS,
    **backbones.FORMULAS,
    **conditions.FORMULAS,
    **fine_tuning.FORMULAS,
    **analyses.FORMULAS,
    **on_demand.FORMULAS,
}
# Steps that take seconds, whatever the config: why.
FREE: dict[str, str] = {
    "list_sources": "writes one line per source",
    "collect_scores": "joins tables of a few rows",
    "make_table5": "divides scores",
    "draw_study": "draws a figure",
    "correlate_languages": "compares scores",
    "write_manifest": "records the machine",
    "write_report": "writes a page",
    "write_groups_page": "writes a page",
    "write_latex": "writes tables of scores",
    "write_model_card": "writes a page",
    "judge_claims": "compares scores",
    "check_claims": "compares two lists",
    "write_before_after": "draws figures and a page",
    "write_efficiency": "draws a figure and a page",
    "check_data": "runs on its own, before any config",
    "estimate": "this one",
}
# Steps whose time nobody has measured or worked out: why.
UNKNOWN: dict[str, str] = {}

for _module in (f"{__name__}.siblings.{name}" for name in siblings.found()):
    if find_spec(_module):
        _slice = import_module(_module)
        FORMULAS |= _slice.FORMULAS
        FREE |= _slice.FREE
        UNKNOWN |= _slice.UNKNOWN


def work_of(job: DagJob, config: Config) -> Work | None:
    """What a job has to do; None if it takes seconds, or if nobody knows."""
    formula = FORMULAS.get(job.step)
    return formula(job, config) if formula else None


def unknown(step: str) -> str | None:
    """Why nobody knows what a step costs; None if somebody does."""
    return None if step in FORMULAS or step in FREE else UNKNOWN.get(step, "it has no formula")
