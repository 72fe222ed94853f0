"""Pickles that hold nothing but plain containers, strings and numbers.

Unpickling calls whatever a file names, so a pickle from elsewhere can run any program. These are read without looking
up a single name, except those of `set` and `frozenset`, which old protocols spell out.
"""

import pickle
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError

_BUILTINS = ("builtins", "__builtin__")  # the second in protocols 0 to 2
_SETS = {"set": set, "frozenset": frozenset}
# What the unpickler raises for bytes that are no pickle, or only the beginning of one.
_DAMAGE = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
    MemoryError,
)  # fmt: skip


class _Refused(Exception):
    """The file asks for a global that is not allowed."""


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if module not in _BUILTINS or name not in _SETS:
            raise _Refused(f"{module}.{name}")
        return _SETS[name]


def read_plain_pickle(path: Path) -> Any:
    """What the file holds: dict, list, tuple, set, str, int, float, bool, None, bytes, in any nesting.

    Raises InputError naming the file for one that is cut off or not a pickle, and naming the file and the global for
    one that asks for anything else. Nothing that the file names is imported or called.
    """
    try:
        with path.open("rb") as handle:
            return _PlainUnpickler(handle).load()
    except _Refused as refused:
        allowed = "only plain containers, strings and numbers are read"
        raise InputError(f"{path}: the pickle asks for {refused}: refused, {allowed}") from None
    except _DAMAGE as error:
        raise InputError(f"{path}: not a pickle, or cut off ({type(error).__name__}: {error})") from None
