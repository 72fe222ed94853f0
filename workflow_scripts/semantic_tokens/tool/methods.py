"""The grouping methods that need nothing but the model: no corpus, no dictionary.

Those that compose rows are left out, because the number of groups does not tell their size.
"""

from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods

DEFAULT = "kmeans-cosine"


def names() -> list[str]:
    """Names of these methods, without torch."""
    return [
        name
        for name, method in methods.declared().items()
        if method.has_ratio and not (method.needs_dictionary or method.needs_languages or method.composes_rows)
    ]


def settings_of(method: str, **given: Any) -> dict[str, Any]:
    """Of the given settings those that the method has. Raises InputError for a method that is not one of these."""
    if method not in names():
        raise InputError(f"method {method!r}; allowed: {', '.join(names())}")
    settings = methods.declared()[method].settings
    return {} if settings is None else {name: value for name, value in given.items() if name in settings.model_fields}
