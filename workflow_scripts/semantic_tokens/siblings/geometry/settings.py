"""The section `geometry` of the config."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from semantic_tokens.conditions import expand
from semantic_tokens.config.patterns import AnalysedConditions
from semantic_tokens.config.problems import Problem
from semantic_tokens.config.types import Count, Distinct, IntegerFromText, Name, Section, Share

if TYPE_CHECKING:
    from semantic_tokens.config.models import Config


class Sample(Section):
    """How much of a table is measured."""

    category_tokens: Count = Field(
        500, description="Minimum tokens of a script for telling it from the others; paper: 500."
    )
    tokens_per_class: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        150, description="Tokens sampled from a script, and as many from the others, for telling them apart."
    )
    neighbour_share: Share = Field(
        0.01, description="Share of tokens whose nearest neighbours are searched; paper: 1%."
    )


class Geometry(Sample):
    """Geometry of embedding tables (Hyperpolyglot, arXiv 2311.18034)."""

    conditions: AnalysedConditions
    source_set: Name | None = Field(
        None,
        description="One of `alignment.source_sets`, whose dictionaries decide which neighbours are translations; an "
        "aligned table uses its own source set. Absent: neighbours are not judged.",
    )
    shared_by: Annotated[list[Name], Distinct, Field(min_length=1)] | None = Field(
        None,
        description="Backbones that the measures `_as_published` compare, on the tokens that all of them share; "
        "absent: all that are measured. The paper compares XLM-R with mT5.",
    )
    samples: dict[Name, Sample] = Field(
        {},
        description="Backbones that are measured by a sample of their own; what it leaves out has the default, "
        "whatever `geometry` says.",
    )
    picture_rows: Annotated[int, Field(ge=20), IntegerFromText] = Field(
        10_000, description="Maximum rows per table in the UMAP picture."
    )

    def sample_of(self, backbone: str) -> Sample:
        """How much of the backbone's tables is measured."""
        common = {name: getattr(self, name) for name in Sample.model_fields}
        return self.samples.get(backbone) or Sample.model_validate(common)


def problems(section: Geometry, config: "Config") -> Iterator[Problem]:
    """Source sets and backbones that the rest of the config does not have."""
    known = config.alignment.source_sets
    if section.source_set is not None and section.source_set not in known:
        yield ("geometry", "source_set"), section.source_set, f"must be in alignment.source_sets: {', '.join(known)}"
    measured = list(dict.fromkeys(c.backbone for pattern in section.conditions for c in expand(pattern)))
    for key, names in (("shared_by", section.shared_by or ()), ("samples", section.samples)):
        for name in names:
            if name not in measured:
                yield ("geometry", key), name, f"must be a backbone of geometry.conditions: {', '.join(measured)}"
