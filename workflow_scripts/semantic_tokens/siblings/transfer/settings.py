"""The section `transfer` of the config."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from semantic_tokens.config.patterns import AnalysedConditions
from semantic_tokens.config.problems import Problem
from semantic_tokens.config.types import ALL, Distinct, Section, Seed

if TYPE_CHECKING:
    from semantic_tokens.config.models import Config


class Transfer(Section):
    """Inference learned in English and tested in every language (Handle Languages, arXiv 2502.04269)."""

    conditions: AnalysedConditions
    seeds: Annotated[list[Seed], Distinct] = Field(
        min_length=1, description="Seeds of fine-tuning, one run each; accuracies are averaged over them."
    )


def problems(section: Transfer, config: "Config") -> Iterator[Problem]:
    """What training on English inference needs from the rest of the config."""
    if config.tasks.nli is None:
        yield ("tasks", "nli"), None, "must be given: `transfer` fine-tunes on it"
    if not {"en", ALL} & set(config.data.languages):
        yield ("transfer",), list(config.data.languages), "trains on English, so data.languages must contain 'en'"
