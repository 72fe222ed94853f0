"""Arrays as a classic script, which a page opened from disk may load where fetch, modules and workers fail.

A script calls `semanticTokens.deliver(name, header, data)`. `data` is base64 of zlib's deflate of all columns in turn;
`header.columns` lists [name, length, bytes], where bytes 0 stands for text. A column of integers is written plane by
plane, the lowest bytes of all values first, since planes of like bytes compress better. `data.js` reads it.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

_LEVEL = 9


def script(name: str, header: Mapping[str, Any], columns: Mapping[str, np.ndarray | str]) -> str:
    """The script, ASCII alone; the same bytes for the same values. Integers are not negative; ValueError otherwise."""
    listed, parts = [], []
    for title, column in columns.items():
        if isinstance(column, str):
            part, width = column.encode(), 0
            listed.append([title, len(part), width])
        else:
            part, width = planes(column)
            listed.append([title, len(column), width])
        parts.append(part)
    data = base64.b64encode(zlib.compress(b"".join(parts), _LEVEL)).decode()
    arguments = (json.dumps(name), json.dumps({**header, "columns": listed}, sort_keys=True))
    return f'semanticTokens.deliver({", ".join(arguments)}, "{data}");\n'


def planes(values: np.ndarray) -> tuple[bytes, int]:
    """(planes, their number: 1 to 4) of integers from 0 to 2**32 - 1."""
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < 2**32:
        raise ValueError(f"a column holds {values.min()} to {values.max()}; allowed: 0 to 2**32 - 1")
    width = max(1, (int(values.max(initial=0)).bit_length() + 7) // 8)
    return values.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :width].T.tobytes(), width
