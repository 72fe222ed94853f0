"""From the DAG to plans: what each job of a target has to do, and for which studies."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from semantic_tokens.config.models import Config
from semantic_tokens.estimate.dag import ALL, ON_DEMAND, SNAKEFILE, Dag, resolve
from semantic_tokens.estimate.formulas import unknown, work_of
from semantic_tokens.estimate.jobs import ARITHMETIC, Plan, PlannedJob


def plan_of(config: Config, snakefile: Path = SNAKEFILE) -> Plan:
    """What `snakemake` makes of the config."""
    return _plan(config, resolve(config, snakefile), ALL)


def on_demand(config: Config, snakefile: Path = SNAKEFILE) -> dict[str, Plan]:
    """By target, what those make that no other target asks for and whose sections the config has."""
    dag = resolve(config, snakefile)
    return {target: _plan(config, dag, target) for target in dag.targets if target in ON_DEMAND}


def _plan(config: Config, dag: Dag, target: str) -> Plan:
    wanted = dag.lineage(target)
    found = {name: job for name, job in dag.jobs.items() if name in wanted}
    works = {name: work for name, job in found.items() if (work := work_of(job, config)) is not None}
    jobs = {
        name: PlannedJob(
            **vars(work),
            output=name,
            rule=found[name].rule,
            needs=tuple(_counted(dag, works, found[name].needs)),
            threads=found[name].threads if work.kind in ARITHMETIC else 1,
            benchmark=found[name].benchmark,
        )
        for name, work in works.items()
    }
    left = [job for name, job in found.items() if name not in works and job.step]
    free, not_known = (
        Counter(j.step for j in left if (unknown(j.step) is not None) == wanted) for wanted in (False, True)
    )
    return Plan(jobs, _studies(config, dag, jobs), free, not_known)


def _counted(dag: Dag, works: Mapping[str, object], needs: Iterable[str]) -> dict[str, None]:
    """The needs that are counted; of one that is not, what it needs itself."""
    found: dict[str, None] = {}
    for need in needs:
        found |= {need: None} if need in works else _counted(dag, works, dag.jobs[need].needs)
    return found


def _studies(config: Config, dag: Dag, jobs: Mapping[str, PlannedJob]) -> dict[str, frozenset[str]]:
    """The studies that need each job. One that only the page needs counts for the studies whose groups it measures, or
    forms again with another seed."""
    of_study = {study: dag.lineage(study) for study in config.studies}
    found: dict[str, frozenset[str]] = {}
    for name in jobs:
        direct = frozenset(study for study, names in of_study.items() if name in names)
        found[name] = direct or frozenset().union(*(found[source] for source in _measured(dag, jobs[name])))
    return found


def _measured(dag: Dag, job: PlannedJob) -> tuple[str, ...]:
    """Groups formed again stand for those of the same step with the same wildcards but for the seed."""
    own = dag.jobs[job.output]
    twins = (name for name, j in dag.jobs.items() if j.step == own.step and j.wildcards.items() < own.wildcards.items())
    return tuple(twins) or job.needs
