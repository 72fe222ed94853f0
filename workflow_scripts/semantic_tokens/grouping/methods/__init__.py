"""One module per grouping method. The file name is the method's name, with underscores for hyphens."""

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.method import Method


@cache
def declared() -> dict[str, Method]:
    """Method name -> what its module declares; `full` first, the others sorted."""
    names = [module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)]
    return {name: _declaration(name) for name in sorted(names, key=lambda name: (name != "full", name))}


def name_of(method: str) -> str:
    """The name of a method without its dictionary or variant: `lexicon` for `lexicon-muse`, `random` for `random+x`.
    InputError for an unknown method."""
    plain = method.partition("+")[0]
    for name, declaration in declared().items():
        if plain == name or (declaration.needs_dictionary and plain.startswith(f"{name}-")):
            return name
    raise InputError(f"grouping method {method!r}; allowed: {', '.join(declared())}")


def module_name(method: str) -> str:
    """The module of a method: `semantic_tokens.grouping.methods.kmeans_l2`."""
    return f"{__name__}.{name_of(method).replace('-', '_')}"


def module(method: str) -> ModuleType:
    return import_module(module_name(method))


def _declaration(name: str) -> Method:
    path = f"{__name__}.{name.replace('-', '_')}"
    declaration = getattr(import_module(path), "METHOD", None)
    if not isinstance(declaration, Method):
        raise InputError(f"{path} must declare METHOD = Method(...)")
    return declaration
