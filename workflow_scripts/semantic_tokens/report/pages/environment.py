"""The templates of the pages: everything is escaped, and a name that is missing is an error."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_tokens.report.pages import words

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


@cache
def environment() -> "Environment":
    """Jinja's, with the words of the page as filters."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= words.FILTERS
    return made
