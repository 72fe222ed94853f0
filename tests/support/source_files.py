"""What the tests of sources share."""

import pytest

from semantic_tokens.errors import InputError


def left(folder):
    """The files below a folder, by path."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def refused(call, *arguments, **named):
    """The message with which a call refuses its arguments."""
    with pytest.raises(InputError) as error:
        call(*arguments, **named)
    return str(error.value)


def of_one_file(skips):
    """The rows left out, where all of them are of one file."""
    [rows] = [skipped.rows for skipped in skips.values() if skipped.rows]
    return rows
