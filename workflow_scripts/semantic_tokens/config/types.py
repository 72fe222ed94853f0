"""The types that the config's sections are built of.

They are strict: a value is never converted, except that a number may be written as text (YAML 1.1 reads 1e-4 as text,
and Snakemake every number inside `--config a='{b: 1}'`) and an integer where a fraction is asked for.
"""

import os.path
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import core_schema

from semantic_tokens.names import NAME

ALL = "all"  # in a list: everything that is found, or that another section names


@dataclass(frozen=True)
class OneOf:
    """A choice whose allowed values are known elsewhere in the code; like Literal, but of a tuple."""

    allowed: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.allowed))


def _from_text(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) and value.isascii() else value
    except ValueError:
        return value  # the float field itself refuses it, with the text as it stands


def _integer_from_text(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]+", value) else value


def _distinct(values: list[Any]) -> list[Any]:
    repeated = [value for i, value in enumerate(values) if value in values[:i]]
    if repeated:
        raise ValueError(f"must not repeat an entry, but repeats {repeated[0]!r}")
    return values


FromText = BeforeValidator(_from_text)
IntegerFromText = BeforeValidator(_integer_from_text)
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False), FromText]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False), FromText]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), FromText]
Probability = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False), FromText]
Count = Annotated[int, Field(ge=1, le=2**31 - 1), IntegerFromText]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1), IntegerFromText]  # what NumPy's older generators take
LocalPath = Annotated[str, AfterValidator(os.path.expanduser)]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]
Distinct = AfterValidator(_distinct)


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
