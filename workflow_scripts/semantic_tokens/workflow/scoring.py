"""Which files of scores a run needs: tasks of a bundle share a process and a file, except those already scored.

A file is named by the tasks that one process fine-tunes, `ner+rerank@in-language#0.parquet`, and its job reads what
these tasks read. What is on disk is kept, and one job a bundle scores the tasks that are missing: neither a target for
one task nor a study that asks for one more fine-tunes any other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semantic_tokens.conditions import Condition, Unit
from semantic_tokens.workflow.layout import Layout

Units = Mapping[Condition, Mapping[Unit, Sequence[str]]]  # with the names of the studies that want each
Tasks = tuple[str, ...]  # that one process fine-tunes


def shared_out(wanted: Collection[str], bundles: Iterable[Sequence[str]], written: Iterable[Tasks]) -> list[Tasks]:
    """The sets of tasks whose files together hold all `wanted` tasks, each task in one file.

    Of the files already `written`, those that a bundle allows, first those that hold the most `wanted` tasks and then
    the fewest others; the tasks that none of them holds share one new file a bundle. Once the new files are written,
    the choice is the same. A file with one task more than is wanted still counts, so a study that asks for less trains
    nothing; if its inputs change, that task is trained again as well.
    """
    bundles, chosen, held = list(bundles), list[Tasks](), set[str]()
    useful = {tasks: set(tasks) & set(wanted) for tasks in written}
    for tasks in sorted(useful, key=lambda tasks: (-len(useful[tasks]), len(tasks), tasks)):
        allowed = any(set(tasks) <= set(bundle) for bundle in bundles)
        if allowed and useful[tasks] and not set(tasks) & held:
            chosen.append(tasks)
            held |= set(tasks)
    missing = (tuple(task for task in bundle if task in wanted and task not in held) for bundle in bundles)
    return [*chosen, *filter(None, missing)]


@dataclass(frozen=True)
class Scoring:
    """The units of a run, and the files of their scores."""

    layout: Layout
    units: Units
    bundles: Sequence[Sequence[str]]

    def wanted(self, scope: str) -> dict[str, list[str]]:
        """`condition/unit` -> the names of all studies that need it, of the units of a scope: `tables` for the whole
        run, `studies/x` for the study x, `conditions/c` for the condition c."""
        return {f"{c}/{unit}": list(self.units[c][unit]) for c, unit in self._units_of(scope)}

    def files(self, scope: str) -> list[str]:
        """The files with all units of a scope. A unit lies in the same file whatever the scope."""
        return list(dict.fromkeys(self.file(c, unit) for c, unit in self._units_of(scope)))

    def file(self, condition: Condition, unit: Unit) -> str:
        """The file with a unit's scores. One that no study wants shares a new file with no other task."""
        known = self._planned.get((condition, unit))
        return known or self._plan(condition, unit.transfer, unit.seed, {unit.task})[unit.task]

    def _units_of(self, scope: str) -> list[tuple[Condition, Unit]]:
        study = scope.removeprefix("studies/")
        return [
            (c, unit)
            for c, wanted in self.units.items()
            for unit, names in wanted.items()
            if scope in ("tables", f"conditions/{c}") or study in names
        ]

    @cached_property
    def _planned(self) -> dict[tuple[Condition, Unit], str]:
        """The file of every unit that a study needs: chosen once, so that files written meanwhile change nothing."""
        planned: dict[tuple[Condition, Unit], str] = {}
        for condition, wanted in self.units.items():
            for transfer, seed in dict.fromkeys((unit.transfer, unit.seed) for unit in wanted):
                tasks = {unit.task for unit in wanted if (unit.transfer, unit.seed) == (transfer, seed)}
                files = self._plan(condition, transfer, seed, tasks)
                planned |= {(condition, Unit(task, transfer, seed)): files[task] for task in tasks}
        return planned

    def _plan(self, condition: Condition, transfer: str, seed: int, tasks: Collection[str]) -> dict[str, str]:
        """Task -> file of its scores."""
        suffix = f"@{transfer}#{seed}"
        folder = Path(self.layout.scores(condition, suffix)).parent
        written = [tuple(path.name.partition("@")[0].split("+")) for path in folder.glob(f"*{suffix}.parquet")]
        chosen = shared_out(tasks, self.bundles, written)
        return {task: self.layout.scores(condition, "+".join(one) + suffix) for one in chosen for task in one}
