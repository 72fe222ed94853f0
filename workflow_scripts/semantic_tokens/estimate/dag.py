"""The jobs of a config as Snakemake resolves them from the rules. Reads the Snakefile, runs nothing, locks nothing."""

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from snakemake.api import SnakemakeApi, WorkflowApi
from snakemake.exceptions import RuleException, WorkflowError
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings

from semantic_tokens import siblings
from semantic_tokens.config.models import Config
from semantic_tokens.errors import InputError

SNAKEFILE = Path(__file__).parents[3] / "Snakefile"
ALL = "all"
# Targets that no other target asks for. Each needs the section of its name; `before_after` those of what it shows.
ON_DEMAND = ("exports", *siblings.found(), "before_after", "efficiency")


@dataclass(frozen=True)
class DagJob:
    """One job of Snakemake's DAG.

    name       its first output below results/{run}/; of a target, which has none, the rule's name
    step       the name of its script; empty for a target
    params     as its step gets them
    benchmark  the file of its measured seconds, below results/{run}/benchmarks/; empty where there is none
    minutes    that its rule asks for; None where it asks for none
    needs      names of the jobs whose outputs it reads, in the order of its inputs
    """

    name: str
    rule: str
    step: str
    wildcards: Mapping[str, str]
    params: Mapping[str, Any]
    benchmark: str
    minutes: float | None
    needs: tuple[str, ...]

    @property
    def threads(self) -> int:
        """Of its arithmetic."""
        return self.params.get("threads", 1)

    @property
    def resumes(self) -> bool:
        """Whether its step resumes from a checkpoint when it is started again."""
        return "checkpoint" in self.params or "checkpoints" in self.params


@dataclass(frozen=True)
class Dag:
    """The jobs of all targets by name, each after those that it needs; and the targets by name, in the config's order:
    studies, `all`, then those on demand."""

    jobs: Mapping[str, DagJob]
    targets: tuple[str, ...]

    def lineage(self, name: str) -> set[str]:
        """A job and all that it needs, directly or not."""
        seen, waiting = {name}, [name]
        while waiting:
            new = [need for need in self.jobs[waiting.pop()].needs if need not in seen]
            seen.update(new)
            waiting += new
        return seen


def resolve(config: Config, snakefile: Path = SNAKEFILE) -> Dag:
    """Every job of the config, whether its outputs are there or not.

    InputError, with Snakemake's message, where the rules cannot make what the config asks for.
    """
    return _resolved(json.dumps(config.model_dump(mode="json")), snakefile)


@cache
def _resolved(config: str, snakefile: Path) -> Dag:
    with tempfile.TemporaryDirectory() as folder, SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        file = Path(folder, "config.json")
        file.write_text(config, encoding="utf-8")
        try:
            workflow = api.workflow(
                resource_settings=ResourceSettings(cores=1),
                config_settings=ConfigSettings(configfiles=[file]),
                snakefile=snakefile,
                workdir=snakefile.parent,
            )
            return _read(workflow, json.loads(config))
        except (RuleException, WorkflowError) as error:
            raise InputError(f"Snakemake cannot resolve the config: {error}") from error


def _read(workflow: WorkflowApi, config: Mapping[str, Any]) -> Dag:
    known = {rule.name for rule in workflow._workflow.rules}
    targets = [*config["studies"], ALL, *(name for name in ON_DEMAND if name in known and _asked_for(name, config))]
    dag = workflow.dag(DAGSettings(targets=set(targets), forceall=True))
    with redirect_stdout(io.StringIO()):
        dag.printd3dag()  # of what the API can do without running a job, this also passes by locks and unfinished files
    return _ordered(_jobs(workflow, f"results/{config['run']['name']}"), targets)


def _asked_for(target: str, config: Mapping[str, Any]) -> bool:
    beside_scores = [name for name, sibling in siblings.found().items() if sibling.beside_scores]
    return all(config.get(section) for section in (beside_scores if target == "before_after" else [target]))


def _jobs(workflow: WorkflowApi, results: str) -> dict[str, DagJob]:
    dag = workflow._workflow.dag  # the API has no public way to the jobs themselves
    names = {job: _below(results, str(next(iter(job.output), job.rule.name))) for job in dag.jobs}
    found = {}
    for job, name in names.items():
        order = {str(path): place for place, path in enumerate(job.input)}
        needs = sorted(
            (min(order[str(path)] for path in files), names[d]) for d, files in dag.dependencies[job].items()
        )
        found[name] = DagJob(
            name,
            job.rule.name,
            Path(job.rule.script).stem if job.rule.script else "",
            dict(job.wildcards_dict),
            dict(job.params.items()),
            _below(f"{results}/benchmarks", str(job.benchmark or "")),
            job.resources.get("runtime"),
            tuple(need for _, need in needs),
        )
    return found


def _below(folder: str, path: str) -> str:
    return path.removeprefix(f"{folder}/")


def _ordered(jobs: Mapping[str, DagJob], targets: list[str]) -> Dag:
    """Those of the first target first."""
    done: dict[str, DagJob] = {}

    def visit(name: str) -> Iterator[str]:
        for need in jobs[name].needs:
            if need not in done:
                yield from visit(need)
        yield name

    for target in targets:
        for name in visit(target):
            done.setdefault(name, jobs[name])
    return Dag(done, tuple(targets))
