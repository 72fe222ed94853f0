"""How much of the dictionaries a vocabulary covers: pairs of words by language and script, and how many it keeps."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from semantic_tokens.scripts import NAMES, number_of

LANGUAGES = pa.schema(
    [("lang", pa.string()), ("script", pa.string())] + [(name, pa.int64()) for name in ("pairs", "single", "kept")]
)


def word_kinds(words: Sequence[str], tokens: np.ndarray) -> np.ndarray:
    """int64 [n]: 2 * the number of a word's script, + 1 where it is one subword (its token int [n] is not -1)."""
    return 2 * np.array([number_of(word) for word in words], dtype=np.int64) + (tokens >= 0)


def pair_kinds(a: np.ndarray, b: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """int64 [n]: a number for the kinds of both words of a pair and whether it gives a pair of tokens, bool [n]."""
    return (a * (2 * len(NAMES)) + b) * 2 + kept


def by_script(counts: Mapping[tuple[str, str], Mapping[int, int]]) -> pa.Table:
    """The table `LANGUAGES`, from how many pairs of words of two languages are of each of the `pair_kinds`.

    A row is of a language and a script (`none` of digits): of the pairs with such a word, in how many it is one
    subword, and how many give a pair of tokens. A pair of words of one language counts for either.
    """
    rows = Counter[tuple[str, str, str]]()
    for languages, of_kinds in counts.items():
        for kind, n in of_kinds.items():
            both, kept = divmod(kind, 2)
            for lang, word in zip(languages, divmod(both, 2 * len(NAMES))):
                script, single = NAMES[word // 2], word % 2
                values = {"pairs": n, "single": n * single, "kept": n * kept}
                rows.update({(lang, script, name): value for name, value in values.items()})
    table = [
        {"lang": lang, "script": script} | {name: rows[lang, script, name] for name in ("pairs", "single", "kept")}
        for lang, script in sorted({key[:2] for key in rows})
    ]
    return pa.Table.from_pylist(table, LANGUAGES)
