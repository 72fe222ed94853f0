"""Fields that hold conditions. Apart from `types`: conditions know the methods, whose settings are of those types."""

from typing import Annotated

from pydantic import AfterValidator, Field

from semantic_tokens.conditions import expand
from semantic_tokens.config.types import Distinct


def _condition_pattern(pattern: str) -> str:
    expand(pattern)
    return pattern


ConditionPatterns = Annotated[list[Annotated[str, AfterValidator(_condition_pattern)]], Distinct]
AnalysedConditions = Annotated[
    ConditionPatterns,
    Field(
        min_length=1,
        description="Models to measure, as conditions. A backbone without a masked-LM head can only be "
        "`backbone/d<dim>/none/full/none`.",
    ),
]
