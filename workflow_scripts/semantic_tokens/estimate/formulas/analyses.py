"""Measures of groups: seconds that our benchmark took for a token of a partition, and token caches read from disk."""

from collections.abc import Iterable

from semantic_tokens.config.models import Config
from semantic_tokens.estimate import facts, items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.jobs import Work

STAGE = "measures"


def inspect_groups(job: DagJob, config: Config) -> Work:
    return _measured(tokens_of(config, job.params["groupings"]) * facts.MEASURED["inspect_groups"])


def measure_groups(job: DagJob, config: Config) -> Work:
    return _measured(tokens_of(config, job.params["groupings"]) * facts.MEASURED["measure_groups"])


def measure_mixing(job: DagJob, config: Config) -> Work:
    tokens = tokens_of(config, job.params["groupings"])
    return _measured(tokens * facts.MEASURED["measure_mixing"] + text_seconds(job, config))


def measure_information(job: DagJob, config: Config) -> Work:
    tokens = tokens_of(config, job.params["groupings"])
    return _measured(tokens * facts.MEASURED["measure_information"] + text_seconds(job, config))


def list_token_pairs(job: DagJob, config: Config) -> Work:
    tokens = config.backbones[job.wildcards["backbone"]].vocabulary
    return _measured(tokens * facts.MEASURED["list_token_pairs"])


def measure_dictionaries(job: DagJob, config: Config) -> Work:
    names = [name for name, *_ in job.params["judged"]]
    return _measured(tokens_of(config, names) * facts.MEASURED["measure_dictionaries"])


def measure_stability(job: DagJob, config: Config) -> Work:
    tokens = tokens_of(config, job.params["groupings"]) * len(job.params["seeds"])
    return _measured(tokens * facts.MEASURED["measure_stability"])


def write_tokens_data(job: DagJob, config: Config) -> Work:
    text = any(need.startswith("tokens/") for need in job.needs) * items.corpus_tokens(config) * facts.COUNTED
    return _measured(tokens_of(config, [job.wildcards["backbone"]]) * facts.MEASURED["write_tokens_data"] + text)


def write_groups_data(job: DagJob, config: Config) -> Work:
    return _measured(tokens_of(config, [job.wildcards["backbone"]]) * facts.MEASURED["write_groups_data"])


def tokens_of(config: Config, conditions: Iterable[str]) -> int:
    """Tokens of all these conditions, or prefixes of conditions, which begin with the backbone."""
    return sum(config.backbones[name.split("/")[0]].vocabulary for name in conditions)


def text_seconds(job: DagJob, config: Config) -> float:
    """Of reading and counting the token caches that a measure is given."""
    return len(job.params["with_text"]) * items.corpus_tokens(config) * facts.COUNTED


def _measured(seconds: float) -> Work:
    return Work(STAGE, "measuring", seconds, "sampled")


FORMULAS = {
    "inspect_groups": inspect_groups,
    "measure_groups": measure_groups,
    "measure_mixing": measure_mixing,
    "measure_information": measure_information,
    "list_token_pairs": list_token_pairs,
    "measure_dictionaries": measure_dictionaries,
    "measure_stability": measure_stability,
    "write_tokens_data": write_tokens_data,
    "write_groups_data": write_groups_data,
}
