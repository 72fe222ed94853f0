"""The section `tasks` of the config: what each task's own settings class declares (`fine_tuning/settings.py`)."""

from dataclasses import MISSING, asdict, fields
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

from pydantic import AfterValidator, Field, PlainSerializer, create_model

from semantic_tokens.conditions import TASKS
from semantic_tokens.config.types import FromText, IntegerFromText, Section
from semantic_tokens.fine_tuning.settings import FineTuning
from semantic_tokens.tasks import task


class _Tasks(Section):
    """Only the tasks named here exist in this config."""

    def named(self) -> dict[str, FineTuning]:
        """The tasks that the config names, with their settings."""
        return {task: getattr(self, task) for task in type(self).model_fields if getattr(self, task) is not None}

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # the settings of a task, or None


@cache
def _section(settings: Any) -> type[Section]:
    """The settings as a section, with their bounds and meanings."""
    hints = get_type_hints(settings)
    columns: dict[str, Any] = {}
    for own in fields(settings):
        default = {} if own.default is MISSING else {"default": own.default}
        meaning = Field(**default, description=own.metadata["meaning"])
        columns[own.name] = (_bounded(hints[own.name], own.metadata["bounds"]), meaning)
    return create_model(settings.__name__, __base__=Section, __doc__=settings.__doc__, **columns)


def _bounded(kind: Any, bounds: Any) -> Any:
    options = [option for option in get_args(kind) if option is not type(None)]
    [plain] = options or [kind]
    if plain is int:
        plain = Annotated[int, Field(**bounds), IntegerFromText]
    if plain is float:
        plain = Annotated[float, Field(**bounds, allow_inf_nan=False), FromText]
    return plain | None if options else plain


def _settings_of(settings: type[FineTuning]) -> Any:
    """The type of a task's key: read as its section, held as its settings."""
    kind: Any = settings  # mypy holds no class of dataclasses for hashable
    section = _section(kind)
    as_settings = AfterValidator(lambda given: settings(**given.model_dump()))
    return Annotated[section, as_settings, PlainSerializer(asdict)]


if TYPE_CHECKING:
    Tasks = _Tasks
else:
    Tasks = create_model(
        "Tasks",
        __base__=_Tasks,
        __doc__=_Tasks.__doc__,
        **{
            name: (_settings_of(task(name).settings) | None, Field(None, description=task(name).about))
            for name in TASKS
        },
    )
