"""The section `tasks` of the config: for each task in `semantic_tokens.tasks` a section of its own settings."""

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model

from semantic_tokens.conditions import TASKS
from semantic_tokens.config.types import Section
from semantic_tokens.fine_tuning.settings import Scored
from semantic_tokens.tasks import task


class _Tasks(Section):
    """Only the tasks named here exist in this config."""

    def named(self) -> dict[str, Scored]:
        """The tasks that the config names, with their settings."""
        return {name: getattr(self, name) for name in TASKS if getattr(self, name) is not None}

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # the settings of a task, or None


if TYPE_CHECKING:
    Tasks = _Tasks
else:
    Tasks = create_model(
        "Tasks",
        __base__=_Tasks,
        __doc__=_Tasks.__doc__,
        **{name: (task(name).settings | None, Field(None, description=task(name).about)) for name in TASKS},
    )
