"""What was asked for on Snakemake's command line and cannot be made: what is wrong with it, and what is near.

Snakemake itself says of such a target only that no rule produces it, takes a name that `--omit-from` does not know for
nothing, and takes any number after the `d` of a condition for its dimensions.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath

from semantic_tokens.conditions import PATTERN, TASKS, Condition
from semantic_tokens.config.contradictions import condition_problems
from semantic_tokens.config.models import Config
from semantic_tokens.config.selected import analysed, inspected, units
from semantic_tokens.errors import InputError
from semantic_tokens.siblings import found
from semantic_tokens.workflow.layout import Layout

_BELOW_A_CONDITION = "(?:conditions|exports|stability)"  # folders of a run in which paths go on as conditions do
_BACKBONE = "backbone"
_SHOWN = 3


@dataclass(frozen=True)
class Asked:
    """The command line's words against a run of `config`: `targets` are the names of rules that can be asked for,
    `patterns` the paths that rules make, with Snakemake's wildcards as `{name}`."""

    config: Config
    layout: Layout
    targets: list[str]
    patterns: list[str]

    def unknown(self, path: str) -> str:
        """Why there is nothing to make for a word that is neither a target nor a file that a rule makes."""
        below = re.fullmatch(rf"{re.escape(self.layout.root)}/{_BELOW_A_CONDITION}/(.*)/[^/]*", path)
        if below or path.split("/")[0] in self.config.backbones or re.match("[^/]+/d[0-9]+/", path):
            return f"{path}: {self._about_condition(path, below[1] if below else path)}"
        if path in self.config.tasks.named() or path in TASKS:
            return f"{path} is a task, not a target: ask for a study, a page or a file; {self._targets()}"
        other = re.match("results/([^/]+)/", path)
        if other and other[1] != self.layout.run:
            return f"{path}: this config writes to {self.layout.root}/ (run.name = {self.layout.run!r})"
        near = _near_files(path, self._files()) if "/" in path else _near(path, self.targets)
        return f"{path}: no rule makes it; {_listed('near', near) or self._targets()}"

    def wrong(self, word: str, wildcards: Mapping[str, str]) -> str:
        """What contradicts the config in a path that a rule would make, empty if nothing does: `wildcards` are those
        of the rule in this path."""
        backbone = wildcards.get(_BACKBONE)
        if backbone is not None and backbone not in self.config.backbones:
            return f"{word}: backbone {backbone!r} must be in backbones: {', '.join(self.config.backbones)}"
        tasks = wildcards.get("tasks", wildcards.get("task", "")).split("+")
        lacking = [task for task in filter(None, tasks) if task not in self.config.tasks.named()]
        if lacking:
            return f"{word}: task {lacking[0]!r} must be in tasks: {', '.join(self.config.tasks.named())}"
        if "dim" not in wildcards:
            return ""
        try:
            condition = Condition.from_wildcards(wildcards)
        except InputError as error:
            return f"{word}: {error}"
        problem = next(iter(condition_problems(self.config, condition, filter(None, tasks))), "")
        return problem and f"{word}: {problem}"

    def _about_condition(self, path: str, condition: str) -> str:
        """What is wrong with a path of a condition: the condition, or else the file that it asks for."""
        parts = condition.split("/")
        whole = "/".join([*parts[:5], *(("none", "full", "none")[len(parts) - 2 :] if len(parts) > 1 else ())])
        try:
            parsed = Condition.parse(whole)
        except InputError as error:
            near = _near(whole, map(str, self._conditions()))
            return "; ".join(filter(None, [str(error), _listed("near in this config", near)]))
        problem = next(iter(condition_problems(self.config, parsed, ())), "")
        if problem:
            return problem
        near = _near_files(path, self._files(parsed)) or [self.layout.model(parsed)["model"]]
        return f"no rule makes it; a condition is asked for by a file of it, such as {', '.join(near)}"

    def _files(self, condition: Condition | str = "") -> list[str]:
        """The files of the run, of each backbone or of one condition: patterns with all wildcards given."""
        scopes = ["tables", *(f"studies/{name}" for name in self.config.studies)]
        filled = (
            pattern.replace(PATTERN, str(condition)).replace("{backbone}", backbone).replace("{scope}", scope)
            for pattern in self.patterns
            if not condition or PATTERN in pattern
            for backbone in (self.config.backbones if "{backbone}" in pattern else [""])
            for scope in (scopes if "{scope}" in pattern else [""])
        )
        return [path for path in dict.fromkeys(filled) if "{" not in path]

    def _conditions(self) -> Iterator[Condition]:
        siblings = (analysed(self.config, name) for name in found())
        return chain(units(self.config), inspected(self.config), *siblings)

    def _targets(self) -> str:
        return _listed("targets", self.targets)


def _near(text: str, known: Iterable[str]) -> list[str]:
    """The known texts that are most like `text`, best first; none where none is alike."""
    return difflib.get_close_matches(text, dict.fromkeys(known), n=_SHOWN, cutoff=0.7)


def _near_files(path: str, files: list[str]) -> list[str]:
    """Of each file name that is like the path's, the path that is: folders alone make any two paths of a run alike."""
    by_name: dict[str, list[str]] = {}
    for file in files:
        by_name.setdefault(PurePath(file).name, []).append(file)
    like = difflib.SequenceMatcher(b=path)

    def likeness(file: str) -> float:
        like.set_seq1(file)
        return like.ratio()

    return [max(by_name[name], key=likeness) for name in _near(PurePath(path).name, by_name)]


def _listed(title: str, names: list[str]) -> str:
    return f"{title}: {', '.join(names)}" if names else ""
