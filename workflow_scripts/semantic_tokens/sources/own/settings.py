"""What a config says of a data set of the user's own. How each kind of table is shaped is in `shapes.py`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from semantic_tokens.config.types import Section

Role = Literal["ner", "nli", "qa", "retrieval", "corpus", "dictionaries"]
Split = Literal["train", "dev", "test"]
ALL_SPLITS = "*"  # the key of a pattern that stands for the files of every split


def _by_split(files: Any) -> Any:
    return {ALL_SPLITS: files} if isinstance(files, str) else files


def _same_names(languages: Any) -> Any:
    return {code: code for code in languages} if isinstance(languages, list) else languages


def _by_value(labels: Any) -> Any:
    """A list names the numbers from 0; YAML reads the key of `0: O` as a number."""
    if isinstance(labels, list):
        return {str(number): name for number, name in enumerate(labels)}
    return {str(value): name for value, name in labels.items()} if isinstance(labels, dict) else labels


Patterns = dict[Literal["train", "dev", "test", "*"], str]
Names = dict[str, str]
LabelNames = dict[str, str | None]


class Csv(Section):
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Field separator; absent: a TAB in .tsv, a comma in .csv."
    )
    quote: Annotated[str, Field(max_length=1)] = Field('"', description="Quote character; empty: none.")


class OwnSet(Section):
    """A data set of the hub, or local files: Parquet, JSON lines, JSON, CSV, TSV or lines of text."""

    dataset: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] | None = Field(
        None, description="A data set of the hub as `owner/name`; absent: `files` are local."
    )
    config: str | None = Field(
        None, description="The data set's config (subset), which may contain {lang}; absent: its default."
    )
    revision: Annotated[str, Field(pattern=r"^\w[\w./-]*$")] | None = Field(
        None, description="Its branch, tag or commit; absent: `main`. The commit is recorded in `tables/sources.csv`."
    )
    files: Annotated[Patterns, BeforeValidator(_by_split, json_schema_input_type=str | Patterns)] | None = Field(
        None,
        description="Path or pattern with {lang} and {split}, or one per split. With `dataset`: files of its "
        "repository, instead of a config.",
    )
    splits: dict[Split, str] = Field(
        {},
        description="Our split -> its name there; absent: those of `train`, `dev` or `validation`, `test` that exist.",
    )
    languages: Annotated[Names, BeforeValidator(_same_names, json_schema_input_type=list[str] | Names)] | None = Field(
        None,
        description="Languages, as a list or as our code -> the code in {lang} or the column `lang`; for "
        "dictionaries, pairs such as `en-sw`. Absent: `data.languages`.",
    )
    columns: Names = Field({}, description="Our column -> its name there (docs/data.md); a.b is b inside a.")
    labels: Annotated[LabelNames, BeforeValidator(_by_value, json_schema_input_type=list[str] | LabelNames)] = Field(
        {},
        description="Names of the labels 0, 1, ..., or their label -> ours (null: leave the row out); absent: the "
        "data set's names.",
    )
    csv: Csv = Field(Csv.model_validate({}), description="Format of CSV and TSV files.")
